{{ union_feed('profiles') }}
