{#-
    How two entities under one roof look, from their levels: `one` (same name and birth
    date), `relatives` (different in both) or `relative` (different in either).
-#}
{% macro match_relation(relation) -%}
    {%- set named_otherwise = "given_name_level in ('similar', 'different')" -%}
    {%- set born_otherwise = "birth_date_level in ('two slips', 'different')" -%}
    family_name_level in ('same', 'slip')
        and address_level in ('home', 'street slip')
    {%- if relation == 'one' %}
        and given_name_level = 'same' and birth_date_level = 'same'
    {%- elif relation == 'relatives' %}
        and {{ named_otherwise }} and {{ born_otherwise }}
    {%- elif relation == 'relative' %}
        and ({{ named_otherwise }} or {{ born_otherwise }})
    {%- endif -%}
{%- endmacro %}
