{{ config(materialized='connected_components', schema='test', max_rounds=1) }}
select * from '$root/rows.parquet'
