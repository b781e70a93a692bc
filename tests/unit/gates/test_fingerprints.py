"""Which edits of an expectation make which tables be judged again."""

import pytest

from orchestration.gates import fingerprints
from orchestration.gates.fingerprints import suite_fingerprint

MODULE = """
from expectations.rules import filled

WHY = "It is needed."

def wanted(column):
    return [filled(column, WHY)]

SUITES = {
    "orders": [*wanted("id"), filled("net", WHY)],
    "refunds": wanted("id"),
}
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package of expectations of our own the one that is found."""
    folder = tmp_path / "expectations"
    folder.mkdir()
    for name in ("__init__", "rules", "core"):
        (folder / f"{name}.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(
        fingerprints,
        "find_spec",
        lambda name: find(folder, name),
    )
    yield folder
    fingerprints._parsed.cache_clear()


def find(folder, name):
    path = folder / f"{name.split('.')[-1]}.py"
    return type("Spec", (), {"origin": str(path)})() if path.exists() else None


def fingerprints_of(package, text: str, *keys: str, rules: str = "") -> tuple[str, str]:
    (package / "core.py").write_text(text, encoding="utf-8")
    (package / "rules.py").write_text(rules, encoding="utf-8")
    fingerprints._parsed.cache_clear()
    orders, refunds = (
        suite_fingerprint(
            {
                "unique_id": name,
                "resource_type": "model",
                "name": name,
                "fqn": ["project", "core", name],
                "columns": {},
                "constraints": [{"type": "primary_key", "columns": list(keys)}],
            },
            {"nodes": {}},
        )
        for name in ("orders", "refunds")
    )
    return orders, refunds


@pytest.mark.parametrize(
    ("before", "after", "orders", "refunds"),
    [
        ('filled("net", WHY)', 'filled("gross", WHY)', True, False),
        ('filled("net", WHY)', 'filled("net", WHY, share=0.9)', True, False),
        ('"refunds": wanted("id")', '"refunds": wanted("key")', False, True),
        ('    "refunds": wanted("id"),\n', "", False, True),
        ("It is needed", "It is wanted", True, True),
        ("return [filled", "return 2 * [filled", True, True),
        ("SUITES = {", "# said otherwise\nSUITES = {  # and here", False, False),
        ("SUITES = {", "SUITES = {\n    **{},", True, True),
    ],
)
def test_an_edit_concerns_the_tables_that_it_is_about(
    package, before, after, orders, refunds
):
    assert before in MODULE
    old = fingerprints_of(package, MODULE, "id")
    new = fingerprints_of(package, MODULE.replace(before, after), "id")
    assert (old[0] != new[0], old[1] != new[1]) == (orders, refunds)


def test_another_key_and_another_rule_concern_every_table(package):
    old = fingerprints_of(package, MODULE, "id")
    for new in (
        fingerprints_of(package, MODULE, "id", "line"),
        fingerprints_of(package, MODULE, "id", rules="STRICT = True"),
    ):
        assert not set(old) & set(new)


def test_every_entry_of_the_project_is_told_apart(manifest):
    """Were suites not written out, a whole module would be judged for every edit."""
    for module in ("feeds", "core", "identity", "marts_customer"):
        entries, _ = fingerprints._parsed(f"expectations.{module}")
        assert len(entries) > 1, module
