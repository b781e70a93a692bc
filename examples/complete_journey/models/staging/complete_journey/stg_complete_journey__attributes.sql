with

source as (

    select * from {{ customer360.raw_rows('complete_journey', 'demographics') }}

),

unpivoted as (

    {% for name in [
        'age', 'income', 'home_ownership', 'marital_status', 'household_size',
        'household_comp', 'kids_count',
    ] %}
    select
        'complete_journey:household:' || household_id as record_key,
        '{{ name }}' as name,
        {{ name }} as value,
        {{ customer360.unstated_columns('attributes', ['as_of']) }}
    from source
    where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from unpivoted
