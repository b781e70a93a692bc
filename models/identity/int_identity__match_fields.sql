{{ config(materialized='tracked') }} {#- pairs are compared by slices -#}

with

facts as (

    select
        *,
        least(given_name, family_name) || ' ' || greatest(given_name, family_name)
            as both_names,
        regexp_replace(mailbox, '[^a-z]', '', 'g') as mailbox_letters
    from {{ ref('int_identity__match_facts') }}

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
        facts.both_names,
        facts.mailbox as email_user,
        -- An address that is made of the name alone, as those of namesakes are. A name
        -- that is not in Latin letters is in a mailbox as somebody spells it.
        case
            when
                length(regexp_replace(facts.mailbox, '[a-z]', '', 'g')) <= 1
                and (
                    not {{ has_latin_letters('facts.given_name') }}
                    or length(
                        replace(
                            replace(facts.mailbox_letters, facts.family_name, ''),
                            facts.given_name,
                            ''
                        )
                    ) <= 1
                    or {{ is_similar(
                        'facts.mailbox_letters', 'facts.given_name || facts.family_name'
                    ) }}
                    or {{ is_similar(
                        'facts.mailbox_letters', 'facts.family_name || facts.given_name'
                    ) }}
                )
                then facts.both_names
        end as email_of_name

    from facts
    left join given_forms on facts.given_name = given_forms.given_name

)

select
    *,
    substr(given_name, 1, 1) as given_initial,
    substr(given_name, 1, 3) as given_start,
    substr(family_name, 1, 3) as family_start,
    substr(birth_date, 1, 4) as birth_year,
    substr(birth_date, 6) as birthday

from compared
