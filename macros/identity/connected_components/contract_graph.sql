{#-
    Find the connected components of a graph whose nodes are integers from 1 to 2^31 - 2.

    Arguments: `edges`, a relation (a, b) of distinct edges with a < b; `max_rounds`.
    Returns a relation (node, root): two nodes have the same root if and only if a path
    joins them. Nodes that are their own root may be missing.

    Each round puts the nodes into a fresh random order, lets every node follow its
    lowest neighbour, and contracts the graph along these pointers, until no edge is
    left. The order is new each time, so that a long chain shrinks as fast as a star.
    It is a one-to-one map modulo a prime: no two nodes ever tie.
-#}
{% macro contract_graph(edges, max_rounds=60) -%}
    {%- set prime = 2147483647 -%}
    {%- set state = namespace(edges=edges, factor=48271, open=true) -%}
    {%- set maps = [] -%}

    {%- for round in range(max_rounds + 1) if state.open -%}
        {%- set left_over = run_query('select count(*) from ' ~ state.edges) -%}
        {%- set left_over = left_over.columns[0].values()[0] -%}
        {%- if left_over == 0 -%}
            {%- set state.open = false -%}
        {%- elif round == max_rounds -%}
            {%- do exceptions.raise_compiler_error(
                this ~ " still has " ~ left_over ~ " edges after " ~ max_rounds
                ~ " rounds of contraction. Raise max_rounds in the model's config."
            ) -%}
        {%- else -%}
            {%- do log(this.identifier ~ ': round ' ~ round ~ ', ' ~ left_over ~ ' edges') -%}
            {%- set state.factor = state.factor * 48271 % prime -%}
            {%- do maps.append(scratch_table(
                'map_' ~ round, follow_lowest_neighbour(state.edges, state.factor, prime)
            )) -%}
            {%- set state.edges = scratch_table(
                'edges_' ~ (round + 1), contract_edges(state.edges, maps[-1])
            ) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- if not maps -%}
        {{ return(scratch_table(
            'roots', 'select a as node, b as root from ' ~ edges ~ ' where false'
        )) }}
    {%- endif -%}
    {%- set folded = namespace(roots=maps[-1]) -%}
    {%- for earlier in maps[:-1] | reverse -%}
        {%- set folded.roots = scratch_table(
            'roots_' ~ loop.revindex0, fold_maps(earlier, folded.roots)
        ) -%}
    {%- endfor -%}
    {{ return(folded.roots) }}
{%- endmacro %}
