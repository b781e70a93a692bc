{#-
    The tables that hold a gate closed: of the raw gate, required sources with a batch
    that nobody has accepted; of any other, the models whose current version has no
    passing verdict, be it that they failed, were not judged or were never built, or that
    this invocation builds them anew.
-#}
{% macro closed_tables(layer) -%}
    {%- set wanted = customer360.gated_tables(layer) -%}
    {%- if not wanted -%}
        {{ return([]) }}
    {%- endif -%}

    {%- set rebuilt = [] -%}
    {%- for first_name, last_name, unique_id in wanted
        if layer != 'raw' and unique_id in selected_resources -%}
        {%- do rebuilt.append(first_name ~ '.' ~ last_name) -%}
    {%- endfor -%}
    {%- if rebuilt -%}
        {{ return(rebuilt) }}
    {%- endif -%}

    {%- set query -%}
with

wanted (first_name, last_name) as (
    values
    {%- for first_name, last_name, unique_id in wanted %}
    ('{{ first_name }}', '{{ last_name }}'){{ ',' if not loop.last }}
    {%- endfor %}
)

select concat_ws('.', wanted.first_name, wanted.last_name) as closed_table
from wanted
{% if layer == 'raw' -%}
inner join ops.batches as batches
    on
        wanted.first_name = batches.source_system
        and wanted.last_name = batches.source_table
where batches.status in ('pending', 'waiting')
{%- else -%}
left join ops.table_builds as builds
    on
        wanted.first_name = builds.table_schema
        and wanted.last_name = builds.table_name
left join ops.gate_verdicts as verdicts
    on
        builds.table_schema = verdicts.table_schema
        and builds.table_name = verdicts.table_name
        and cast(builds.version as varchar) = verdicts.version
        and verdicts.layer = '{{ layer }}'
where not coalesce(verdicts.passed, false)
{%- endif %}
group by all
order by all
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
