"""Worlds that tests build and compare, and a laboratory of identity alone."""

from collections.abc import Callable
from pathlib import Path
from string import Template

import pytest

from tests.pipeline.identity_chain import IdentityChain
from tests.pipeline.worlds import World

# Models that only tests run; `$root` is the folder of the laboratory.
MODELS = Path(__file__).parent / "models"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], World]:
    """Work on a world: it becomes the one that the environment names."""
    monkeypatch.setenv("C360_TARGET", "dev")

    def use_world(world: World) -> World:
        monkeypatch.setenv("C360_DATA_DIR", str(world.root))
        return world

    return use_world


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> IdentityChain:
    """Identity alone, with the models that only tests run; parsed once for all files.

    Whoever comes to it empties it first.
    """
    root = tmp_path_factory.mktemp("laboratory")
    return IdentityChain(
        root,
        {
            f"core/{path.name}": Template(path.read_text()).substitute(root=root)
            for path in MODELS.glob("*.sql")
        },
    )


@pytest.fixture
def chain(laboratory: IdentityChain) -> IdentityChain:
    """The laboratory as if nothing had ever been built in it."""
    return laboratory.empty()
