{{ union_feed('survey_responses') }}
