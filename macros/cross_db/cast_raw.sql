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

{% macro spark__cast_raw(column, data_type, format) -%}
    {%- set text = "nullif(trim(" ~ column ~ "), '')" -%}
    {%- if data_type in ('varchar', 'text', 'string') -%}
        {{ text }}
    {%- elif data_type == 'json' -%}
        case when try_parse_json({{ column }}) is not null then {{ column }} end
    {%- elif format -%}
        {%- set codes = {
            '%Y': 'yyyy', '%m': 'MM', '%d': 'dd', '%H': 'HH', '%M': 'mm', '%S': 'ss',
            'T': "'T'", '%z': 'XX', '%p': 'a', '%I': 'hh', '%b': 'MMM', '%y': 'yy',
        } -%}
        {%- set pattern = namespace(text=format) -%}
        {%- for code, letters in codes.items() -%}
            {%- set pattern.text = pattern.text | replace(code, letters) -%}
        {%- endfor -%}
        cast(try_to_timestamp({{ text }}, '{{ pattern.text }}') as {{ data_type }})
    {%- elif data_type == 'timestamp' -%}
        {#- By way of an instant, as on DuckDB, so that an offset from UTC counts. -#}
        cast(try_cast({{ text }} as timestamp_ltz) as timestamp)
    {%- else -%}
        try_cast({{ text }} as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
