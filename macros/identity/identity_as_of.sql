{#-
    The identity map as it was known at a moment: a relation (record_key, valid_from,
    valid_to, customer_id, link_type, linked_at, confidence, is_identified), to use in
    place of the relation in a from clause. `moment` is a UTC timestamp as SQL.

    What was published then is told, not what is known now of then: a merge that was
    found later is not in it. The ids lead to those of today by customer_id_aliases.
-#}
{% macro identity_as_of(moment) -%}
(
    select
        record_key,
        valid_from,
        valid_to,
        customer_id,
        link_type,
        committed_from as linked_at,
        confidence,
        is_identified

    from {{ ref('identity_assignments') }}
    where
        committed_from <= {{ moment }}
        and (committed_to is null or committed_to > {{ moment }})
)
{%- endmacro %}
