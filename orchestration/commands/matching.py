"""`c360 identity train` and `evaluate`: what matching learns, how good identity is."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import PROJECT_ROOT, DataDir, connect

if TYPE_CHECKING:
    from orchestration.matching.blocking_audit import BlockingAudit
    from orchestration.matching.evaluation import Evaluation
    from orchestration.matching.rules import Comparison, Weight

Records = Annotated[Path, typer.Option(help="People, as CSV or parquet.")]
Truth = Annotated[Path, typer.Option(help="Whose each record is: its id and a person.")]
Map = Annotated[
    Path | None, typer.Option("--map", help="YAML: which column of the table is what.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Sources = Annotated[
    list[Path] | None,
    typer.Option(help="Learn from this table; more than one may be given."),
]
Maps = Annotated[
    list[Path] | None,
    typer.Option("--map", help="The map of each table, in the same order."),
]


def evaluate(
    records: Records, truth: Truth, map_file: Map = None, as_json: AsJson = False
) -> None:
    """Run identity on people whose truth is known, and say how good it is.

    The whole chain runs as it does in the pipeline, in a warehouse of its own that is
    deleted afterwards.
    """
    from orchestration.matching.evaluation import evaluate as run

    with friendly_errors():
        found = run(records, truth, map_file)
    if as_json:
        print(json.dumps(asdict(found), indent=2))
    else:
        _print(found)


def train(
    records: Sources = None,
    maps: Maps = None,
    without_warehouse: Annotated[
        bool, typer.Option(help="Learn from the given tables only.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the random pairs.")] = 360,
) -> None:
    """Learn, without labels, what agreement is worth; write seeds/match_weights.csv.

    It learns from the people of the warehouse and from further tables, from each alone,
    and takes the mean. Needs Splink: pip install 'customer360[train]'.
    """
    from orchestration.matching.rules import (
        SEEDS,
        read_comparisons,
        read_settings,
        weights_csv,
    )
    from orchestration.matching.training import TrainingError, average

    with friendly_errors():
        if maps and len(maps) != len(records or []):
            raise TrainingError("Give a --map for each of the --records, or none.")
        comparisons = read_comparisons()
        found = {} if without_warehouse else _learn_from_warehouse(comparisons, seed)
        for path, map_file in zip_longest(records or [], maps or []):
            found |= _learn_from_table(comparisons, path, map_file, seed)
        weights = average(found.values(), comparisons)
        settings = read_settings()
        (SEEDS / "match_weights.csv").write_text(
            weights_csv(weights, settings), encoding="utf-8"
        )
        _write_card(comparisons, weights, settings, list(found))
    console.print(
        f"✓ {len(weights)} weights from {', '.join(found)} are in "
        "seeds/match_weights.csv; docs/identity-model-card.md tells of them.",
        highlight=False,
    )


def _learn_from_warehouse(
    comparisons: list[Comparison], seed: int
) -> dict[str, dict[tuple[str, str], Weight]]:
    import duckdb

    from orchestration.matching.training import TrainingError, estimate_weights

    with connect(read_only=True) as warehouse:
        try:
            profiles = warehouse.sql(
                "select * from identity.int_identity__match_profiles order by all"
            ).to_arrow_table()
        except duckdb.CatalogException as error:
            raise TrainingError(
                f"There are no profiles of people in {DataDir.from_env().root}. Run "
                "c360 run first, or learn from tables with --without-warehouse."
            ) from error
    with duckdb.connect() as connection:
        connection.register("profiles", profiles)
        return {"the warehouse": estimate_weights(connection, comparisons, seed)}


def _learn_from_table(
    comparisons: list[Comparison], records: Path, map_file: Path | None, seed: int
) -> dict[str, dict[tuple[str, str], Weight]]:
    import duckdb

    from orchestration.matching.person_table import ColumnMap, columns_of
    from orchestration.matching.training import estimate_weights
    from orchestration.matching.trial import build_identity

    names = ColumnMap.read(map_file, columns_of(records))
    with tempfile.TemporaryDirectory(prefix="c360-train-") as folder:
        path = build_identity(
            records, names, Path(folder), "int_identity__match_profiles"
        )
        with duckdb.connect(str(path), read_only=True) as built:
            profiles = built.sql(
                "select * from identity.int_identity__match_profiles order by all"
            ).to_arrow_table()
    with duckdb.connect() as connection:
        connection.register("profiles", profiles)
        name = records.parent.name if records.stem == "records" else records.stem
        return {name: estimate_weights(connection, comparisons, seed)}


def _write_card(
    comparisons: list[Comparison],
    weights: dict[tuple[str, str], Weight],
    settings: dict[str, float],
    learnt_from: list[str],
) -> None:
    from orchestration.matching.model_card import model_card, weight_chart

    docs = PROJECT_ROOT / "docs"
    today = datetime.now(UTC).date()
    card = model_card(comparisons, weights, settings, learnt_from, today)
    (docs / "identity-model-card.md").write_text(card, encoding="utf-8")
    (docs / "identity-match-weights.svg").write_text(
        weight_chart(weights), encoding="utf-8"
    )


def _print(found: Evaluation) -> None:
    console.print(
        f"{found.records:,} records of {found.people:,} people became "
        f"{found.customers:,} customers in {found.seconds:.0f} s.",
        highlight=False,
    )
    shares = Table("", "share", "95 % of the time", box=None)
    for name, share in found.shares.items():
        interval = f"{share.low:.4f} to {share.high:.4f}"
        shares.add_row(name.replace("_", " "), f"{share.value:.4f}", interval)
    console.print(shares)
    sources = Table("source", "records", "B³ precision", "B³ recall", box=None)
    for row in found.by_source:
        cubed = (f"{row[f'b_cubed_{part}']:.4f}" for part in ("precision", "recall"))
        sources.add_row(row["source"], f"{row['records']:,}", *cubed)
    console.print(sources)
    if found.blocking:
        _print_blocking(found.blocking)


def _print_blocking(audit: BlockingAudit) -> None:
    console.print(
        f"Blocking compared {audit.pairs:,} pairs of entities, among them "
        f"{audit.recall:.1%} of those that are one person.",
        highlight=False,
    )
    rules = Table(
        "blocking rule",
        "pairs",
        "its own",
        "right",
        "its own",
        "largest block",
        "passed over",
        box=None,
    )
    for rule in audit.rules:
        rules.add_row(rule.name, *(f"{n:,}" for n in list(vars(rule).values())[1:]))
    console.print(rules)
