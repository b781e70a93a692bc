{#-
    Which cluster becomes part of which: (cluster, target). The two ends of each edge that
    is next; and clusters that can go to one other only and hold nothing that it does not,
    for they change nothing and their turn can only end so. Without these a value that a
    thousand records share would take a thousand rounds.
-#}
{% macro unite_clusters(verdicts, holdings) -%}
with

united as (

    select b as cluster, a as target
    from {{ verdicts }}
    where is_next and not is_cut

),

open_edges as (

    select * from {{ verdicts }} where not is_cut

),

ends as (

    select a as cluster, b as other, is_next from open_edges
    union all
    select b as cluster, a as other, is_next from open_edges

),

leaves as (

    select cluster, min(other) as target
    from ends
    group by cluster
    having min(other) = max(other) and not bool_or(is_next)

),

bringing as (

    select distinct leaves.cluster
    from leaves
    inner join {{ holdings }} as mine on leaves.cluster = mine.cluster
    left join {{ holdings }} as theirs
        on
            leaves.target = theirs.cluster
            and mine.value_group = theirs.value_group
            and mine.value_key = theirs.value_key
            and (
                mine.held_from is null
                or (
                    theirs.held_from <= mine.held_from
                    and theirs.held_until >= mine.held_until
                )
            )
    where theirs.cluster is null

)

select cluster, target
from united

union all

select leaves.cluster, coalesce(united.target, leaves.target) as target
from leaves
left join bringing on leaves.cluster = bringing.cluster
left join united on leaves.target = united.cluster
where bringing.cluster is null
{%- endmacro %}
