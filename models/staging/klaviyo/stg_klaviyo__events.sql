with

source as (

    select * from {{ raw_rows('klaviyo', 'events') }}

),

extracted as (

    select
        id as event_id,
        {{ json_text('relationships', 'profile.data.id') }} as profile_id,
        {{ json_text('attributes', 'metric_name') }} as metric_name,
        {{ json_text('attributes', 'datetime') }} as happened,
        {{ json_text('attributes', 'event_properties') }} as properties,
        _loaded_at

    from source

),

renamed as (

    select
        event_id,
        profile_id,
        metric_name,
        {{ cast_raw('happened', 'timestamp') }} as occurred_at,
        {{ json_text('properties', '$message') }} as campaign_id,
        {{ json_text('properties', 'Subject') }} as subject,
        {{ json_text('properties', 'URL') }} as url,
        {{ cast_raw('properties', 'json') }} as properties,
        _loaded_at

    from extracted

)

select * from renamed
