{{ union_feed('loyalty_movements') }}
