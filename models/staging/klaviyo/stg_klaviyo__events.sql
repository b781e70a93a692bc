{{ config(materialized='sliced', unique_key='event_id') }}

with

source as (

    select * from {{ raw_rows('klaviyo', 'events', by='id') }}

),

extracted as (

    select
        id as event_id,
        {{ json_text('relationships', 'profile.data.id') }} as profile_id,
        {{ json_fields('attributes', ['metric_name', 'datetime', 'event_properties']) }}
            as event,
        _loaded_at

    from source

),

detailed as (

    select
        *,
        event.event_properties as properties,
        {{ json_fields('event.event_properties', ['$message', 'Subject', 'URL']) }}
            as property

    from extracted

),

renamed as (

    select
        event_id,
        profile_id,
        event.metric_name,
        {{ cast_raw("event['datetime']", 'timestamp') }} as occurred_at,
        property['$message'] as campaign_id,
        property['Subject'] as subject,
        property['URL'] as url,
        {{ cast_raw('properties', 'json') }} as properties,
        _loaded_at

    from detailed

)

select * from renamed
