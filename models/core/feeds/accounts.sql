{{ union_feed('accounts') }}
