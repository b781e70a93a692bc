{#- The columns of a feed that a system says nothing in, as typed nulls. -#}
{% macro unstated_columns(feed, columns) -%}
{%- set contract = customer360.feed_columns(feed) -%}
{%- for column in columns -%}
    {%- if column not in contract -%}
        {{ exceptions.raise_compiler_error(
            "The feed '" ~ feed ~ "' has no column '" ~ column ~ "'. It has: "
            ~ contract | join(', ')
        ) }}
    {%- endif -%}
    cast(null as {{ contract[column] }}) as {{ column }}
    {%- if not loop.last %},
        {% endif -%}
{%- endfor -%}
{%- endmacro %}
