with

companies as (

    select
        account_id,
        {{ arg_min('name', 'account_key') }} as name,
        max(domain) as domain,
        max(industry) as industry,
        max(employees) as employees,
        max(country_code) as country_code,
        count(*) as crm_account_count
    from {{ ref('account_keys') }}
    group by account_id

),

members as (

    select
        account_id,
        bool_or(coalesce(account_id = account_key, false)) as is_named_by_key,
        count(*) as member_count,
        sum(order_count) as order_count,
        sum(revenue_reporting) as revenue_reporting,
        min(first_order_at) as first_order_at,
        max(last_order_at) as last_order_at
    from {{ ref('customers') }}
    where account_id is not null
    group by account_id

)

select
    coalesce(companies.account_id, members.account_id) as account_id,
    companies.name,
    coalesce(
        companies.domain,
        -- A company that the CRM did not export, or deleted, is known by its key alone.
        case
            when companies.account_id is null and not members.is_named_by_key
                then members.account_id
        end
    ) as domain,
    companies.industry,
    cast(companies.employees as integer) as employees,
    companies.country_code,
    companies.account_id is not null as is_in_crm,
    cast(coalesce(companies.crm_account_count, 0) as integer) as crm_account_count,
    cast(coalesce(members.member_count, 0) as integer) as member_count,
    cast(coalesce(members.order_count, 0) as bigint) as order_count,
    cast(coalesce(members.revenue_reporting, 0) as decimal(18, 2))
        as revenue_reporting,
    members.first_order_at,
    members.last_order_at
from companies
full outer join members on companies.account_id = members.account_id
