"""The `c360` command: thin; each command calls the module that knows."""

from __future__ import annotations

import gc
import os
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.commands import api_app, copy_postgres, mcp, search_index
from app.web.command import app_command
from orchestration.commands.audience import audience_app
from orchestration.commands.history import reload, retention
from orchestration.commands.identity import identity_app
from orchestration.commands.metric import metric
from orchestration.commands.privacy_report import privacy_app
from orchestration.commands.quarantine import quarantine_app
from orchestration.commands.recovery import backup, rebuild, restore
from orchestration.commands.scenario import scenario
from orchestration.commands.sentiment import sentiment_app
from orchestration.commands.stopping import until_stopped
from orchestration.commands.terminal import (
    console,
    errors,
    friendly_errors,
    log_to_terminal,
)
from orchestration.warehouse import PROJECT_ROOT, DataDir

# A run makes a million objects that live to its end. Looking through them for garbage
# every 700 new ones takes a fifteenth of its CPU and finds next to nothing.
gc.set_threshold(200_000, 20, 100)

app = typer.Typer(
    name="c360",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=(
        "One trustworthy profile per real person, from raw exports.\n\n"
        "A first tour: **c360 universe** makes a sample world, **c360 run** "
        "takes it through the pipeline, **c360 status** tells how things "
        "stand. Everything lives under the data directory (C360_DATA_DIR, or data/)."
    ),
)
batch_app = typer.Typer(
    no_args_is_help=True,
    help="Batches of raw rows: what waits, and letting it in or keeping it out.",
)
# How `c360 --help` is divided.
FIRST, DAILY = "To begin with", "Every day"
PEOPLE, READERS, KEEPING = "People", "What readers get", "Keeping it"


@app.command(rich_help_panel=FIRST)
def universe(
    customers: Annotated[int, typer.Option(help="People in the world.")] = 5000,
    days: Annotated[int, typer.Option(help="Days of history.")] = 365,
    seed: Annotated[int, typer.Option(help="The same seed, the same world.")] = 360,
    end_date: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of the history.")
    ] = datetime(2026, 6, 30),
    day: Annotated[
        int | None,
        typer.Option(help="Write only the files of the day that many after the last."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Data directory; default C360_DATA_DIR.")
    ] = None,
) -> None:
    """Make a sample world: landing files of twelve systems, and the truth about them.

    The files have the shapes that the real products export, with the dirt of real
    exports, and truth/ says which record belongs to which person.
    """
    from orchestration.universe import write_universe

    log_to_terminal()
    data = DataDir(out.resolve()) if out else DataDir.from_env()
    with friendly_errors(), console.status("Making people …") as status:
        summary = until_stopped(
            partial(
                write_universe,
                data.root,
                customers=customers,
                days=days,
                seed=seed,
                end_date=date(end_date.year, end_date.month, end_date.day),
                day=day,
                progress=lambda text: status.update(f"{text} …"),
            ),
            "No file has landed. The same command begins anew.",
        )
    console.print(
        f"[green]✓[/] {summary.people:,} people left {summary.records:,} records and "
        f"{sum(summary.rows.values()):,} rows in {summary.files} files "
        f"({summary.size / 1e6:,.0f} MB) under {data.landing}",
        highlight=False,
    )


@app.command(rich_help_panel=FIRST)
def run(
    example: Annotated[
        str | None,
        typer.Option(
            help="Run a real data set instead of your own data: a folder of examples/."
        ),
    ] = None,
    source: Annotated[
        Path | None, typer.Option(help="Where the files of the example are.")
    ] = None,
) -> None:
    """Run the whole pipeline once: new files to a published release.

    Only what the new files reach is built again; a run without new files builds
    nothing. Exit code 0: published. 1: a step failed or a gate is closed, and readers
    still see the previous release; or a source could not be read, and the release holds
    what landed of it before.
    """
    log_to_terminal()
    with friendly_errors():
        if source and not example:
            raise ValueError("--source goes with --example, which it has files of.")
        if example:
            _use_example(example, source)
        from orchestration.commands.summary import print_summary
        from orchestration.run import refresh, refuse_without_files

        data = DataDir.from_env()
        refuse_without_files(data)
        outcome = until_stopped(
            partial(refresh, data),
            "What was built stays, and readers see the last release. c360 run goes on "
            "from there.",
        )
        print_summary(console, data, outcome)
    if not outcome.success or outcome.unfetched:
        raise typer.Exit(1)


def _use_example(name: str, source: Path | None) -> None:
    from orchestration.examples import example_project, land_example

    data = DataDir(DataDir.from_env().root / "examples" / name)
    os.environ["C360_PROJECT_DIR"] = str(example_project(name))
    os.environ["C360_DATA_DIR"] = str(data.root)
    files = land_example(name, data, source)
    console.print(f"[green]✓[/] {len(files)} files of {name} are under {data.landing}")


