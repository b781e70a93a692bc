"""`c360 privacy restrict|unrestrict|rectify`: all that is asked, or nothing."""

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.privacy import access_log
from orchestration.privacy.rectifications import rectifications
from orchestration.privacy.restrictions import restrictions
from orchestration.warehouse import connect


@pytest.fixture
def built(data):
    with connect(data.warehouse) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.customer_id_aliases as from (values
                ('C1', 'C1'), ('C9', 'C1'), ('C2', 'C2')
            ) as aliases (customer_id, current_customer_id);
            create table marts.customer_records as from (values
                ('C1', 'crm:p:1'), ('C2', 'crm:p:2')
            ) as records (customer_id, record_key);
            create table marts.identity_links as from (values
                ('C1', 'crm:p:1', 'ann@x.org'),
                ('C1', 'crm:p:1', 'home@x.org'),
                ('C2', 'crm:p:2', 'home@x.org')
            ) as links (customer_id, record_key, identifier_value);
            create table marts.customer_identifiers as
            select customer_id, identifier_value from marts.identity_links;
            """
        )
    return data


def privacy(*args):
    return CliRunner().invoke(app, ["privacy", *args])


def logged(data):
    return [(entry["action"], entry["subject"]) for entry in access_log.entries(data)]


def restricted(data):
    return [made.customer_id for made in restrictions(data)]


def test_a_person_is_restricted_and_freed_by_any_identifier(built):
    done = privacy("restrict", "Ann@x.org", "C2", "--because", "ticket 4711")
    assert done.exit_code == 0
    assert restricted(built) == ["C1", "C2"]
    assert privacy("unrestrict", "C9").exit_code == 0
    assert restricted(built) == ["C2"]
    assert logged(built) == [
        ("privacy.restrict", "C1"),
        ("privacy.restrict", "C2"),
        ("privacy.unrestrict", "C1"),
    ]


def test_a_dry_run_only_tells(built):
    done = privacy("restrict", "ann@x.org", "--dry-run")
    assert "C1 would be restricted" in done.output
    asked = ("ann@x.org", "--attribute", "city", "--value", "Oslo", "--dry-run")
    assert "city would be corrected" in privacy("rectify", *asked).output
    assert restricted(built) == rectifications(built) == logged(built) == []


@pytest.mark.parametrize("shared", ["home@x.org", "nobody@x.org"])
def test_of_many_all_are_found_or_none_is_restricted(built, tmp_path, shared):
    people = tmp_path / "people.txt"
    people.write_text(f"ann@x.org\n{shared}\n")
    done = privacy("restrict", "--from", str(people))
    assert done.exit_code == 1
    assert shared in done.output
    assert restricted(built) == logged(built) == []


def test_corrections_come_one_by_one_or_from_a_file_and_go_again(built, tmp_path):
    file = tmp_path / "corrections.csv"
    file.write_text("person,attribute,value\nC9,city,Oslo\ncrm:p:2,city,Bergen\n")
    assert privacy("rectify", "--from", str(file)).exit_code == 0
    first, second = rectifications(built)
    assert [(r.customer_id, r.value) for r in (first, second)] == [
        ("C1", "Oslo"),
        ("C2", "Bergen"),
    ]
    assert privacy("rectify", "--undo", first.rectification_id).exit_code == 0
    assert rectifications(built) == [second]
    assert logged(built)[-1] == ("privacy.rectify_undo", "C1")


WRONG = [
    ("person,attribute\nC1,city\n", "lacks the column value"),
    (
        "person,attribute,value\nC1,city,Oslo\nC2,city,\n",
        "line 3: the line lacks value",
    ),
    ("person,attribute,value\nC1,city,Oslo\nC2,shoe_size,9\n", "cannot be corrected"),
    ("person,attribute,value\n", "names nobody"),
    ("person,attribute,value\nC1,city,Oslo\nC7,city,Oslo\n", "C7"),
    ("person,attribute,value\nC1,city,Oslo,No\n", "line 2: the line has 4 fields"),
    ('person,attribute,value\nC1,city,"Oslo\n', "is no CSV"),
]


@pytest.mark.parametrize(("content", "told"), WRONG)
def test_a_file_with_one_wrong_line_changes_nothing(built, tmp_path, content, told):
    file = tmp_path / "corrections.csv"
    file.write_text(content)
    done = privacy("rectify", "--from", str(file))
    assert done.exit_code == 1
    assert told in " ".join(done.output.split())
    assert rectifications(built) == logged(built) == []


def test_all_that_is_wrong_with_a_file_is_told_at_once(built, tmp_path):
    file = tmp_path / "corrections.csv"
    file.write_bytes(
        b"person,attribute,value\nC1,city,Oslo\nC7,city,Oslo\nC2,birth_date,soon\n"
        b"home@x.org,city,Oslo\nC2,,\n"
    )
    told = " ".join(privacy("rectify", "--from", str(file)).output.split())
    assert "4 of 5 requests cannot be followed" in told
    assert "line 3: nobody in the warehouse is 'C7'" in told
    assert "line 4: 'soon' is no birth_date" in told
    assert "line 5: 'home@x.org' is shared by 2 customers: C1, C2" in told
    assert "line 6: the line lacks attribute and value" in told
    file.write_bytes(b"person,attribute,value\nC1,city,Troms\xf8\n")
    told = " ".join(privacy("rectify", "--from", str(file)).output.split())
    assert "line 2: byte 37 of the file is not UTF-8" in told
    assert rectifications(built) == logged(built) == []


@pytest.mark.parametrize("command", ["restrict", "unrestrict", "access", "portability"])
def test_every_command_tells_all_wrong_lines(built, tmp_path, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    people = tmp_path / "people.txt"
    people.write_bytes(b"C1\nC1,C2\nnobody@x.org\nC\xff\nhome@x.org\n")
    done = privacy(command, "--from", str(people))
    told = " ".join(done.output.split())
    assert done.exit_code == 1
    assert "4 of 5 requests cannot be followed" in told
    assert "line 2: the line has several columns" in told
    assert "line 3: nobody in the warehouse is 'nobody@x.org'" in told
    assert "line 4: byte 2 is not UTF-8" in told
    assert "line 5: 'home@x.org' is shared by 2 customers" in told
    assert restricted(built) == logged(built) == []
    assert list(tmp_path.glob("privacy-requests/*")) == []


def test_what_is_missing_is_named(built):
    assert "--attribute" in privacy("rectify", "C1").output
    assert "Name somebody" in privacy("restrict").output
