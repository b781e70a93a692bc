{{ config(materialized='connected_components', schema='test') }}
select * from '$root/rows.parquet'
