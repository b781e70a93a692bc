"""What a marketer types, and is told."""

from typer.testing import CliRunner

from orchestration.cli import app
from tests.unit.activation.conftest import platform, release

__all__ = ["platform", "release"]  # fixtures


def run(*arguments: str, columns: int = 200):
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": f"{columns}"})
    return result.exit_code, " ".join(result.output.split())


def test_audiences_are_listed_with_whom_they_reach(release):
    code, said = run("audience", "list")
    assert code == 0
    assert "email_audience An audience email 12 9 1" in said


def test_the_id_of_an_audience_is_whole_in_a_narrow_terminal(release):
    # A cut one could not be typed into the next command.
    _, said = run("audience", "list", columns=40)
    assert "email_audience" in said


def test_a_preview_counts_and_masks(release):
    code, said = run("audience", "preview", "email_audience", "--to", "webhook")
    assert code == 0
    assert "8 of 9 members would be at The webhook; 1 are held back" in said
    assert "f…@g….com" in said
    assert "family@" not in said


def test_an_export_says_what_it_did_and_is_in_the_log(release, platform):
    words = ("audience", "export", "email_audience", "--to", "webhook")
    code, said = run(*words, "--dry-run")
    assert (code, platform.requests) == (0, [])
    assert "Would add 8 and remove 0 at The webhook, in 1 batch;" in said
    code, said = run(*words)
    assert code == 0
    assert "Added 8 and removed 0 at The webhook" in said
    code, said = run("audience", "log")
    assert "exported email_audience webhook 8 0" in said


def test_who_withdraws_is_left_out_from_that_moment(release, platform):
    code, said = run("privacy", "withdraw", "a.3@gmail.com", "--channel", "email")
    assert code == 0
    assert "Every purpose by email is withdrawn" in said
    code, said = run("audience", "export", "email_audience", "--to", "webhook")
    assert "Added 7" in said
    assert "1 withdrew since the release" in said


def test_an_error_is_a_sentence_and_exit_code_1(release, platform):
    code, said = run("audience", "export", "nobody", "--to", "webhook")
    assert code == 1
    assert said.startswith("✗ There is no audience 'nobody' in the release")
