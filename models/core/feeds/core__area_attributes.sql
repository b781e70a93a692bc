{{ union_feed('area_attributes') }}
