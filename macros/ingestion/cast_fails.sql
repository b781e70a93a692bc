{#-
    True where raw text is there but is no value of the declared type; `value` is the
    cast where it has been made already. A case, so that blanks are looked for only where
    the cast gave nothing: a seventh of the work.
-#}
{% macro cast_fails(column, declared, value=none) -%}
    {%- if not value -%}
        {%- set value = customer360.cast_raw(
            column, declared.data_type, declared.format
        ) -%}
    {%- endif %}
            case
                when {{ value }} is null
                    then nullif(trim({{ column }}), '') is not null
                else false
            end
{%- endmacro %}
