{#-
    Query: an expression of the rows of a sliced input that changed, that a moment passed,
    or that are joined with what changed, as slice_key.
-#}
{% macro reached_rows(input, expression) -%}
select {{ expression }} as slice_key
from ({{ customer360.changed_rows(input.relation, input.columns) }})
    {%- if input.until %}
union
select {{ expression }} as slice_key
from ({{ customer360.passed_rows(input.relation, input.until) }})
    {%- endif %}
    {%- for reach in input.reached_by %}
union
select {{ expression }} as slice_key
from {{ input.relation }}
where {{ reach.expression }} in (
    select {{ reach.column }}
    from ({{ customer360.changed_rows(reach.relation, reach.columns) }})
        {%- if reach.until %}
    union
    select {{ reach.column }}
    from ({{ customer360.passed_rows(reach.relation, reach.until) }})
        {%- endif %}
)
    {%- endfor %}
{%- endmacro %}