@app.command(rich_help_panel=DAILY)
def gate(
    layer: Annotated[str, typer.Argument(help="raw, feeds, identity or marts.")],
) -> None:
    """Judge a layer as it stands and open or close its gate.

    The way out of dbt's refusal to build past a gate, once the cause is mended.
    Exit code 1 when the gate stays closed; the report says which rows failed what.
    """
    from orchestration.project import GATES

    log_to_terminal()
    with friendly_errors():
        if layer not in GATES:
            raise ValueError(
                f"There is no gate {layer!r}; gates are {', '.join(GATES)}."
            )
        from orchestration.gates.judging import judge

        DataDir.from_env().built_warehouse()
        verdict = judge(layer, run_id="by hand")
    if verdict.passed:
        console.print(f"[green]✓[/] The gate {layer} is open.")
    else:
        errors.print(f"[red]✗[/] The gate {layer} is closed. See {verdict.report}")
        raise typer.Exit(1)


@batch_app.command("list")
def batch_list(
    every: Annotated[
        bool, typer.Option("--all", help="Accepted and rejected ones as well.")
    ] = False,
) -> None:
    """List batches that wait for a decision, and why."""
    from orchestration.ingestion.batches import list_batches, print_batches

    with friendly_errors():
        print_batches(console, list_batches(every=every))


BatchId = Annotated[str, typer.Argument(help="As c360 batch list names it.")]
Reason = Annotated[
    str | None,
    typer.Option(help="Why; by default what the gate found stays written."),
]


@batch_app.command("accept")
def batch_accept(batch_id: BatchId, reason: Reason = None) -> None:
    """Let a waiting batch in; the next run builds with it."""
    from orchestration.ingestion.batches import accept_batch

    with friendly_errors():
        accept_batch(batch_id, reason=reason)
    console.print(f"[green]✓[/] Accepted {batch_id}. Next: c360 run")


@batch_app.command("reject")
def batch_reject(batch_id: BatchId, reason: Reason = None) -> None:
    """Keep a waiting batch out; its source stays at its last good data."""
    from orchestration.ingestion.batches import reject_batch

    with friendly_errors():
        reject_batch(batch_id, reason=reason)
    console.print(f"[green]✓[/] Rejected {batch_id}.")


@app.command(rich_help_panel=FIRST)
def status() -> None:
    """Tell how things stand: release, gates, waiting batches, quarantine."""
    from orchestration.commands.status import print_status

    with friendly_errors():
        print_status(console, DataDir.from_env())


@app.command("test-alert", rich_help_panel=KEEPING)
def test_alert() -> None:
    """Send a test alert to whoever C360_ALERT_WEBHOOK and C360_ALERT_EMAIL name.

    Exit code 1 if neither is set, or one could not be reached.
    """
    from orchestration.operation.alert_channels import send, targets
    from orchestration.operation.alerts import Alert

    failures = send(Alert("test", "Customer 360: a test alert", "c360 status"))
    with friendly_errors():
        if not targets():
            raise ValueError(
                "No target is set: C360_ALERT_WEBHOOK takes a URL, C360_ALERT_EMAIL "
                "addresses. See docs/operations.md."
            )
        if failures:
            raise ValueError(" ".join(failures))
    console.print(f"[green]✓[/] Sent by {' and '.join(targets())}.")


@app.command(rich_help_panel=FIRST)
def dev() -> None:
    """Copy the warehouse for editing models: `dbt build` then works on the copy.

    The copy is yours: gates do not stop a build there, and nothing is published.
    """
    from orchestration.dev import refresh_dev_copy

    with friendly_errors():
        path = refresh_dev_copy(DataDir.from_env())
    console.print(f"[green]✓[/] {path} is a copy of the warehouse. Next: dbt build")


@app.command(rich_help_panel=FIRST)
def doctor() -> None:
    """Check the set-up and say what to mend."""
    from orchestration.commands.doctor import examine

    with friendly_errors():
        findings = examine(DataDir.from_env(), PROJECT_ROOT)
    for finding in findings:
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]"
        console.print(f"{mark} {finding.what}", highlight=False)
        if not finding.ok:
            console.print(f"    [bold]mend:[/] {finding.mend}", highlight=False)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


app.command(rich_help_panel=DAILY)(reload)
app.add_typer(batch_app, name="batch", rich_help_panel=DAILY)
app.add_typer(quarantine_app, name="quarantine", rich_help_panel=DAILY)
app.add_typer(identity_app, name="identity", rich_help_panel=PEOPLE)
app.add_typer(audience_app, name="audience", rich_help_panel=PEOPLE)
app.add_typer(privacy_app, name="privacy", rich_help_panel=PEOPLE)
app.add_typer(sentiment_app, name="sentiment", rich_help_panel=PEOPLE)
app.add_typer(app_command, name="app", rich_help_panel=READERS)
app.add_typer(api_app, name="api", rich_help_panel=READERS)
for reading in (metric, scenario, mcp, copy_postgres, search_index):
    app.command(rich_help_panel=READERS)(reading)
for keeping in (backup, restore, rebuild, retention):
    app.command(rich_help_panel=KEEPING)(keeping)


if __name__ == "__main__":
    app()
