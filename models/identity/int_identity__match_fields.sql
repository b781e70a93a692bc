{{ config(materialized='tracked') }} {#- pairs are compared by slices -#}

with

facts as (

    select * from {{ ref('int_identity__match_facts') }}

),

given_forms as (

    select
        given_name,
        {{ gathered('form') }} as given_forms

    from (
        select
            given_name,
            given_name as form
        from facts

        union

        select
            nickname as given_name,
            given_name as form
        from {{ ref('nicknames') }}
    ) as forms
    group by given_name

),

compared as (

    select
        facts.entity_key,
        facts.given_name,
        facts.family_name,
        facts.birth_date,
        facts.street,
        facts.city,
        facts.postal_code,
        facts.email,
        facts.phone,
        facts.gender,
        facts.occupation,
        given_forms.given_forms,
        -- What is made of the name alone, as namesakes' addresses are, tells no more.
        case
            when
                length(
                    replace(
                        replace(facts.mailbox, facts.given_name, ''),
                        facts.family_name,
                        ''
                    )
                ) > 1
                then facts.mailbox
        end as email_user

    from facts
    left join given_forms on facts.given_name = given_forms.given_name

)

select
    *,
    least(given_name, family_name) || ' ' || greatest(given_name, family_name)
        as both_names,
    substr(given_name, 1, 1) as given_initial,
    substr(given_name, 1, 3) as given_start,
    substr(family_name, 1, 3) as family_start,
    substr(birth_date, 1, 4) as birth_year,
    substr(birth_date, 6) as birthday

from compared
