{{ union_feed('record_links') }}
