{{ union_feed('products') }}
