{{ union_feed('payments') }}
