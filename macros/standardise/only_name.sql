{#-
    The full name of a profile where it is the only name known: of a person with a given
    or family name it says nothing more.
-#}
{% macro only_name() -%}
case when given_name is null and family_name is null then full_name end
{%- endmacro %}
