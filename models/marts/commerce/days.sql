with

days as (

    {{ each_day('2015-01-01', '2036-01-01') }}

)

select cast(date_day as date) as day
from days
