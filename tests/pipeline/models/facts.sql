select
    cast(record_key as varchar) as record_key,
    cast(device as varchar) as device,
    cast(happened_at as timestamp) as happened_at
from (
    values
    (null, 'web:anonymous:tab', '2026-01-01 08:00'),
    (null, 'web:anonymous:tab', '2026-01-01 12:00'),
    (null, 'web:anonymous:tab', '2026-01-01 15:00'),
    ('crm:contact:1', 'web:anonymous:tab', '2026-01-01 15:00'),
    ('crm:contact:1', null, null),
    (null, null, '2026-01-01 15:00'),
    ('crm:contact:unknown', null, '2026-01-01 15:00')
) as moments (record_key, device, happened_at)
