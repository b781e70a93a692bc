with

source as (

    select * from {{ customer360.raw_rows('service_desk', 'events') }}

),

renamed as (

    select
        'service_desk:incident:' || number as ticket_key,
        'service_desk:caller:' || nullif(caller_id, '?') as record_key,
        nullif(caller_id, '?') as caller_id,
        'service_desk:agent:' || nullif(resolved_by, '?') as agent_key,
        opened_at,
        sys_updated_at as updated_at,
        {{ customer360.cast_raw(
            "nullif(resolved_at, '?')", 'timestamp', '%d/%m/%Y %H:%M'
        ) }} as resolved_at,
        closed_at,
        sys_mod_count as update_number,
        reopen_count as reopened_count,
        incident_state,
        contact_type,
        priority,
        category,
        subcategory,
        source_row

    from source

)

select * from renamed
