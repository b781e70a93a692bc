"""Text of other people, shown as text: nothing in it is markup, a link or an image.

Belongs here: escaping, and tables of such text. Does not belong here: our sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from app.web.figures import DASH, count, short

# Longer text may break between its parts: keys of records have no spaces.
_LONG = 24
_PARTS = re.compile(r"([@:/_\-.])(?=\w)")
# An amount or share that is written already: what has no unit may be a number of
# something, such as a phone.
_FIGURE = re.compile(r"[<>+\N{MINUS SIGN}-]?[\d,.]+([kMB]? [A-Z]{3}|[kMB%]| h| days)")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!$:|~<>&])")


def plain(text: Any) -> str:
    """Return text for a place that reads Markdown, so that it means itself."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))


def shown(value: Any) -> str:
    """Return a value as people write it; a dash for nothing."""
    if value is None or value == "" or value != value:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, Decimal):
        return short(value) if abs(value) >= 10_000 else f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


def listing(
    rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], *, caption: str
) -> None:
    """Show rows as a table that wraps on a phone and that a screen reader can read.

    Columns of numbers stand to the right. Columns in which no row says anything are
    left out.

    Args:
        rows: Values by column; they are escaped.
        columns: The columns to show, with their headings.
        caption: What the table is, for who cannot see it.
    """
    rows = list(rows)
    said = [c for c in columns if any(shown(row[c]) != DASH for row in rows)]
    kinds = {c: _kind([row[c] for row in rows]) for c in said}
    head = "".join(f'<th scope="col"{kinds[c]}>{escape(columns[c])}</th>' for c in said)
    body = "".join(
        "<tr>" + "".join(_cell(shown(row[c]), kinds[c]) for c in said) + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="c360-scroll" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table class="c360">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _kind(values: Sequence[Any]) -> str:
    """Return how a column stands: figures to the right, times and short text whole."""
    stated = [value for value in values if shown(value) != DASH]
    if all(_is_figure(value) for value in stated):
        return ' class="figure"'
    if all(isinstance(value, date) or len(shown(value)) <= 18 for value in stated):
        return ' class="whole"'
    return ""


def _is_figure(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_FIGURE.fullmatch(value))
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _cell(text: str, kind: str) -> str:
    if not kind and len(text) > _LONG:
        return f'<td class="long">{_breakable(text)}</td>'
    return f"<td{kind}>{escape(text)}</td>"


def _breakable(text: str) -> str:
    """Escape a text that may break after the signs that part it."""
    parts = _PARTS.sub("\\1\N{ZERO WIDTH SPACE}", text) if " " not in text else text
    return escape(parts).replace("\N{ZERO WIDTH SPACE}", "<wbr>")


def line(parts: Iterable[str | None]) -> None:
    """Show what is known in a line, without what is not."""
    text = " · ".join(escape(part) for part in parts if part)
    st.html(f'<p class="c360">{text}</p>')


def facts(values: Mapping[str, Any]) -> None:
    """Show named values side by side; those without a value are left out."""
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{_breakable(shown(value))}</dd></div>"
        for name, value in values.items()
        if shown(value) != DASH
    )
    if items:
        st.html(f'<dl class="c360">{items}</dl>')
