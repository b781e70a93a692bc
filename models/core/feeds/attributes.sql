{{ union_feed('attributes') }}
