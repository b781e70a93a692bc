{#-
    Post-hook of every model and seed: gives what was just built a new version, in the same
    transaction, so that the gate's verdict on the version before no longer counts. A table
    that has the rows it had keeps its version, with the verdict and all that was built
    from it. Of a view it is not known, so each build is a version.
-#}
{% macro record_build() -%}
    {%- if
        execute
        and model.resource_type in ('model', 'seed')
        and target.type == 'duckdb'
    -%}
    {%- set is_view = config.get('materialized') == 'view' %}
    insert or replace into ops.table_builds
    select
        '{{ "seeds" if model.resource_type == "seed" else model.fqn[1] }}' as layer,
        '{{ this.schema }}' as table_schema,
        '{{ this.identifier }}' as table_name,
        nextval('ops.build_version') as version,
        null as fingerprint,
        '{{ invocation_id }}' as run_id,
        cast(now() at time zone 'UTC' as timestamp) as built_at,
        {{ 'null' if is_view else 'content.layout' }} as layout,
        {{ 'null' if is_view else 'content.checksum' }} as checksum
    {%- if not is_view %}
    from ({{ customer360.content_of_build() }}) as content
    where not exists (
        select 1 from ops.table_builds
        where
            table_schema = '{{ this.schema }}'
            and table_name = '{{ this.identifier }}'
            and layout = content.layout
            and checksum = content.checksum
    )
    {%- endif %}
    {%- endif -%}
{%- endmacro %}
