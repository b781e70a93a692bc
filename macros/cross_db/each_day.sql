{#- A query of the days (date_day) from a first one up to, and without, a last one. -#}
{% macro each_day(first, last) -%}
    {{ return(adapter.dispatch('each_day', 'customer360')(first, last)) }}
{%- endmacro %}

{% macro default__each_day(first, last) -%}
    {{ dbt.date_spine(
        datepart='day',
        start_date="cast('" ~ first ~ "' as date)",
        end_date="cast('" ~ last ~ "' as date)"
    ) }}
{%- endmacro %}

{#- dbt's own yields no day here. -#}
{% macro spark__each_day(first, last) -%}
    select explode(sequence(
        cast('{{ first }}' as date), date_sub(cast('{{ last }}' as date), 1)
    )) as date_day
{%- endmacro %}
