{#-
    The entities that an acceptable link touches, each a cluster of its own. `name` is
    that of its first record: unlike its number, it does not tell who arrived first.
-#}
{% macro linked_entities(rows, accept) -%}
select
    ends.entity_key,
    ends.entity_key as cluster_key,
    cast(1 as double) as confidence,
    names.name

from (
    select entity_key
    from {{ rows }}
    where other_entity_key is not null and weight >= {{ accept }} and not is_forbidden
    union
    select other_entity_key as entity_key
    from {{ rows }}
    where other_entity_key is not null and weight >= {{ accept }} and not is_forbidden
) as ends
inner join (
    select
        entity_key,
        min(record_key) as name
    from {{ rows }}
    where other_entity_key is null
    group by entity_key
) as names on ends.entity_key = names.entity_key
{%- endmacro %}
