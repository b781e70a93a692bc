{#-
    The first level of a comparison whose test holds between `one` and `other`, as text;
    null where either of them tells nothing of what is compared, or where both have the
    same of what makes the comparison silent.
-#}
{% macro match_level(comparison) -%}
case
            when
                {%- for field in comparison.fields %}
                {{ 'and ' if not loop.first }}(one.{{ field }} is null or other.{{ field }} is null)
                {%- endfor %}
                then null
            {%- for field in comparison.silent %}
            when one.{{ field }} = other.{{ field }} then null
            {%- endfor %}
            {%- for level in comparison.levels if level.test != 'otherwise' %}
            when {{ match_test(level.test, level.fields) }} then '{{ level.level }}'
            {%- endfor %}
            else '{{ comparison.levels[-1].level }}'
        end
{%- endmacro %}
