select
    entry_number,
    done_at,
    done_by,
    action,
    subject,
    purpose,
    details,
    is_as_written
from {{ source('ops', 'access_log') }}
