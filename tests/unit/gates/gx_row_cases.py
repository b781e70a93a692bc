"""Expectations about rows: the table they judge, and which of its rows fail."""

TABLE = """
create schema shop;
create table shop.orders as
select
    i as id,
    i % 7 as slot,
    -i as below,
    2 * i as twice,
    i as same,
    i + 1 as above,
    case when i % 10 = 0 then null else 'user' || i || '@example.com' end as email,
    case when i % 4 = 0 then 'x' else cast(i as varchar) end as quantity,
    case when i % 5 = 0 then '31/12/2025' else '2025-12-31' end as day,
    cast(i * 1.5 as decimal(18, 2)) as amount,
    timestamp '2026-01-01' + to_hours(i) as at,
    case when i = 50 then 1000 else i % 3 end as spiky,
    null as nothing
from range(100) as numbers(i);
create table shop.copies as select * from shop.orders;
create table shop.loaded as
select *, case when id < 3 then 'b' else 'a' end as _batch_id
from shop.orders;
update shop.loaded set "at" = null where _batch_id = 'a';
create table shop.few as select * from shop.orders where slot = 1;
create view shop.seen as select * from shop.orders;
"""

# Arguments, and the SQL condition of the rows that fail; None, when none does.
ROWS = {
    "ExpectColumnValuesToNotBeNull": [
        ({"column": "id"}, None),
        ({"column": "email"}, "email is null"),
    ],
    "ExpectColumnValuesToBeNull": [
        ({"column": "nothing"}, None),
        ({"column": "email"}, "email is not null"),
    ],
    "ExpectColumnValuesToBeUnique": [
        ({"column": "id"}, None),
        ({"column": "slot"}, "true"),
    ],
    "ExpectCompoundColumnsToBeUnique": [
        ({"column_list": ["id", "slot"]}, None),
        ({"column_list": ["slot", "quantity"]}, "quantity = 'x' and slot is not null"),
    ],
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": [
        ({"column_list": ["id", "above"]}, None),
        ({"column_list": ["id", "same"]}, "id = same"),
    ],
    "ExpectMulticolumnValuesToBeEqual": [
        ({"column_list": ["id", "same"]}, None),
        ({"column_list": ["id", "twice"]}, "id <> twice"),
    ],
    "ExpectMulticolumnSumToEqual": [
        ({"column_list": ["id", "below"], "sum_total": 0}, None),
        ({"column_list": ["id", "slot"], "sum_total": 3}, "id + slot <> 3"),
    ],
    "ExpectColumnPairValuesToBeEqual": [
        ({"column_A": "id", "column_B": "same"}, None),
        ({"column_A": "id", "column_B": "slot"}, "id <> slot"),
    ],
    "ExpectColumnPairValuesAToBeGreaterThanB": [
        ({"column_A": "above", "column_B": "id"}, None),
        ({"column_A": "slot", "column_B": "id", "or_equal": True}, "slot < id"),
    ],
    "ExpectColumnPairValuesToBeInSet": [
        (
            {
                "column_A": "id",
                "column_B": "same",
                "value_pairs_set": [(i, i) for i in range(100)],
            },
            None,
        ),
        (
            {
                "column_A": "id",
                "column_B": "same",
                "value_pairs_set": [(1, 1), (2, 2)],
            },
            "id not in (1, 2)",
        ),
    ],
    "ExpectColumnValuesToBeBetween": [
        ({"column": "amount", "min_value": 0}, None),
        (
            {"column": "amount", "min_value": 3, "max_value": 9},
            "amount not between 3 and 9",
        ),
        (
            {"column": "at", "max_value": "2026-01-02"},
            "\"at\" > timestamp '2026-01-02'",
        ),
    ],
    "ExpectColumnValuesToBeInSet": [
        ({"column": "slot", "value_set": list(range(7))}, None),
        ({"column": "slot", "value_set": [1, 2]}, "slot not in (1, 2)"),
    ],
    "ExpectColumnValuesToNotBeInSet": [
        ({"column": "slot", "value_set": [9]}, None),
        ({"column": "slot", "value_set": [1, 2]}, "slot in (1, 2)"),
    ],
    "ExpectColumnValuesToMatchRegex": [
        ({"column": "email", "regex": "@example"}, None),
        ({"column": "email", "regex": "^user1"}, "not regexp_matches(email, '^user1')"),
    ],
    "ExpectColumnValuesToNotMatchRegex": [
        ({"column": "email", "regex": "^nobody"}, None),
        ({"column": "email", "regex": "9@"}, "regexp_matches(email, '9@')"),
    ],
    "ExpectColumnValuesToMatchRegexList": [
        ({"column": "email", "regex_list": ["^user", "^x"]}, None),
        (
            {"column": "email", "regex_list": ["1@", "2@"]},
            "not regexp_matches(email, '[12]@')",
        ),
    ],
    "ExpectColumnValuesToNotMatchRegexList": [
        ({"column": "email", "regex_list": ["^x", "^y"]}, None),
        (
            {"column": "email", "regex_list": ["1@", "2@"]},
            "regexp_matches(email, '[12]@')",
        ),
    ],
    "ExpectColumnValuesToMatchLikePattern": [
        ({"column": "email", "like_pattern": "user%"}, None),
        ({"column": "email", "like_pattern": "%9@%"}, "email not like '%9@%'"),
    ],
    "ExpectColumnValuesToNotMatchLikePattern": [
        ({"column": "email", "like_pattern": "x%"}, None),
        ({"column": "email", "like_pattern": "%9@%"}, "email like '%9@%'"),
    ],
    "ExpectColumnValuesToMatchLikePatternList": [
        ({"column": "email", "like_pattern_list": ["user%"]}, None),
        (
            {"column": "email", "like_pattern_list": ["%1@%", "%2@%"]},
            "not (email like '%1@%' or email like '%2@%')",
        ),
    ],
    "ExpectColumnValuesToNotMatchLikePatternList": [
        ({"column": "email", "like_pattern_list": ["x%"]}, None),
        (
            {"column": "email", "like_pattern_list": ["%1@%", "%2@%"]},
            "email like '%1@%' or email like '%2@%'",
        ),
    ],
    "ExpectColumnValueLengthsToBeBetween": [
        ({"column": "day", "min_value": 10, "max_value": 10}, None),
        ({"column": "quantity", "min_value": 2}, "length(quantity) < 2"),
    ],
    "ExpectColumnValueLengthsToEqual": [
        ({"column": "day", "value": 10}, None),
        ({"column": "quantity", "value": 2}, "length(quantity) <> 2"),
    ],
    "ExpectColumnValueZScoresToBeLessThan": [
        ({"column": "id", "threshold": 3, "double_sided": True}, None),
        (
            {"column": "id", "threshold": 1, "double_sided": True},
            "abs(id - (select avg(id) from shop.orders)) / "
            "(select stddev_samp(id) from shop.orders) > 1",
        ),
    ],
    "ExpectColumnValuesToNotBeOutliers": [
        ({"column": "id", "method": "std", "multiplier": 3}, None),
        ({"column": "spiky", "method": "std", "multiplier": 3}, "spiky = 1000"),
    ],
    "ExpectColumnValuesToBeCastable": [
        ({"column": "quantity", "data_type": "varchar"}, None),
        ({"column": "quantity", "data_type": "integer"}, "quantity = 'x'"),
        ({"column": "quantity", "data_type": "json"}, "quantity = 'x'"),
        ({"column": "day", "data_type": "date"}, "day like '31/%'"),
        (
            {"column": "day", "data_type": "date", "date_format": "%d/%m/%Y"},
            "day not like '31/%'",
        ),
    ],
    "UnexpectedRowsExpectation": [
        ({"unexpected_rows_query": "select * from {batch} where id < 0"}, None),
        ({"unexpected_rows_query": "select * from {batch} where slot = 3"}, "slot = 3"),
        (
            {
                "unexpected_rows_query": "with judged as (select * from {batch}) "
                "select id from judged anti join shop.few using (id)"
            },
            "id not in (select id from shop.few)",
        ),
    ],
}
