with

source as (

    select * from {{ raw_rows('hubspot', 'deals') }}

),

assigned as (

    select
        *,
        nullif(trim(split_part(associated_contact_ids, ';', 1)), '') as contact_id,
        nullif(trim(split_part(associated_company_ids, ';', 1)), '') as company_id,
        replace(lower(deal_stage), ' ', '') as stage

    from source

)

select
    'hubspot:deal:' || record_id as deal_key,
    {{ record_key('hubspot', 'contact', 'contact_id') }} as record_key,
    'hubspot:company:' || company_id as account_key,
    {{ clean_text('deal_name') }} as name,
    {{ clean_text('deal_stage') }} as stage,
    {{ clean_text('pipeline') }} as pipeline,
    create_date as created_at,
    case when stage in ('closedwon', 'closedlost') then close_date end as closed_at,
    amount,
    upper(currency) as currency,
    case stage
        when 'closedwon' then 'won'
        when 'closedlost' then 'lost'
        else 'open'
    end as status,
    {{ clean_text('closed_lost_reason') }} as reason,
    deleted_at,
    _loaded_at
from assigned
