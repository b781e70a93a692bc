"""`c360 sentiment …`: learning how people feel in texts, and trying it on one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import PROJECT_ROOT

sentiment_app = typer.Typer(
    no_args_is_help=True, help="How people feel in what they write."
)


@sentiment_app.command()
def train(
    reviews: Annotated[Path, typer.Option(help="Folder with reviews.parquet.")],
    rated: Annotated[
        Path, typer.Option(help="Folder with the *_GroundTruth.txt of VADER's authors.")
    ],
    queries: Annotated[Path, typer.Option(help="Folder with queries.parquet.")],
) -> None:
    """Learn the weights of words from labelled texts; write them and the model card.

    docs/sentiment-model-card.md says where the texts come from. It takes about a minute
    and needs the lexicon of VADER: pip install 'customer360[train]'.
    """
    from orchestration.scores.text_sentiment import (
        KNOWN_SHARE,
        WEIGHTS,
        weights_version,
    )
    from orchestration.sentiment import corpora, training
    from orchestration.sentiment.model_card import model_card

    with friendly_errors(), duckdb.connect() as connection:
        lexicon = corpora.read_lexicon()
        corpora.read_corpus(connection, reviews, rated, queries)
        training.learn_weights(connection, lexicon, WEIGHTS)
        figures = training.measure_weights(connection, WEIGHTS)
        card = PROJECT_ROOT / "docs" / "sentiment-model-card.md"
        card.write_text(
            model_card(
                figures + training.measure_library(connection),
                version=weights_version(),
                features=len(WEIGHTS.read_text(encoding="utf-8").splitlines()) - 2,
                understood=training.share_understood(connection, WEIGHTS),
                known_share=KNOWN_SHARE,
                trained_on=datetime.now(UTC).date(),
            ),
            encoding="utf-8",
        )
    console.print(f"Wrote {WEIGHTS.name} and {card.name}.", highlight=False)


@sentiment_app.command(name="try")
def try_text(
    text: Annotated[str, typer.Argument(help="In English, in quotes.")],
) -> None:
    """Say how one text is scored."""
    from orchestration.scores.text_sentiment import score_texts

    with duckdb.connect() as connection:
        connection.execute(
            "create table texts as select 1 as text_id, ? as body", [text]
        )
        score_texts(connection, "texts")
        rows = connection.execute("select language, label, score from scored_texts")
        for language, label, score in rows.fetchall():
            shown = label if score is None else f"{label}, {score:+.2f}"
            console.print(f"{shown} (language: {language})", highlight=False)
