{{ union_feed('interactions') }}
