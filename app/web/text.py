"""Text of other people, shown as text: nothing in it is markup, a link or an image.

Belongs here: escaping, and tables of such text. Does not belong here: our sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from app.web.figures import DASH, count, short

# Longer text may break anywhere: keys of records have no spaces.
_LONG = 24
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

    Args:
        rows: Values by column; they are escaped.
        columns: The columns to show, with their headings.
        caption: What the table is, for who cannot see it.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns.values())
    body = "".join(
        "<tr>" + "".join(_cell(shown(row.get(column))) for column in columns) + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="c360-scroll" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table class="c360">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    kind = ' class="long"' if len(text) > _LONG else ""
    return f"<td{kind}>{escape(text)}</td>"


def line(parts: Iterable[str | None]) -> None:
    """Show what is known in a line, without what is not."""
    text = " · ".join(escape(part) for part in parts if part)
    st.html(f'<p class="c360">{text}</p>')


def facts(values: Mapping[str, Any]) -> None:
    """Show named values side by side; those without a value are left out."""
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(shown(value))}</dd></div>"
        for name, value in values.items()
        if shown(value) != DASH
    )
    if items:
        st.html(f'<dl class="c360">{items}</dl>')
