{#- Hours from one UTC timestamp to a later one; null when they are in the wrong order. -#}
{% macro hours_between(from_at, to_at) -%}
    case
        when {{ to_at }} >= {{ from_at }}
            then cast(
                ({{ epoch_seconds(to_at) }} - {{ epoch_seconds(from_at) }}) / 3600
                as double
            )
    end
{%- endmacro %}
