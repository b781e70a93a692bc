{{ union_feed('subscriptions') }}
