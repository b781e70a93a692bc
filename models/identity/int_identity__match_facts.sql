with

described as (

    select
        entities.entity_key,
        statements.*

    from {{ ref('int_identity__match_statements') }} as statements
    inner join {{ ref('int_identity__entities') }} as entities
        on statements.record_key = entities.record_key

),

names as (

    select
        entity_key,
        given_name,
        family_name,
        row_number() over (
            partition by entity_key
            order by
                (count(given_name) > 0) and (count(family_name) > 0) desc,
                count(*) desc,
                given_name asc,
                family_name asc
        ) as place

    from described
    where coalesce(given_name, family_name) is not null
    group by entity_key, given_name, family_name

),

addresses as (

    select
        entity_key,
        street,
        city,
        postal_code,
        row_number() over (
            partition by entity_key
            order by
                (count(street) > 0) and (count(postal_code) > 0) desc,
                count(*) desc,
                street asc,
                city asc,
                postal_code asc
        ) as place

    from described
    where coalesce(street, city, postal_code) is not null
    group by entity_key, street, city, postal_code

),

facts as (

    {% for fact in ['birth_date', 'email', 'phone', 'gender', 'occupation'] %}
    select entity_key, '{{ fact }}' as fact, {{ fact }} as value from described
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked_facts as (

    select
        entity_key,
        fact,
        value,
        row_number() over (
            partition by entity_key, fact
            order by count(*) desc, value asc
        ) as place

    from facts
    where value is not null
    group by entity_key, fact, value

),

chosen_facts as (

    select
        entity_key,
        max(case when fact = 'birth_date' then value end) as birth_date,
        max(case when fact = 'email' then value end) as email,
        max(
            case
                when fact = 'email'
                    then regexp_replace(split_part(value, '@', 1), '[._-]', '', 'g')
            end
        ) as mailbox,
        max(case when fact = 'phone' then value end) as phone,
        max(case when fact = 'gender' then value end) as gender,
        max(case when fact = 'occupation' then value end) as occupation

    from ranked_facts
    where place = 1
    group by entity_key

)

select
    people.entity_key,
    names.given_name,
    names.family_name,
    chosen_facts.birth_date,
    addresses.street,
    addresses.city,
    addresses.postal_code,
    chosen_facts.email,
    chosen_facts.mailbox,
    chosen_facts.phone,
    chosen_facts.gender,
    chosen_facts.occupation

from (select distinct entity_key from described) as people
left join names on people.entity_key = names.entity_key and names.place = 1
left join addresses on people.entity_key = addresses.entity_key and addresses.place = 1
left join chosen_facts on people.entity_key = chosen_facts.entity_key
