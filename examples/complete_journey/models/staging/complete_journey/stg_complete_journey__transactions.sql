with

source as (

    select * from {{ customer360.raw_rows('complete_journey', 'transactions') }}

),

renamed as (

    select
        'complete_journey:household:' || household_id as record_key,
        household_id,
        'complete_journey:basket:' || basket_id as order_key,
        basket_id,
        'complete_journey:product:' || product_id as product_key,
        product_id,
        'complete_journey:store:' || store_id as store_key,
        store_id,
        transaction_timestamp as sold_at,
        quantity,
        sales_value,
        -- What the retailer itself gives away. A maker's coupon is no discount of his:
        -- the maker pays it back, and sales_value includes it.
        retail_disc + coupon_match_disc as discount,
        coupon_disc as coupon_value,
        source_row

    from source

)

select * from renamed
