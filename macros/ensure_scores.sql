{#-
    The tables of the source `scores`, there before any mart reads them: made empty of the
    columns that models/scores/ declares, and anew when these are others. What a model
    learns is put there by orchestration/scores/store.py.
-#}
{% macro ensure_scores() -%}
    {{ return(adapter.dispatch('ensure_scores', 'customer360')()) }}
{%- endmacro %}

{#- Where dbt runs elsewhere, that module makes them in the warehouse file. -#}
{% macro default__ensure_scores() -%}{%- endmacro %}

{% macro duckdb__ensure_scores() -%}
create schema if not exists scores;
{%- if execute %}
{%- for table in graph.sources.values() if table.source_name == 'scores' %}
{%- set definitions = [] -%}
{%- set nulls = [] -%}
{%- for column in table.columns.values() -%}
    {%- do definitions.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- do nulls.append('cast(null as ' ~ column.data_type ~ ') as ' ~ column.name) -%}
{%- endfor -%}
{#- DuckDB spells the declared types, so that only other types make a difference. -#}
{%- set is_as_declared -%}
select
    (
        select list(column_name || ' ' || column_type)
        from (describe select {{ nulls | join(', ') }})
    )
    is not distinct from (
        select list(column_name || ' ' || data_type order by column_index)
        from duckdb_columns()
        where
            database_name = current_database()
            and schema_name = 'scores'
            and table_name = '{{ table.name }}'
    )
{%- endset -%}
{%- if not run_query(is_as_declared).columns[0].values()[0] %}
create or replace table scores.{{ table.name }} ({{ definitions | join(', ') }});
delete from ops.score_models where score = '{{ table.name }}';
{%- endif %}
{%- endfor %}
{%- endif %}
{%- endmacro %}
