{#- Unite one feed over the systems that have it; without any, an empty typed table. -#}
{% macro union_feed(feed) -%}
{%- set columns = customer360.feed_columns(feed) -%}
{%- set systems = var('feeds').get(feed) or [] -%}
{%- for system in systems %}
select
    {%- for name, data_type in columns.items() %}
    cast({{ name }} as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref('stg_' ~ system ~ '__' ~ feed) }}
{%- if not loop.last %}

union all
{% endif %}
{%- else %}
select
    {%- for name, data_type in columns.items() %}
    cast(null as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
where false
{%- endfor %}
{%- endmacro %}
