-- The generic test itself: of these rows it must report one combination.
with

some_rows as (

    select 'a' as letter, 1 as number
    union all
    select 'a' as letter, 1 as number
    union all
    select 'a' as letter, 2 as number
    union all
    select 'b' as letter, 1 as number

),

found as (

    {{ test_unique_combination('some_rows', ['letter', 'number']) }}

)

select count(*) as found_count
from found
having count(*) <> 1 or max(letter) <> 'a' or max(row_count) <> 2
