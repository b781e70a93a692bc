{{ union_feed('device_observations') }}
