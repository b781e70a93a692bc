{#-
    The UTC time at which this run began: the same in every row that the run writes, and
    later than that of any run before, should the machine's clock have been set back.
-#}
{% macro run_moment() -%}
    {{ return(adapter.dispatch('run_moment', 'customer360')()) }}
{%- endmacro %}

{% macro default__run_moment() -%}
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
{%- endmacro %}

{#- `ensure_ops` had it tick when the run began. -#}
{% macro duckdb__run_moment() -%}
    (select told_at from ops.clock)
{%- endmacro %}
