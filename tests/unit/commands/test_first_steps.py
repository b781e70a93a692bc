"""What somebody is told who has nothing yet, or names what there is not."""

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.commands.summary import _next_steps
from orchestration.run import RunOutcome
from orchestration.warehouse import connect, ops_ddl

runner = CliRunner()


def run(*arguments: str) -> tuple[int, str]:
    result = runner.invoke(app, arguments, env={"COLUMNS": "500"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


def has(said: str, words: str) -> bool:
    """Tell whether words were said, wherever the terminal broke their line."""
    return words.replace(" ", "") in said.replace(" ", "")


@pytest.mark.parametrize(
    "command",
    [
        "batch list",
        "batch accept B",
        "batch reject B",
        "dev",
        "gate raw",
        "gate marts",
        "quarantine list",
        "rebuild",
        "retention --dry-run",
        "status",
    ],
)
def test_without_a_warehouse_one_is_told_and_none_is_made(data, command):
    code, said = run(*command.split())
    assert code == 1
    assert has(said, f"There is no warehouse at {data.warehouse} yet.")
    assert has(said, "Make one with: c360 run")
    assert not data.warehouse.exists()


def test_a_run_without_files_ends_before_it_begins(data):
    code, said = run("run")
    assert code == 1
    assert has(said, f"There are no files under {data.landing}.")
    assert has(said, "c360 universe")
    assert not any(data.root.iterdir())


def test_a_run_that_could_not_read_a_source_says_so_and_does_not_end_well(
    data, monkeypatch
):
    """Though it published what the other sources had."""
    sentence = "pos.members cannot be reached."
    outcome = RunOutcome("r", success=True, seconds={"all": 1}, unfetched=[sentence])
    monkeypatch.setattr("orchestration.run.refresh", lambda data: outcome)
    file = data.landing / "shopify/orders/2026-06-01.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"id": 1}\n')
    with connect(data.warehouse):
        pass
    code, said = run("run")
    assert code == 1
    assert has(said, f"✗ {sentence}")
    assert has(said, "✓ Published")


def test_a_run_that_stops_before_the_marts_tells_no_customers_of_the_run_before(
    data, monkeypatch
):
    outcome = RunOutcome(
        "r", success=False, seconds={"all": 1}, failures=["gate_raw: x"]
    )
    monkeypatch.setattr("orchestration.run.refresh", lambda data: outcome)
    file = data.landing / "shopify/orders/2026-06-01.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"id": 1}\n')
    with connect(data.warehouse) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.customers as select 'C1' as customer_id, "
            "2 as record_count, 1 as source_count, 'loyal' as rfm_segment, "
            "9.00 as revenue_reporting"
        )
    code, said = run("run")
    assert code == 1
    assert "customers" not in said
    outcome.seconds["gate_marts"] = 1
    _, said = run("run")
    assert has(said, "1 customer from 2 records")


def test_a_place_that_cannot_be_written_is_a_sentence(data, monkeypatch):
    place = data.root / "a_file"
    place.touch()
    monkeypatch.setenv("C360_DATA_DIR", str(place))
    code, said = run("universe", "--customers", "10")
    assert code == 1
    assert has(said, f"✗ {place}")
    assert has(said, "Not a directory")


@pytest.mark.parametrize("command", ["app", "api"])
def test_a_port_that_is_none_is_refused(data, command):
    code, said = run(command, "--port", "99999")
    assert code == 2
    assert "65535" in said


def test_status_says_of_a_batch_that_waits_what_to_type_and_where_its_rows_are(data):
    with connect(data.warehouse) as connection:
        connection.execute(ops_ddl())
        connection.execute(
            "insert into ops.batches by name select 'b1' as batch_id, 'pos' as "
            "source_system, 'lines' as source_table, 'waiting' as status, "
            "'quantity: x' as reason, 1 as files, 1 as rows_read, "
            "1 as rows_loaded, 0 as rows_quarantined, current_date as loaded_at"
        )
    code, said = run("status")
    assert code == 0
    assert has(said, "Batch b1 waits, as it breaks: quantity: x")
    assert has(said, "c360 batch accept b1 c360 batch reject b1")
    assert has(said, f"The rows: {data.reports}/latest.html")


@pytest.mark.parametrize("venv", ["", "/somewhere/.venv"])
def test_what_to_try_next_begins_with_the_venv_where_it_is_not_active(
    data, monkeypatch, venv
):
    monkeypatch.setenv("VIRTUAL_ENV", venv)
    monkeypatch.setattr("sys.prefix", str(data.root / ".venv"))
    said = _next_steps(data.published / "current")
    assert ("bin/activate" in said) is (not venv)
    assert "c360 app" in said


def test_a_withdrawal_does_not_go_where_nobody_looks(data, monkeypatch):
    monkeypatch.setenv("C360_DATA_DIR", str(data.root / "mistyped"))
    code, said = run("privacy", "withdraw", "ann@x.org")
    assert code == 1
    assert has(said, f"There is no data directory {data.root / 'mistyped'}")
    assert not (data.root / "mistyped").exists()


def test_a_withdrawal_by_a_channel_that_is_none_is_refused(data):
    code, said = run("privacy", "withdraw", "ann@x.org", "--channel", "emial")
    assert code == 2
    assert "'emial' is not one of 'email', 'sms', 'phone', 'post', 'ads'" in said
    assert not data.state.exists()


@pytest.mark.parametrize("command", ["run", "doctor", "metric revenue"])
def test_a_target_that_is_none_is_told(data, monkeypatch, command):
    monkeypatch.setenv("C360_TARGET", "sparc")
    code, said = run(*command.split())
    assert code == 1
    assert said == "✗ C360_TARGET is 'sparc', and profiles.yml has dev, prod, spark."


def test_no_run_builds_the_copy_for_editing(data, monkeypatch):
    (data.landing / "shop" / "orders").mkdir(parents=True)
    (data.landing / "shop" / "orders" / "1.csv").touch()
    monkeypatch.setenv("C360_TARGET", "dev")
    code, said = run("run")
    assert code == 1
    assert has(said, "C360_TARGET is dev, the copy that `c360 dev` makes")
    assert not data.warehouse.exists()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("run --source files", "--source goes with --example"),
        ("run --example none", "There is no example 'none'. Examples are: "),
        ("universe --customers 9", "A world needs at least 10 customers."),
        ("gate bronze", "gates are raw, feeds, identity, marts"),
    ],
)
def test_what_cannot_be_is_a_sentence(data, words, answer):
    code, said = run(*words.split())
    assert code == 1
    assert has(said, answer)


def test_the_smallest_world_is_a_world(data):
    code, said = run("universe", "--customers", "10")
    assert code == 0
    assert has(said, "10 people left")


def commands(names: tuple[str, ...] = (), found=None):
    """Every command and family of `c360`, by its words."""
    from typer.main import get_command

    found = found or get_command(app)
    yield names, found
    for name, child in getattr(found, "commands", {}).items():
        yield from commands((*names, name), child)


def test_help_says_what_every_argument_and_option_is():
    silent = [
        f"{' '.join(names)} {parameter.name}"
        for names, command in commands()
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    assert silent == []


def test_help_loses_no_word_to_markup():
    _, said = run("identity", "train", "--help")
    assert "pip install 'customer360[train]'" in said
    _, said = run("restore", "--help")
    assert "finished with c360 privacy erase --resume" in said


def test_help_begins_with_what_one_begins_with():
    _, said = run("--help")
    assert said.index(" universe ") < said.index(" run ") < said.index(" backup ")
