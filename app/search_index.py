"""The search index of a release: what people may be found by, in three-letter pieces.

Belongs here: which texts find a customer, how a text is folded, and building the index.
Does not belong here: asking it (search.py), and making it of the index of the release
before (search_renewal.py).

The index holds personal data. It lies in the directory of its release and goes with it,
as an erasure replaces both.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import duckdb
import tantivy

from orchestration.ingestion.sql import identifier, one_row
from orchestration.releases.directory import SEARCH
from orchestration.warehouse import PROJECT_ROOT

NICKNAMES = PROJECT_ROOT / "seeds" / "nicknames.csv"

# What a writer gathers in memory before it goes to disk; one thread leaves a core to
# readers. Twice as much made the build of a million no faster.
_HEAP_BYTES = 64_000_000

# Customers whose texts are read at once.
_SLICE = 20_000

# Texts by customer and kind, of a database that is attached by that name. Those of one
# slice of `wanted` are read without the rest, as the tables are ordered by customer.
TEXTS = """
    select customer_id, 'name' as kind, display_name as text
    from {database}.marts.customers
    union
    select customer_id, 'name', display_name
    from {database}.marts.customer_history
    union
    select customer_id, 'full_name', given_name || '|' || family_name
    from {database}.marts.customers
    union
    select
        customer_id,
        if(identifier_type in ('email', 'phone'), identifier_type, 'id'),
        identifier_value
    from {database}.marts.customer_identifiers
    where
        identifier_type in
            ('email', 'phone', 'loyalty_id', 'user_id', 'social_handle')
    union
    select customer_id, 'order', order_number
    from {database}.marts.orders
    union
    select current_customer_id, 'customer_id', customer_id
    from {database}.marts.customer_id_aliases
"""

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_LEFT_OUT = re.compile(r"[\s+#()/\-]+")

# Letters that stand for themselves in Unicode, but for two in the fingers of who types.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "ħ": "h",
        "æ": "ae",
        "œ": "oe",
    }
)


# The file of an index that says what made it.
MADE_BY = "made_by"

FIELDS = ("customer_id", "names", "codes", "exact")
"""The fields of an index that are asked for."""


def fold(text: str) -> str:
    """Return a text as it is compared: small letters, no accents, in any script.

    Letters of scripts in which marks tell letters apart (か and が) keep them.
    """
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKD", text).casefold()
    split = unicodedata.normalize("NFKD", small).translate(_LETTERS)
    bare = "".join(sign for sign in split if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFC", bare)


def words(folded: str) -> list[str]:
    """Split a folded text where it has neither letter, digit nor mark of a letter."""
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return "".join(
        sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " "
        for sign in folded
    ).split()


def bare(folded: str) -> str:
    """Return a folded text without what people leave out: +, #, blanks and dashes."""
    return _LEFT_OUT.sub("", folded)


def padded(folded: str) -> str:
    """Return the words of a folded text so that their beginnings weigh most.

    Two blanks before each and one after, as trigrams of PostgreSQL have it: a word of
    one letter has pieces too, which Chinese and Korean names need.
    """
    return "".join(f"  {word} " for word in words(folded))


def build_index(connection: duckdb.DuckDBPyConnection, release: Path) -> Path:
    """Build the index of a release in its directory.

    Args:
        connection: to the whole release.
        release: its directory; an index that is there stays.

    Returns:
        The directory of the index.
    """
    final = release / SEARCH
    if final.exists():
        return final
    with in_one_step(final) as draft:
        draft.mkdir()
        (draft / MADE_BY).write_text(maker(), encoding="utf-8")
        add_customers(
            new_index(draft), connection, "select customer_id from marts.customers"
        )
    return final


