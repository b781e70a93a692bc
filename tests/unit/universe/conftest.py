"""A small world, made once, and the same world one and two days later."""

import shutil

import pytest

from orchestration.universe import write_universe

SIZE = {"customers": 300, "days": 60, "seed": 11}


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    write_universe(root, **SIZE)
    return root


@pytest.fixture(scope="session")
def later_world(world, tmp_path_factory):
    root = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(world, root)
    for day in (1, 2):
        write_universe(root, **SIZE, day=day)
    return root
