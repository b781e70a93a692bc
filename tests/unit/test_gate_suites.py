"""Which gate judges what, and what it expects."""

import jinja2
import pytest

from orchestration.project import node_gate
from orchestration.warehouse import PROJECT_ROOT


@pytest.mark.parametrize(
    ("path", "gate"),
    [
        ("staging/shop", "feeds"),
        ("core/feeds", "identity"),
        ("identity", "identity"),
        ("identity/committed", "marts"),
        ("features", "marts"),
        ("marts/customer", "marts"),
    ],
)
def test_dbt_and_python_agree_on_the_gate_of_a_model(path, gate):
    node = {"resource_type": "model", "fqn": ["customer360", *path.split("/"), "name"]}
    environment = jinja2.Environment()
    environment.globals["return"] = lambda value: value
    macro = environment.from_string(
        (PROJECT_ROOT / "macros/gates/gate_of.sql").read_text(encoding="utf-8")
    )
    assert macro.module.gate_of(node) == gate
    assert node_gate(node) == gate
