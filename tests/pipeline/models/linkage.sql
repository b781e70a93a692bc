{{ config(materialized='average_linkage', schema='test') }}
{%- do match_model() %} select * from '$root/rows.parquet'
