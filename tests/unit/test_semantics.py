"""What metrics are made of is in the marts that they are about."""

import duckdb


def test_every_expression_reads_columns_of_its_mart(manifest):
    """A mart that renames a column would break the metric where nobody looks."""
    assert manifest["semantic_models"]
    for semantic in manifest["semantic_models"].values():
        (mart,) = semantic["depends_on"]["nodes"]
        columns = ", ".join(
            f'"{name}" {column["data_type"]}'
            for name, column in manifest["nodes"][mart]["columns"].items()
        )
        with duckdb.connect() as connection:
            connection.execute(f"create table mart ({columns})")
            for part in ("entities", "dimensions", "measures"):
                for said in semantic[part]:
                    connection.execute(
                        f"select {said['expr'] or said['name']} from mart"
                    )


def test_every_metric_says_what_it_is(manifest):
    assert len(manifest["metrics"]) >= 20
    for metric in manifest["metrics"].values():
        assert metric["description"].endswith("."), metric["name"]
