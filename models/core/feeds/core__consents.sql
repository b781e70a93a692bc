{{ union_feed('consents') }}
