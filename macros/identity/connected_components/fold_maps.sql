{#-
    A map followed by the roots of the later rounds. A node that the earlier map moved
    is no longer itself in the later rounds, where its number stands for what was moved
    onto it; hence the anti join.
-#}
{% macro fold_maps(earlier, later) -%}
select earlier.node, coalesce(later.root, earlier.root) as root
from {{ earlier }} as earlier
left join {{ later }} as later on earlier.root = later.node

union all

select later.node, later.root
from {{ later }} as later
left join {{ earlier }} as earlier on later.node = earlier.node
where earlier.node is null
{%- endmacro %}
