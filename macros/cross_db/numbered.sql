{#-
    SQL of the values of a column without repetition, as `key`, each with a number from 1
    up as `name`, in an order that is of no account.
-#}
{% macro numbered(relation, key, name) -%}
    {{ return(adapter.dispatch('numbered', 'customer360')(relation, key, name)) }}
{%- endmacro %}

{% macro default__numbered(relation, key, name) -%}
select {{ key }}, row_number() over () as {{ name }}
from {{ relation }}
{%- endmacro %}

{#-
    A window over everything would be the work of one machine of many: buckets are numbered
    beside each other, each from where the buckets before it end.
-#}
{% macro spark__numbered(relation, key, name) -%}
{%- set bucket = 'pmod(xxhash64(' ~ key ~ '), 1024)' -%}
select
    placed.{{ key }},
    starts.before + placed.place as {{ name }}
from (
    select
        {{ key }},
        {{ bucket }} as bucket,
        row_number() over (partition by {{ bucket }} order by {{ key }}) as place
    from {{ relation }}
) as placed
inner join (
    select
        {{ bucket }} as bucket,
        sum(count(*)) over (order by {{ bucket }}) - count(*) as before
    from {{ relation }}
    group by {{ bucket }}
) as starts
    on placed.bucket = starts.bucket
{%- endmacro %}
