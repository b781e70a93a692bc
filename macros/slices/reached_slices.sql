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
    {%- elif input.through %}
select {{ input.by }} as slice_key
from {{ input.through[0] }}
where {{ input.through[1] }} in (
    {{ customer360.reached_rows(input, input.through[2]) }}
)
    {%- else %}
{{ customer360.reached_rows(input, input.by) }}
    {%- endif %}
{%- endmacro %}
