{{ config(schema='test', materialized='table') }}
select * from {{ identity_as_of("timestamp '" ~ var('then', '2000-01-01') ~ "'") }}
