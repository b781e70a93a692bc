"""Worlds that tests build and compare."""

from collections.abc import Callable

import pytest

from tests.pipeline.worlds import World


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], World]:
    """Work on a world: it becomes the one that the environment names."""
    monkeypatch.setenv("C360_TARGET", "dev")

    def use_world(world: World) -> World:
        monkeypatch.setenv("C360_DATA_DIR", str(world.root))
        return world

    return use_world
