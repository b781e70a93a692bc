with

source as (

    select * from {{ raw_rows('zendesk', 'tickets') }}

),

extracted as (

    select
        *,
        lower({{ json_text('via', 'channel') }}) as via_channel,
        {{ json_text('metric_set', 'reply_time_in_minutes.calendar') }}
            as reply_minutes,
        {{ json_text('satisfaction_rating', 'score') }} as satisfaction

    from source

),

renamed as (

    select
        id as ticket_id,
        requester_id,
        assignee_id,
        {{ clean_text('subject') }} as subject,
        nullif(trim(description), '') as body,
        status,
        priority,
        case
            when via_channel in ('voice', 'phone') then 'phone'
            when via_channel in ('chat', 'native_messaging', 'messaging') then 'chat'
            when via_channel in ('mobile', 'mobile_sdk') then 'app'
            when via_channel in ('facebook', 'twitter', 'instagram_dm') then 'social'
            else via_channel
        end as channel,
        created_at as opened_at,
        created_at + {{ cast_raw('reply_minutes', 'bigint') }} * interval 1 minute
            as first_reply_at,
        {{ cast_raw(json_text('metric_set', 'solved_at'), 'timestamp') }} as solved_at,
        {{ cast_raw(json_text('metric_set', 'reopens'), 'integer') }} as reopened_count,
        case when satisfaction in ('good', 'bad') then satisfaction end as satisfaction,
        tags,
        _loaded_at

    from extracted

)

select * from renamed
