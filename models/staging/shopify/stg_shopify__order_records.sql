{{ config(materialized='sliced', unique_key='order_id') }}

with

source as (

    select * from {{ raw_rows('shopify', 'orders', by='id') }}

),

extracted as (

    select
        *,
        {{ json_text('customer', 'id') }} as customer_id,
        {{ json_text('client_details', 'user_agent') }} as user_agent,
        {{ json_fields('coalesce(shipping_address, billing_address)', [
            'first_name', 'last_name', 'company', 'address1', 'address2', 'city',
            'province', 'country', 'country_code', 'zip', 'phone',
        ]) }} as address

    from source

),

located as (

    select
        *,
        {{ clean_country('coalesce(address.country_code, address.country)') }}
            as country_code

    from extracted

)

select
    'shopify:order:' || id as order_key,
    id as order_id,
    name as order_number,
    coalesce(
        {{ record_key('shopify', 'customer', 'customer_id') }},
        {{ record_key('shopify', 'guest', 'id') }}
    ) as record_key,
    customer_id,
    {{ clean_email('email') }} as email,
    {{ clean_phone('coalesce(phone, address.phone)', 'country_code') }} as phone,
    {{ clean_name('address.first_name') }} as first_name,
    {{ clean_name('address.last_name') }} as last_name,
    {{ clean_text('address.company') }} as company,
    {{ clean_text("concat_ws(' ', address.address1, address.address2)") }}
        as street,
    {{ clean_text('address.city') }} as city,
    {{ clean_text('address.province') }} as region,
    {{ clean_postal_code('address.zip', 'country_code') }} as postal_code,
    country_code,
    coalesce(processed_at, created_at) as ordered_at,
    created_at,
    updated_at,
    cancelled_at,
    cancel_reason,
    financial_status,
    fulfillment_status,
    case when source_name in ('ios', 'android') then 'app' else 'web' end as channel,
    upper(currency) as currency,
    coalesce(taxes_included, false) as has_taxes_in_prices,
    total_line_items_price,
    total_discounts,
    total_tax,
    total_price,
    line_items,
    refunds,
    transactions,
    discount_codes,
    shipping_lines,
    landing_site,
    referring_site,
    coalesce(test, false) as is_test,
    {{ is_bot('user_agent') }} as is_bot,
    source_row,
    _loaded_at
from located
