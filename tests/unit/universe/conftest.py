"""A small world, made once, and the same world one and two days later."""

import shutil

import pytest

from orchestration.universe import dirt, write_universe

SIZE = {"customers": 300, "days": 60, "seed": 11}


@pytest.fixture(scope="package", autouse=True)
def damage_small_files():
    """Damage the files of small worlds too, as the files of big ones are.

    Of the tests in this folder only: those that share a process with them make worlds
    whose files are as small, and a gate would refuse so many bad rows among so few.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dirt, "FEWEST_ROWS", 1)
        yield


@pytest.fixture(scope="package")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    write_universe(root, **SIZE)
    return root


@pytest.fixture(scope="package")
def later_world(world, tmp_path_factory):
    root = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(world, root)
    for day in (1, 2):
        write_universe(root, **SIZE, day=day)
    return root
