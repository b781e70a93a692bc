"""HubSpot: companies, contacts and deals, as its CSV export writes them, whole."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_MACROS = """
create macro is_merged_away(copy, rid) as copy = 1 and u(rid, 'merged') < 0.25
"""

_COMPANIES = """
select
    company_id as "Record ID",
    name as "Company name",
    domain as "Company Domain Name",
    industry as "Industry",
    employees as "Number of Employees",
    city as "City",
    country as "Country/Region",
    strftime(
        timestamp '2022-02-01 09:00:00' + to_hours(cast(c % 20000 as integer)),
        '%Y-%m-%d %H:%M'
    ) as "Create Date"
from companies
order by c
"""

_CONTACTS = """
with

absorbed as (

    -- Some duplicates were merged by hand: the export lists the ids they had.
    select
        i,
        hubspot_id(i, 1) as merged_id
    from records
    where system = 'hubspot' and is_merged_away(copy, rid)

)

select
    record_id as "Record ID",
    given as "First Name",
    family as "Last Name",
    email as "Email",
    phone as "Phone Number",
    if(u(rid, 'mobile') < 0.25, own_phone, null) as "Mobile Phone Number",
    pick(['Manager', 'Buyer', 'Office Manager', 'Director', 'Engineer', 'Owner', ''],
        u(rid, 'title')) as "Job Title",
    if(u(rid, 'employer') < 0.7, company_name(company), null) as "Company Name",
    if(u(rid, 'employer') < 0.7, cast(7000000000 + company * 3 as varchar), null)
        as "Associated Company IDs (Primary)",
    pick(['Subscriber', 'Lead', 'Marketing Qualified Lead', 'Opportunity', 'Customer'],
        u(rid, 'stage')) as "Lifecycle Stage",
    pick(['New', 'Open', 'In Progress', 'Connected', 'Unqualified'], u(rid, 'lead'))
        as "Lead Status",
    pick(['Dana Whitfield', 'Marcus Oyelaran', 'Ingrid Solheim'], u(rid, 'owner'))
        as "Contact owner",
    street as "Street Address",
    city as "City",
    region as "State/Region",
    postal_code as "Postal Code",
    country_spelling as "Country/Region",
    language as "Preferred language",
    birth_date as "Date of birth",
    if(u(rid, 'gender') < 0.4, gender, null) as "Gender",
    merged_id as "Merged Contact IDs",
    strftime(created_at, '%Y-%m-%d %H:%M') as "Create Date",
    strftime(updated_at, '%Y-%m-%d %H:%M') as "Last Modified Date"{drift}
from records
left join absorbed on if(copy = 0, records.i, null) = absorbed.i
where system = 'hubspot'
    and not is_merged_away(copy, rid)
    -- A few contacts of the history are deleted on each later day.
    and not (created_at < timestamp '{end}' and u(rid, 'deleted') < 0.0005 * {day})
order by created_at, record_id
"""

_DRIFT = """,
    if(u(rid, 'twitter') < 0.1, '@' || ascii(given) || record_id, null)
        as "Twitter Username\""""

_DEALS = """
with

open_deals as (

    select
        *,
        cast(900000000 + i * 2 + copy as varchar) as deal_id,
        moment(created_at, 1 + 20 * u(rid, 'deal age')) as opened_at,
        pick(['Appointment Scheduled', 'Contract Sent', 'Closed Won', 'Closed Lost'],
            u(rid, 'deal stage')) as stage
    from records
    where system = 'hubspot' and u(rid, 'deal') < 0.22 and copy = 0

)

select
    deal_id as "Record ID",
    company_name(company) || ' - ' || pick(['Bulk order', 'Gift programme',
        'Office supply', 'Renewal'], u(rid, 'deal name')) as "Deal Name",
    stage as "Deal Stage",
    'Sales Pipeline' as "Pipeline",
    money(200 * exp(4 * u(rid, 'amount'))) as "Amount",
    currency as "Currency",
    strftime(opened_at + interval 30 day, '%Y-%m-%d %H:%M') as "Close Date",
    strftime(opened_at, '%Y-%m-%d %H:%M') as "Create Date",
    record_id as "Associated Contact IDs",
    cast(7000000000 + company * 3 as varchar) as "Associated Company IDs",
    if(stage = 'Closed Lost', pick(['Price', 'Timing', 'Competitor'], u(rid, 'lost')),
        null) as "Closed Lost Reason"
from open_deals
where opened_at < timestamp '{until}'
order by opened_at, deal_id
"""


def write_hubspot(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write all there is; from day 1 on, contacts have a column more."""
    con.execute(_MACROS)
    if landing.is_first:
        landing.csv(con, "hubspot", "companies", _COMPANIES)
    drift = _DRIFT if drop.day else ""
    contacts = _CONTACTS.format(drift=drift, day=drop.day or 0, end=drop.world.end)
    landing.csv(con, "hubspot", "contacts", contacts)
    landing.csv(con, "hubspot", "deals", _DEALS.format(until=drop.until))
