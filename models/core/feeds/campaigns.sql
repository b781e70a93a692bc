{{ union_feed('campaigns') }}