@contextmanager
def in_one_step(final: Path) -> Iterator[Path]:
    """Give a path to make an index at, which moves to `final` once it is whole."""
    draft = final.with_name(f"{final.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    yield draft
    draft.rename(final)


def maker() -> str:
    """Return a digest of all that makes an index what it is, but for the release."""
    parts = [Path(__file__).read_bytes(), NICKNAMES.read_bytes()]
    return hashlib.sha256(b"\0".join([*parts, version("tantivy").encode()])).hexdigest()


def add_customers(
    index: tantivy.Index,
    connection: duckdb.DuckDBPyConnection,
    customers: str,
    gone: Iterable[str] = (),
) -> None:
    """Add customers with their texts to an index, all or none.

    Args:
        index: to add to.
        connection: to the whole release.
        customers: SQL that returns the `customer_id` of each, once.
        gone: customers whose documents are removed before.
    """
    with index.writer(heap_size=_HEAP_BYTES, num_threads=1) as writer:
        for customer_id in gone:
            writer.delete_documents_by_term("customer_id", customer_id)
        for customer_id, texts in _texts_of_customers(connection, customers):
            writer.add_document(_document(customer_id, texts))
        writer.commit()
        writer.wait_merging_threads()


def new_index(folder: Path) -> tantivy.Index:
    """Return an empty index in a folder."""
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("customer_id", stored=True, tokenizer_name="raw")
        .add_text_field("names", tokenizer_name="pieces", index_option="freq")
        .add_text_field("codes", tokenizer_name="pieces", index_option="freq")
        .add_text_field("exact", tokenizer_name="raw", index_option="basic")
        .add_bytes_field("texts", stored=True)
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    register_pieces(index)
    return index


def register_pieces(index: tantivy.Index) -> None:
    """Teach an index, just made or opened, how texts are cut into pieces."""
    pieces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3)).build()
    index.register_tokenizer("pieces", pieces)


def _document(customer_id: str, texts: list[tuple[str, str]]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("customer_id", customer_id)
    names, codes = [], []
    for kind, text in texts:
        folded = fold(text)
        if kind in ("name", "email"):
            names.append(padded(folded))
        elif kind != "customer_id":
            codes.append(padded(folded))
        if kind != "name":
            document.add_text("exact", bare(folded))
    document.add_text("names", "".join(names))
    document.add_text("codes", "".join(codes))
    document.add_bytes("texts", json.dumps(texts, ensure_ascii=False).encode())
    return document


def _texts_of_customers(
    connection: duckdb.DuckDBPyConnection, customers: str
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each customer with the texts to be found by, slice by slice."""
    nicknames = _nicknames()
    (database,) = one_row(connection.execute("select current_database()"))
    connection.execute(
        f"""
        create or replace temp table wanted as
        select
            customer_id,
            (row_number() over (order by customer_id) - 1) // {_SLICE} as slice
        from ({customers})
        """
    )
    slices = connection.execute(
        "select slice, min(customer_id), max(customer_id) from wanted "
        "group by slice order by slice"
    ).fetchall()
    for number, first, last in slices:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        rows = connection.execute(
            f"""
            select customer_id, kind, text
            from ({TEXTS.format(database=identifier(database))})
            semi join (from wanted where slice = $slice) using (customer_id)
            where customer_id between $first and $last and text is not null
            order by all
            """,
            {"slice": number, "first": first, "last": last},
        )
        for customer_id, kind, text in rows.fetchall():
            if kind == "full_name":
                forms = _other_forms(text, nicknames)
                found[customer_id] += [("name", form) for form in forms]
            else:
                found[customer_id].append((kind, text))
        yield from found.items()
    connection.execute("drop table wanted")


def _other_forms(full_name: str, nicknames: Mapping[str, set[str]]) -> Iterable[str]:
    """Yield a name with the nicknames people use, and as names without blanks are."""
    given_name, _, family_name = full_name.partition("|")
    for nickname in sorted(nicknames.get(fold(given_name), ())):
        yield f"{nickname.title()} {family_name}"
    if not fold(family_name)[:1].isascii():
        yield f"{family_name}{given_name}"


def _nicknames() -> dict[str, set[str]]:
    """Return the other given names by each given name, in both directions."""
    others: dict[str, set[str]] = defaultdict(set)
    with NICKNAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            others[row["given_name"]].add(row["nickname"])
            others[row["nickname"]].add(row["given_name"])
    return others
