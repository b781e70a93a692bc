{{ config(materialized='expectation_maximisation', schema='test') }}
{%- do match_model() %} select * from '$root/rows.parquet'
