{#-
    The feed `identifiers` of one kind of record: a row for each identifier that a row
    of `relation` states. See _macros.yml for its arguments.
-#}
{% macro identifier_feed(
    relation, system, entity, record_id, seen_at, identifiers, where='true'
) -%}
{%- for identifier in identifiers %}
select
    {{ customer360.record_key(system, entity, record_id) }} as record_key,
    '{{ system }}' as source_system,
    '{{ entity }}' as entity,
    {{ record_id }} as record_id,
    '{{ identifier.type }}' as identifier_type,
    {{ identifier.namespace_column or (
        "'" ~ identifier.namespace ~ "'" if identifier.namespace else 'null'
    ) }} as namespace,
    {{ identifier.column }} as identifier_value,
    {{ identifier.is_verified or 'cast(null as boolean)' }} as is_verified,
    {{ seen_at }} as seen_at,
    source_row
from {{ relation }}
where
    {{ identifier.column }} is not null
    and {{ record_id }} is not null
    and {{ where }}
{%- if not loop.last %}

union all
{% endif %}
{%- endfor %}
{%- endmacro %}
