{{ config(materialized='strongest_first', schema='test') }}
select * from '$root/rows.parquet'
