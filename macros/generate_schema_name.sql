{#- The schemas are fixed names that BI relies on, so no target prefix is added. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ return(customer360.default__generate_schema_name(custom_schema_name, node)) }}
{%- endmacro %}

{#- What a project that installs this one finds through `dispatch: search_order`. -#}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
