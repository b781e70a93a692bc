{#- The entities that an acceptable link touches, each a cluster of its own. -#}
{% macro linked_entities(rows, accept) -%}
select
    entity_key,
    entity_key as cluster_key,
    cast(1 as double) as confidence

from (
    select entity_key
    from {{ rows }}
    where other_entity_key is not null and weight >= {{ accept }} and not is_forbidden
    union
    select other_entity_key as entity_key
    from {{ rows }}
    where other_entity_key is not null and weight >= {{ accept }} and not is_forbidden
) as ends
{%- endmacro %}
