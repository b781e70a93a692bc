{{ union_feed('identifiers') }}
