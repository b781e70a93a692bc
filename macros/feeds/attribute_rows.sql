{#- Turn columns into rows of `name` and `value` (text), one for each value. -#}
{% macro attribute_rows(relation, keys, columns, as_of) -%}
{%- for column in columns %}
select
    {%- for name, expression in keys.items() %}
    {{ expression }} as {{ name }},
    {%- endfor %}
    '{{ column }}' as name,
    cast({{ column }} as varchar) as value,
    {{ as_of }} as as_of
from {{ relation }}
where {{ column }} is not null
{%- if not loop.last %}

union all
{% endif %}
{%- endfor %}
{%- endmacro %}
