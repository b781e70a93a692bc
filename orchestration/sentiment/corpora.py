"""The labelled texts that sentiment is learnt from, and the lexicon it begins with.

Belongs here: reading what others published into one table, with a part held out by
what the texts are about. Does not belong here: learning (`training.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb

RATED = {
    "product_snippets": "amazonReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
    "film_snippets": "movieReviewSnippets_GroundTruth.txt",
}
"""Files of Hutto and Gilbert (2014): id, mean of twenty ratings from -4 to 4, text."""

HELD_OUT = "('0x' || md5({topic})[:4])::integer % 5 = 0"
"""Whether a topic is kept from training, in SQL."""

_NEUTRAL_WITHIN = 0.5
"""Mean ratings nearer to 0 are of no clear feeling; the scale is from -4 to 4."""

_TURNED = -0.74
"""What a negation leaves of a word, as measured by the authors of the lexicon."""

_REVIEWS = """
insert into corpus
select
    'clothing_reviews' as domain,
    'clothing_reviews/' || review_no as text_id,
    -- Reviews of one garment are held out together, since they share its words.
    'garment ' || "Clothing ID" as topic,
    concat_ws('. ', "Title", "Review Text") as body,
    case
        when cast("Rating" as integer) >= 4 then 'positive'
        when cast("Rating" as integer) = 3 then 'neutral'
        else 'negative'
    end as label
from read_parquet($path)
where "Review Text" is not null
"""

_RATINGS = """
insert into corpus
with

lines as (

    select string_split(line, chr(9)) as fields
    from (select unnest($lines) as line)

)

select
    $domain as domain,
    $domain || '/' || fields[1] as text_id,
    -- Sentences of one review are numbered 12_1, 12_2 …
    $domain || '/' || split_part(fields[1], '_', 1) as topic,
    fields[3] as body,
    case
        when cast(fields[2] as double) >= $neutral then 'positive'
        when cast(fields[2] as double) <= -$neutral then 'negative'
        else 'neutral'
    end as label
from lines
where try_cast(fields[2] as double) is not null
"""

_QUERIES = """
insert into corpus
select
    'bank_queries' as domain,
    'bank_queries/' || row_number() over (order by text) as text_id,
    split as topic,
    text as body,
    null as label
from read_parquet($path)
"""


def read_corpus(
    connection: duckdb.DuckDBPyConnection, reviews: Path, rated: Path, queries: Path
) -> None:
    """Read all texts into the table corpus; a fifth of the topics is_held out.

    Args:
        connection: where the table is made: domain, text_id, topic, body, label
            (null for those that only show how English is written) and is_held.
        reviews: folder with reviews.parquet, the women's clothing reviews.
        rated: folder with the files of RATED.
        queries: folder with queries.parquet, BANKING77.

    Raises:
        FileNotFoundError: a file is missing.
    """
    connection.execute(
        """
        create or replace table corpus (
            domain varchar, text_id varchar, topic varchar, body varchar, label varchar
        )
        """
    )
    connection.execute(_REVIEWS, {"path": str(_file(reviews, "reviews.parquet"))})
    for domain, name in RATED.items():
        connection.execute(
            _RATINGS,
            {
                "lines": list(_lines(_file(rated, name))),
                "domain": domain,
                "neutral": _NEUTRAL_WITHIN,
            },
        )
    connection.execute(_QUERIES, {"path": str(_file(queries, "queries.parquet"))})
    connection.execute(
        f"""
        create or replace table corpus as
        select
            *,
            -- The publisher of the queries has split them; others are split by topic.
            if(
                domain = 'bank_queries',
                topic = 'test',
                {HELD_OUT.format(topic="topic")}
            ) as is_held
        from corpus
        """
    )


def read_lexicon() -> dict[str, float]:
    """Return the valence, from -4 to 4, of the words and emoji of VADER's lexicon.

    Raises:
        ValueError: the package is not installed.
    """
    found = find_spec("vaderSentiment")
    if not found or not found.submodule_search_locations:
        raise ValueError(
            "Training needs the lexicon of VADER: pip install 'customer360[train]'."
        )
    folder = Path(found.submodule_search_locations[0])
    valence = {
        word.lower(): float(mean)
        for word, mean, *_ in _fields(folder / "vader_lexicon.txt")
    }
    for sign, description in _fields(folder / "emoji_utf8_lexicon.txt"):
        feeling = sum(valence.get(word, 0.0) for word in description.split())
        if feeling:
            valence[sign] = feeling
    return valence | {f"not {word}": _TURNED * value for word, value in valence.items()}


def _file(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise FileNotFoundError(
            f"{name} is not in {folder}; the model card says where it comes from."
        )
    return folder / name


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines as they were before somebody escaped them for the web."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _fields(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield line.split("\t")
