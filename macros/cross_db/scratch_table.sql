{#-
    Store a query for the rest of this model's build; returns the relation. On DuckDB a
    TEMP table: tables on disk cost about 0.1 s each, whatever their size. Elsewhere a
    table beside the model, since Spark's temporary views would be computed again at
    every use.
-#}
{% macro scratch_table(name, sql) -%}
    {{ return(adapter.dispatch('scratch_table', 'customer360')(name, sql)) }}
{%- endmacro %}

{% macro default__scratch_table(name, sql) -%}
    {%- set relation = api.Relation.create(
        database=this.database, schema=this.schema,
        identifier=this.identifier ~ '__' ~ name, type='table'
    ) -%}
    {%- do adapter.drop_relation(relation) -%}
    {%- call statement('scratch_table') -%}
        {{ get_create_table_as_sql(False, relation, sql) }}
    {%- endcall -%}
    {{ return(relation) }}
{%- endmacro %}

{% macro duckdb__scratch_table(name, sql) -%}
    {%- set relation = api.Relation.create(
        identifier=this.identifier ~ '__' ~ name, type='table'
    ) -%}
    {%- call statement('scratch_table') -%}
        create or replace temporary table {{ relation }} as {{ sql }}
    {%- endcall -%}
    {{ return(relation) }}
{%- endmacro %}
