{#- Join condition: the rate of a currency at a time; the rates are aliased `fx`. -#}
{% macro fx_at(currency, at) -%}
    {{ currency }} = fx.from_currency
            and {{ at }} >= fx.valid_from
            and {{ at }} < fx.valid_to
{%- endmacro %}
