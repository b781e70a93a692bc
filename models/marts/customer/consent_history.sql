select
    statement_id,
    customer_id,
    record_key,
    identifier_type as contact_type,
    identifier_value as contact_point,
    purpose,
    channel,
    status,
    legal_basis,
    stated_at,
    expires_at,
    jurisdiction,
    evidence
from {{ with_customer(ref('core__consents'), at='stated_at') }} as statements
where customer_id is not null
