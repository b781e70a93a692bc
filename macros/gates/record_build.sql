{#-
    Post-hook of every model and seed: gives what was just built a new version, in the same
    transaction, so that the gate's verdict on the version before no longer counts.
-#}
{% macro record_build() -%}
    {%- if
        execute
        and model.resource_type in ('model', 'seed')
        and target.type == 'duckdb'
    -%}
    insert or replace into ops.table_builds
    select
        '{{ "seeds" if model.resource_type == "seed" else model.fqn[1] }}' as layer,
        '{{ this.schema }}' as table_schema,
        '{{ this.identifier }}' as table_name,
        nextval('ops.build_version') as version,
        {{ "'" ~ var('fingerprint') ~ "'" if var('fingerprint', none) else 'null' }}
            as fingerprint,
        '{{ invocation_id }}' as run_id,
        cast(now() at time zone 'UTC' as timestamp) as built_at
    {%- endif -%}
{%- endmacro %}
