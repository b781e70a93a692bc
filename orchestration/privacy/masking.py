"""What readers without the right to personal data see in the place of each value.

The class of a column (`meta.pii`) decides. Values that tables are joined by become
pseudonyms under a key that is not in the release: equal values stay equal, and nobody
who lacks the key can try out names or addresses. Dates of birth, postcodes and places
are told more coarsely; all else is left out. Belongs here: the SQL of a masked value.
Does not belong here: which file it is written to (`releases/files.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PSEUDONYM_DIGITS = 16
"""Hexadecimal digits: of 100 million values, two share theirs with odds of 1:3,700."""


@dataclass(frozen=True)
class Mask:
    """A way to tell less than a value says.

    Attributes:
        name: what readers are told that it is.
        sql: the masked value, of `{value}` and the text literal `{key}`.
        types: the types of DuckDB, without parameters, that it takes and returns.
    """

    name: str
    sql: str
    types: frozenset[str] = frozenset()


NOTHING = Mask("nothing", "null")

# What is hashed is cut short, so nobody can go on from a hash without knowing the key.
PSEUDONYM = Mask(
    "pseudonym",
    f"left(sha256({{key}} || {{value}}), {PSEUDONYM_DIGITS})",
    frozenset({"VARCHAR"}),
)

YEAR = Mask(
    "first day of the year",
    "make_date(year({value}), 1, 1)",
    frozenset({"DATE", "TIMESTAMP"}),
)

AREA = Mask("first two characters", "left({value}, 2)", frozenset({"VARCHAR"}))

# A tenth of a degree is some 11 km from north to south, and less from east to west.
ROUNDED = Mask(
    "rounded to a tenth",
    "round({value}, 1)",
    frozenset({"DOUBLE", "FLOAT", "DECIMAL"}),
)

MASKS = {
    "identifier": PSEUDONYM,
    "email": PSEUDONYM,
    "phone": PSEUDONYM,
    "name": PSEUDONYM,
    "device": PSEUDONYM,
    "birth_date": YEAR,
    "postcode": AREA,
    "location": ROUNDED,
}
"""By class of personal data; values of any other class are left out."""


def mask_of(personal_class: str, data_type: str) -> Mask:
    """Return how a column is masked; what cannot be told in part is not told at all."""
    mask = MASKS.get(personal_class, NOTHING)
    return mask if re.sub(r"\(.*", "", data_type) in mask.types else NOTHING


def masked(value: str, personal_class: str, data_type: str, key: str) -> str:
    """Return the SQL of a masked value, which is null where the value is.

    Args:
        value: the SQL of the value.
        personal_class: what its column bears as `meta.pii`.
        data_type: the type of its column.
        key: what pseudonyms are made with, hexadecimal.
    """
    mask = mask_of(personal_class, data_type)
    return mask.sql.format(value=value, key=f"'{key}'")
