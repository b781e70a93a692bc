{{ config(materialized='tracked') }} {#- touches, built by slices, look it up -#}
{{ union_feed('campaigns') }}
