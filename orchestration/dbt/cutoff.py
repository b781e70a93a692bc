"""Nodes that dbt passes over at their turn: what they read turned out as it was.

dbt settles what it builds before it builds anything. Whether a table has other rows
than before is known only once it stands, so each node that is in doubt is asked about
when all that it reads is done, and given a runner that does nothing if it is current.

Imports dbt, so import this module inside functions only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import duckdb
from dbt.adapters.factory import get_adapter
from dbt.runners.no_op_runner import NoOpRunner
from dbt.task.runnable import GraphRunnableTask

IsCurrent = Callable[[str, duckdb.DuckDBPyConnection], bool]
"""Asked with the unique id of a node and a connection that sees what was committed."""


class CurrentRunner(NoOpRunner):
    """The runner of a node whose table stands."""

    @property
    def description(self) -> str:
        """Return what dbt's log says of the node."""
        return f"{self.node.name}: what it reads is as it was"


@contextmanager
def passing_over(is_current: IsCurrent) -> Iterator[None]:
    """Let dbt do nothing for a node that is current once its parents are done."""
    runner_of: Any = GraphRunnableTask.get_runner

    def get_runner(task: GraphRunnableTask, node: Any) -> Any:
        adapter: Any = get_adapter(task.config)
        with adapter.connection_named("early_cutoff"):
            shared = adapter.connections.get_thread_connection().handle.cursor()
            with shared.cursor() as connection:
                stands = is_current(node.unique_id, connection)
        if not stands:
            return runner_of(task, node)
        task.run_count += 1
        return CurrentRunner(task.config, adapter, node, task.run_count, task.num_nodes)

    with mock.patch.object(GraphRunnableTask, "get_runner", get_runner):
        yield
