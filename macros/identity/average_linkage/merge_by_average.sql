{#-
    Grow clusters until no two are near enough; returns the relation (entity_key,
    cluster_key, confidence) of the entities that a link with a weight of at least
    `accept` touches.
-#}
{% macro merge_by_average(rows, accept, unseen, max_rounds) -%}
    {%- set members = scratch_table('members_0', linked_entities(rows, accept)) -%}
    {%- set edges = scratch_table('edges_0', pair_edges(rows, members)) -%}
    {%- set state = namespace(members=members, edges=edges, open=true) -%}

    {%- for round in range(1, max_rounds + 1) if state.open -%}
        {%- set merges = scratch_table(
            'merges_' ~ round,
            best_merges(state.members, state.edges, accept, unseen)
        ) -%}
        {%- set found = run_query('select count(*) from ' ~ merges) -%}
        {%- if found.columns[0].values()[0] == 0 -%}
            {%- set state.open = false -%}
        {%- else -%}
            {%- set state.members = scratch_table(
                'members_' ~ round, merged_members(state.members, merges)
            ) -%}
            {%- set state.edges = scratch_table(
                'edges_' ~ round, merged_edges(state.edges, merges)
            ) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- if state.open -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' still merges clusters after ' ~ max_rounds ~ ' rounds of average'
            ~ ' linkage. Raise max_rounds in its config.'
        ) }}
    {%- endif -%}
    {{ return(state.members) }}
{%- endmacro %}
