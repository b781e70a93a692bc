{{ union_feed('refunds') }}
