"""Expectations about figures and whole tables, and those without SQL."""

# Arguments that hold, arguments that do not, and the SQL of what is observed.
FIGURES = {
    "ExpectColumnMaxToBeBetween": ("max(id)", {"column": "id"}, 99, 3),
    "ExpectColumnMinToBeBetween": ("min(below)", {"column": "below"}, 0, -100),
    "ExpectColumnMeanToBeBetween": ("avg(id)", {"column": "id"}, 60, 3),
    "ExpectColumnMedianToBeBetween": ("median(id)", {"column": "id"}, 60, 3),
    "ExpectColumnStdevToBeBetween": ("stddev_samp(id)", {"column": "id"}, 60, 3),
    "ExpectColumnSumToBeBetween": ("sum(id)", {"column": "id"}, 5000, 3),
    "ExpectColumnUniqueValueCountToBeBetween": (
        "count(distinct slot)",
        {"column": "slot"},
        7,
        3,
    ),
    "ExpectColumnProportionOfUniqueValuesToBeBetween": (
        "count(distinct slot) / count(*)",
        {"column": "slot"},
        0.07,
        0.01,
    ),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": (
        "count(email) / count(*)",
        {"column": "email"},
        0.9,
        0.5,
    ),
    "ExpectTableRowCountToBeBetween": ("count(*)", {}, 100, 99),
    "ExpectTableColumnCountToBeBetween": (
        "(select count(*) from duckdb_columns() where table_name = 'orders')",
        {},
        13,
        3,
    ),
}

# Arguments that hold, and arguments that do not.
OTHERS = {
    "ExpectTableRowCountToEqual": ({"value": 100}, {"value": 99}),
    "ExpectTableColumnCountToEqual": ({"value": 13}, {"value": 3}),
    "ExpectTableRowCountToEqualOtherTable": (
        {"other_table_name": "copies"},
        {"other_table_name": "few"},
    ),
    "ExpectTableColumnsToMatchSet": (
        {"column_set": ["id", "slot"], "exact_match": False},
        {"column_set": ["id", "gone"], "exact_match": False},
    ),
    "ExpectTableColumnsToMatchOrderedList": (
        {
            "column_list": [
                "id",
                "slot",
                "below",
                "twice",
                "same",
                "above",
                "email",
                "quantity",
                "day",
                "amount",
                "at",
                "spiky",
                "nothing",
            ]
        },
        {"column_list": ["slot", "id"]},
    ),
    "ExpectColumnToExist": ({"column": "id"}, {"column": "gone"}),
    "ExpectColumnTypeToBe": (
        {"column": "amount", "type_": "DECIMAL"},
        {"column": "amount", "type_": "VARCHAR"},
    ),
    "ExpectColumnValuesToBeOfType": (
        {"column": "amount", "type_": "DECIMAL"},
        {"column": "amount", "type_": "VARCHAR"},
    ),
    "ExpectColumnValuesToBeInTypeList": (
        {"column": "at", "type_list": ["TIMESTAMP", "DATE"]},
        {"column": "at", "type_list": ["VARCHAR", "INTEGER"]},
    ),
    "ExpectColumnDistinctValuesToBeInSet": (
        {"column": "slot", "value_set": list(range(9))},
        {"column": "slot", "value_set": [1]},
    ),
    "ExpectColumnDistinctValuesToContainSet": (
        {"column": "slot", "value_set": [1, 2]},
        {"column": "slot", "value_set": [9]},
    ),
    "ExpectColumnDistinctValuesToEqualSet": (
        {"column": "slot", "value_set": list(range(7))},
        {"column": "slot", "value_set": [1]},
    ),
    "ExpectColumnMostCommonValueToBeInSet": (
        {"column": "quantity", "value_set": ["x"]},
        {"column": "quantity", "value_set": ["1"]},
    ),
    "ExpectColumnQuantileValuesToBeBetween": (
        {
            "column": "id",
            "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[45, 55]]},
        },
        {
            "column": "id",
            "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[1, 2]]},
        },
    ),
    "ExpectColumnKLDivergenceToBeLessThan": (
        {
            "column": "slot",
            "partition_object": {"values": list(range(7)), "weights": [1 / 7] * 7},
            "threshold": 0.1,
        },
        {
            "column": "slot",
            "partition_object": {"values": [0, 1], "weights": [0.5, 0.5]},
            "threshold": 0.1,
        },
    ),
}

# What Great Expectations computes in pandas or Spark only: it must never seem to pass.
WITHOUT_SQL = [
    ("ExpectColumnValuesToBeIncreasing", {"column": "id"}),
    ("ExpectColumnValuesToBeDecreasing", {"column": "below"}),
    ("ExpectColumnValuesToBeDateutilParseable", {"column": "day"}),
    ("ExpectColumnValuesToBeJsonParseable", {"column": "day"}),
    ("ExpectColumnValuesToMatchJsonSchema", {"column": "day", "json_schema": {}}),
    (
        "ExpectColumnValuesToMatchStrftimeFormat",
        {"column": "day", "strftime_format": "%Y"},
    ),
    (
        "ExpectColumnValuesToNotBeOutliers",
        {"column": "id", "method": "iqr", "multiplier": 1.5},
    ),
]

# One is an alias that cannot be constructed; the other compares two data sources.
NOT_FOR_ONE_TABLE = {
    "ExpectMulticolumnValuesToBeUnique",
    "ExpectQueryResultsToMatchComparison",
}
