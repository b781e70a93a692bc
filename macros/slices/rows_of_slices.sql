{#- A relation: the rows of a sliced input in the slices that are built again. -#}
{% macro rows_of_slices(input, keys) -%}
    {%- if input.source -%}
(
    select *
    from {{ input.relation }}
    where rowid in (
        select keyed._row
        from (
            select
                {%- for name, value in input.key_columns.items() %}
                {{ value }} as {{ name }},
                {%- endfor %}
                raw.rowid as _row
            from {{ input.relation }} as raw
        ) as keyed
        semi join {{ keys }} as keys on {{ input.by }} is not distinct from keys.slice_key
    )
)
    {%- elif input.through -%}
(
    select *
    from {{ input.relation }}
    where {{ input.through[2] }} in (
        select owners.{{ input.through[1] }}
        from {{ input.through[0] }} as owners
        semi join {{ keys }} as keys on owners.{{ input.by }} = keys.slice_key
    )
)
    {%- else -%}
(
    select facts.*
    from {{ input.relation }} as facts
    semi join {{ keys }} as keys on {{ input.by }} is not distinct from keys.slice_key
)
    {%- endif -%}
{%- endmacro %}
