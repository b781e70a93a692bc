with

source as (

    select * from {{ raw_rows('klaviyo', 'campaigns') }}

),

extracted as (

    select
        id as campaign_id,
        {{ json_text('attributes', 'name') }} as name,
        lower({{ json_text('attributes', 'status') }}) as status,
        lower({{ json_text('attributes', 'channel') }}) as channel,
        {{ json_text('attributes', 'tracking_options.utm_params') }} as utm_params,
        {{ cast_raw(json_text('attributes', 'scheduled_at'), 'timestamp') }}
            as scheduled_at,
        {{ cast_raw(json_text('attributes', 'send_time'), 'timestamp') }} as sent_at,
        deleted_at,
        _loaded_at

    from source

),

renamed as (

    select
        'klaviyo:campaign:' || campaign_id as campaign_key,
        campaign_id,
        name,
        status,
        channel,
        coalesce({{ json_named_value('utm_params', 'utm_medium') }}, channel) as medium,
        {{ json_named_value('utm_params', 'utm_campaign') }} as utm_campaign,
        coalesce(sent_at, scheduled_at) as starts_at,
        deleted_at,
        _loaded_at,
        {{ unstated_columns('campaigns', ['ends_at']) }}

    from extracted

)

select * from renamed
