{{ union_feed('orders') }}
