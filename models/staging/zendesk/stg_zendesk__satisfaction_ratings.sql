with

source as (

    select * from {{ raw_rows('zendesk', 'satisfaction_ratings') }}

),

renamed as (

    select
        id as rating_id,
        ticket_id,
        requester_id,
        score,
        nullif(trim(comment), '') as comment,
        reason,
        created_at as offered_at,
        updated_at as answered_at,
        _loaded_at

    from source

)

select * from renamed
