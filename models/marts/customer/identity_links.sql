select
    links.record_key,
    links.evidence_key,
    map.customer_id,
    links.link_type,
    links.identifier_type,
    links.namespace,
    links.identifier_value,
    links.stated_record_key,
    links.relation,
    cast(links.priority as integer) as priority,
    links.is_verified,
    cast(links.times_seen as bigint) as times_seen,
    links.first_seen_at,
    links.last_seen_at,
    links.match_probability,
    links.explanation
from {{ ref('identity_evidence') }} as links
inner join {{ ref('identity_map') }} as map on links.record_key = map.record_key
