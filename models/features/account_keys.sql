with

accounts as (

    select * from {{ ref('core__accounts') }}

),

free_mail as (

    select * from {{ ref('free_mail_domains') }}

)

-- Whoever shares a company's domain works there, whichever system keeps the company.
select
    accounts.account_key,
    case
        when free_mail.domain is null
            then coalesce(accounts.domain, accounts.account_key)
        else accounts.account_key
    end as account_id,
    accounts.name,
    case when free_mail.domain is null then accounts.domain end as domain,
    accounts.industry,
    accounts.employees,
    accounts.country_code
from accounts
left join free_mail on accounts.domain = free_mail.domain
