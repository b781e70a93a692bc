{{ union_feed('campaign_spend') }}
