{{ union_feed('stores') }}
