{#- Query: the keys of slices that changes of one sliced input reach. -#}
{% macro reached_slices(input) -%}
    {%- if input.source %}
select {{ input.by }} as slice_key
from (
    select
        {%- for name, value in input.key_columns.items() %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ input.relation }} as raw
    semi join {{ customer360.slices().files }} as files
        on
            raw._file = files.path
            and raw._batch_id = files.batch_id
            and files.source_system = '{{ input.source[0] }}'
            and files.source_table = '{{ input.source[1] }}'
)
    {%- else %}
select {{ input.by }} as slice_key
from ({{ customer360.changed_rows(input.relation) }})
        {%- for relation, column, expression in input.reached_by %}
union
select {{ input.by }} as slice_key
from {{ input.relation }}
where {{ expression }} in (
    select {{ column }} from ({{ customer360.changed_rows(relation) }})
)
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
