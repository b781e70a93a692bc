"""Uplift on a real experiment: Hillstrom's e-mails to 64,000 customers (2008)."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import PROJECT_ROOT
from tests.unit.macros.macro_sql import macro_sql

CUSTOMERS = Path(
    os.environ.get("C360_SHARED_DATA", PROJECT_ROOT / "../shared/data"),
    "hillstrom/customers.parquet",
)


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], dict[str, float]]:
    """What the macro says, by arm and outcome."""
    people = f"""(
        select
            'e-mails' as experiment,
            segment as arm,
            segment = 'No E-Mail' as is_control,
            visit,
            spend
        from '{CUSTOMERS}'
    ) as people"""
    compared = duckdb.sql(f"from {macro_sql('uplift', people, ['visit', 'spend'])}")
    return {
        (row["arm"], row["outcome"]): row
        for values in compared.fetchall()
        for row in [dict(zip(compared.columns, values, strict=True))]
    }


def test_published_rates_come_out(found):
    women, men = found["Womens E-Mail", "visit"], found["Mens E-Mail", "visit"]
    assert round(100 * women["mean"], 1) == 15.1
    assert round(100 * men["mean"], 1) == 18.3
    assert round(100 * men["control_mean"], 1) == 10.6
    assert men["person_count"] == 21_307
    assert men["control_person_count"] == 21_306


def test_the_interval_is_that_of_two_means(found):
    """In closed form for rates, and from the spread of what was spent."""
    men = found["Mens E-Mail", "visit"]
    variance = sum(
        mean * (1 - mean) / (count - 1)
        for mean, count in (
            (men["mean"], men["person_count"]),
            (men["control_mean"], men["control_person_count"]),
        )
    )
    assert men["half_width"] == pytest.approx(1.96 * variance**0.5, rel=1e-12)
    assert men["uplift"] == pytest.approx(0.0766, abs=5e-5)

    spent = found["Mens E-Mail", "spend"]
    assert spent["uplift"] == pytest.approx(0.7698, abs=5e-5)
    assert spent["uplift"] - spent["half_width"] > 0
