"""Functions that the models call by the names they have on DuckDB, inside Spark.

Belongs here: registering them on a session, and what is a line of Python. They get and
give Arrow arrays. Executors import them by name, so each has this project installed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import pyarrow as pa

from orchestration.dbt.phone import phone_e164

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def winkler_similarity(one: str, other: str) -> float:
    """Return the similarity of Winkler (1990), from 0 to 1, as DuckDB has it.

    It must not be called jaro_winkler_similarity: Spark finds a function of its own by
    that name first, which counts an odd number of swapped letters as halves.
    """
    from rapidfuzz.distance import JaroWinkler

    return JaroWinkler.similarity(one, other)


def nfc_normalize(text: str) -> str:
    """Return a text with its accents composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def strip_accents(text: str) -> str:
    """Return a text without the marks that Unicode takes for accents of a letter."""
    decomposed = unicodedata.normalize("NFD", text)
    letters = (c for c in decomposed if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", "".join(letters))


def is_time_zone(name: str) -> bool:
    """Tell whether the IANA database has a zone of this name."""
    return name in _time_zones()


@cache
def _time_zones() -> set[str]:
    return available_timezones()


def register_functions(session: SparkSession) -> None:
    """Make the functions known to `session`; a second call changes nothing.

    All but phone_e164 return null as soon as an argument is null.
    """
    from pyspark.sql.functions import arrow_udf

    functions: list[tuple[Callable[..., Any], pa.DataType]] = [
        (phone_e164, pa.string()),
        (_null_of_null(nfc_normalize), pa.string()),
        (_null_of_null(strip_accents), pa.string()),
        (_null_of_null(winkler_similarity), pa.float64()),
        (_null_of_null(is_time_zone), pa.bool_()),
    ]
    for function, returns in functions:
        vectorised = arrow_udf(_by_row(function, returns), _SPARK_TYPES[returns])
        session.udf.register(function.__name__, vectorised)


_SPARK_TYPES = {pa.string(): "string", pa.float64(): "double", pa.bool_(): "boolean"}


def _by_row(
    function: Callable[..., Any], returns: pa.DataType
) -> Callable[..., pa.Array]:
    def vectorised(*columns: pa.Array) -> pa.Array:
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([function(*row) for row in rows], type=returns)

    return vectorised


def _null_of_null(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def guarded(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return guarded
