{#-
    The table of a model. A core model is called core__<name>, because dbt wants names
    that are unique and the mart of the same thing has the plain one; its table is
    core.<name> all the same.
-#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- elif node.name.startswith('core__') -%}
        {{ node.name[6:] }}
    {%- else -%}
        {{ node.name }}
    {%- endif -%}
{%- endmacro %}
