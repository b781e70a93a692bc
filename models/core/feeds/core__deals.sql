{{ union_feed('deals') }}
