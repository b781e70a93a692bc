{#-
    Why the current model has to be built whole; none if it can be built from what
    changed since it was built last. Keeps in `slices()` what it finds out on the way.
-#}
{% macro why_whole(existing) -%}
    {%- set slices = customer360.slices() -%}
    {%- do slices.update({'digest': customer360.slices_digest(), 'seen': {}, 'changed': []}) -%}
    {%- if not existing or existing.type != 'table' -%}
        {{ return('there is no table yet') }}
    {%- elif should_full_refresh() -%}
        {{ return('a full refresh was asked for') }}
    {%- endif -%}

    {%- set sliced_ids = [] -%}
    {%- set sliced_sources = [] -%}
    {%- for input in slices.inputs.values() if input.source -%}
        {%- do sliced_sources.append(input.source | list) -%}
    {%- endfor -%}
    {%- for source in model.sources if source | list not in sliced_sources -%}
        {{ return('it reads all of source ' ~ source | join('.')) }}
    {%- endfor -%}
    {%- for input in slices.inputs.values() if not input.source -%}
        {%- set relations = [] -%}
        {%- for read in [input] + input.reached_by -%}
            {%- do relations.append(read.relation) -%}
            {%- do relations.append(read.until[0]) if read.until -%}
        {%- endfor -%}
        {%- for relation in relations -%}
            {%- for node in customer360.stored_inputs(
                [customer360.node_of(relation).unique_id]
            ) -%}
                {%- do sliced_ids.append(node.unique_id) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- set built = {} -%}
    {%- for row in run_query(
        "select seen.input, seen.state, builds.version, logs.complete_since "
        ~ "from ops.built_from as seen left join ops.table_builds as builds "
        ~ "on seen.input = builds.table_schema || '.' || builds.table_name "
        ~ "left join ops.change_logs as logs "
        ~ "on builds.table_schema = logs.table_schema "
        ~ "and builds.table_name = logs.table_name "
        ~ "where seen.table_schema = '" ~ this.schema
        ~ "' and seen.table_name = '" ~ this.identifier ~ "'"
    ) -%}
        {%- do built.update({row[0]: {
            'state': row[1], 'version': row[2], 'complete_since': row[3],
        }}) -%}
    {%- endfor -%}
    {%- if not built.digest or built.digest.state != slices.digest -%}
        {{ return('its SQL is not what it was') }}
    {%- endif -%}

    {#- The slices of rows that are no longer in raw could not be found. -#}
    {%- if model.sources and run_query(
        "select 1 from ops.built_files inner join ops.ingested_files "
        ~ "using (source_system, source_table, path, batch_id) "
        ~ "inner join ops.removed_rows "
        ~ "using (source_system, source_table, path, file_version) "
        ~ "where table_schema = '" ~ this.schema ~ "' and table_name = '"
        ~ this.identifier ~ "' limit 1"
    ).rows -%}
        {{ return('retention removed raw rows that it holds') }}
    {%- endif -%}

    {%- for node in customer360.stored_inputs(model.depends_on.nodes) -%}
        {%- set name = node.schema ~ '.' ~ node.alias -%}
        {%- set log = built.get(name) -%}
        {%- set since = log.state | int if log else -1 -%}
        {%- do slices.seen.update({node.unique_id: since}) -%}
        {%- if not log or since != log.version -%}
            {%- do slices.changed.append(node.unique_id) -%}
            {%- if
                not log
                or node.config.materialized not in ('sliced', 'tracked')
                or log.complete_since is none
                or since < log.complete_since
            -%}
                {{ return('it is not known what changed in ' ~ name) }}
            {%- elif node.unique_id not in sliced_ids and run_query(
                "select 1 from " ~ customer360.changes_table(node)
                ~ " where _version > " ~ since ~ " limit 1"
            ).rows -%}
                {{ return(name ~ ' has changed') }}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
