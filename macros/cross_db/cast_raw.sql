{#- Cast raw text to a declared type; null where the text is no such value. -#}
{% macro cast_raw(column, data_type, format=none) -%}
    {{ return(adapter.dispatch('cast_raw', 'customer360')(column, data_type, format)) }}
{%- endmacro %}

{% macro default__cast_raw(column, data_type, format) -%}
    {%- set text = "nullif(trim(" ~ column ~ "), '')" -%}
    {%- if data_type in ('varchar', 'text', 'string') -%}
        {{ text }}
    {%- elif data_type == 'json' -%}
        {#- White space around JSON is JSON, and trimming costs more than parsing. -#}
        try_cast({{ column }} as json)
    {%- elif format -%}
        cast(try_strptime({{ text }}, '{{ format }}') as {{ data_type }})
    {%- elif data_type == 'timestamp' -%}
        {#- By way of an instant: a plain cast would drop the offset from UTC. -#}
        cast(try_cast({{ text }} as timestamptz) as timestamp)
    {%- elif data_type.startswith('decimal') -%}
        {#- DuckDB reads 9e-5 as decimal(18, 2) to be 0.01; by way of double it is 0.00. -#}
        case
            when {{ column }} like '%e-%' or {{ column }} like '%E-%'
                then try_cast(try_cast({{ text }} as double) as {{ data_type }})
            else try_cast({{ text }} as {{ data_type }})
        end
    {%- else -%}
        try_cast({{ text }} as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
