{#-
    Decide on all links, in rounds that each decide those whose turn has come for both
    sides. Arguments: `evidence` and `links` as the materialization makes them. Returns
    the relations `members` (record_seq, cluster) and `cuts` (link_rank, value_group,
    value_count).
-#}
{% macro add_strongest_first(evidence, links) -%}
    {%- set limits %}
select
    value_group,
    max(max_values) as max_values,
    bool_or(is_decision) as is_decision
from {{ evidence }}
where value_group is not null
group by value_group
    {%- endset -%}
    {%- set limits = scratch_table('limits', limits) -%}
    {%- set now = namespace(open=true) -%}
    {%- set now.holdings = scratch_table('holdings_0', hold_values(evidence)) -%}
    {%- set now.edges = scratch_table(
        'edges_0', first_edges(evidence, links, now.holdings, limits)
    ) -%}
    {%- set now.members = scratch_table(
        'members_0', 'select distinct record_seq, record_seq as cluster from ' ~ links
    ) -%}
    {%- set now.cuts = scratch_table(
        'cuts_0',
        "select link_rank, '' as value_group, link_rank as value_count from "
        ~ links ~ ' where false'
    ) -%}
    {%- set left_over = count_rows(now.edges) -%}

    {#- Every round decides an edge at the least, so there are no more rounds than edges. -#}
    {%- for round in range(left_over) if now.open -%}
        {%- set turn = '_' ~ (round + 1) % 2 -%}
        {%- set breaks = scratch_table(
            'breaks', break_limits(now.edges, now.holdings, limits)
        ) -%}
        {%- set verdicts = scratch_table('verdicts', judge_edges(now.edges, breaks)) -%}
        {%- set map = scratch_table('map', unite_clusters(verdicts, now.holdings)) -%}
        {%- set now.cuts = scratch_table('cuts' ~ turn,
            'select * from ' ~ now.cuts
            ~ ' union all select link_rank, value_group, value_count from ' ~ verdicts
            ~ ' where is_cut'
        ) -%}
        {%- set now.edges = scratch_table('edges' ~ turn, next_edges(verdicts, map)) -%}
        {%- set now.holdings = scratch_table(
            'holdings' ~ turn, next_holdings(now.holdings, map)
        ) -%}
        {%- set now.members = scratch_table('members' ~ turn,
            'select members.record_seq, coalesce(map.target, members.cluster) as cluster'
            ~ ' from ' ~ now.members ~ ' as members'
            ~ ' left join ' ~ map ~ ' as map on members.cluster = map.cluster'
        ) -%}
        {%- set left_over = count_rows(now.edges) -%}
        {%- do log(this.identifier ~ ': round ' ~ round ~ ', ' ~ left_over ~ ' edges') -%}
        {%- set now.open = left_over > 0 -%}
    {%- endfor -%}
    {{ return({'members': now.members, 'cuts': now.cuts, 'limits': limits}) }}
{%- endmacro %}
