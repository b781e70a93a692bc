{#- An amount in the reporting currency, at a rate that `fx_at` has joined on. -#}
{% macro to_reporting(amount, rate='fx.rate') -%}
    cast({{ customer360.rounded(amount ~ ' * ' ~ rate, 2) }} as decimal(18, 2))
{%- endmacro %}
