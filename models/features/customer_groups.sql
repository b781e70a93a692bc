with

people as (

    select
        *,
        {{ fold_name('street') }} as folded_street,
        {{ fold_name('family_name') }} as folded_family_name
    from {{ ref('golden_record') }}

),

-- Who moves on or marries leaves the household; it is named by whom we knew first.
households as (

    select
        customer_id,
        'H' || substr(
            min(customer_id) over (
                partition by
                    country_code,
                    postal_code,
                    folded_street,
                    folded_family_name
            ),
            2
        ) as household_id
    from people
    -- A dash in place of a street is none, and no two share it.
    where
        folded_street is not null
        and folded_family_name is not null
        and postal_code is not null

),

addresses as (

    select
        customer_id,
        substr(
            identifier_value, position('@' in identifier_value) + 1
        ) as domain,
        max(last_seen_at) as last_seen_at
    from {{ with_customer(ref('identity_identifiers'), at='first_seen_at') }}
        as identifiers
    where identifier_type = 'email' and customer_id is not null
    group by customer_id, domain

),

company_domains as (

    select
        addresses.*,
        row_number() over (
            partition by addresses.customer_id
            order by addresses.last_seen_at desc nulls last, addresses.domain asc
        ) as place
    from addresses
    left join {{ ref('free_mail_domains') }} as free_mail
        on addresses.domain = free_mail.domain
    where free_mail.domain is null

)

select
    people.customer_id,
    households.household_id,
    -- What the CRM says was written down on purpose; a domain is a guess.
    coalesce(
        account_keys.account_id,
        people.account_key,
        company_domains.domain
    ) as account_id
from people
left join households on people.customer_id = households.customer_id
left join {{ ref('account_keys') }} as account_keys
    on people.account_key = account_keys.account_key
left join company_domains
    on people.customer_id = company_domains.customer_id and company_domains.place = 1
