{#- What each comparison found and adds, strongest rules first, as one text. -#}
{% macro match_in_words(model) -%}
concat_ws(
        ', '
        {%- for name in model.comparisons %},
        case
            when {{ name }}_level is not null
                then concat(
                    '{{ name | replace("_", " ") }}: ', {{ name }}_level, ' (',
                    case when {{ name }}_weight > 0 then '+' else '' end,
                    cast(cast({{ name }}_weight as decimal(9, 1)) as varchar), ')'
                )
        end
        {%- endfor %}
    )
{%- endmacro %}
