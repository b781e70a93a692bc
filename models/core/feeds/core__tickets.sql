{{ union_feed('tickets') }}
