{{ config(schema='test', materialized='table') }}
select * from {{ with_customer(ref('facts'), at='happened_at', device='device') }}
