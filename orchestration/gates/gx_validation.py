"""Validating a suite with the least work: each metric of a table computed once, by SQL.

`Validator.graph_validate` of Great Expectations fetches failing values of rules that
keep, walks shared metrics anew for every rule and writes each rule's configuration out
about eighty times. Here the same expectations, metrics and engine do the same judging:
the counts that decide come first, in one graph for the whole suite.

Imports Great Expectations, so import this module inside functions only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from great_expectations.core.id_dict import IDDict
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import (
    ExpectationConfiguration,
)
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validation_graph import ValidationGraph

_configuration: Any = vars(Expectation)["configuration"].fget
_id: Any = IDDict.to_id


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation: the verdict, or why there is none."""

    success: bool
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


def validate(
    engine: SqlAlchemyExecutionEngine,
    suite: Mapping[int, Expectation],
    *,
    computed: Mapping[str, Any],
    told: Mapping[str, Any],
) -> dict[int, Outcome]:
    """Validate expectations on the table that the engine holds as its batch.

    Args:
        engine: with the table loaded.
        suite: expectations by number.
        computed: the result format of which the metrics are computed.
        told: the result format of the answer; what was not computed is left out of it.
    """
    graph = _Graph(engine)
    wanted: dict[int, Mapping[str, MetricConfiguration]] = {}
    outcomes: dict[int, Outcome] = {}
    for number, expectation in suite.items():
        try:
            wanted[number] = graph.add_expectation(expectation, computed)
        except Exception as error:  # whatever breaks one rule must not stop the others
            outcomes[number] = Outcome(False, error=_first_line(error))
    metrics, aborted = graph.resolve(
        runtime_configuration={"result_format": dict(computed)},
        show_progress_bars=False,
    )
    for number, dependencies in wanted.items():
        missing = [m.id for m in dependencies.values() if m.id not in metrics]
        if missing:
            why = graph.why_missing(missing, aborted)
            outcomes[number] = Outcome(False, error=why)
            continue
        try:
            answer: Any = suite[number]._validate(
                metrics={name: metrics[m.id] for name, m in dependencies.items()},
                runtime_configuration={"result_format": dict(told)},
                execution_engine=engine,
            )
        except Exception as error:
            outcomes[number] = Outcome(False, error=_first_line(error))
        else:
            success, result = _read(answer)
            outcomes[number] = Outcome(success, result)
    return outcomes


@contextmanager
def written_out_once() -> Iterator[None]:
    """Let Great Expectations write out once what it writes out time and again.

    It does so with the configuration of an expectation on every access, which was a
    third of a gate's time, and looks at each value of a metric's arguments as it might
    be a data frame. Within this context expectations must not be changed.
    """
    with (
        mock.patch.object(
            Expectation,
            "configuration",
            property(_kept(_configuration)),
        ),
        mock.patch.object(
            ExpectationConfiguration,
            "to_domain_obj",
            _kept(ExpectationConfiguration.to_domain_obj),
        ),
        mock.patch.object(IDDict, "to_id", _id_of),
    ):
        yield


class _Graph(ValidationGraph):
    """A graph of metrics that follows the dependencies of every metric once."""

    def __init__(self, execution_engine: SqlAlchemyExecutionEngine) -> None:
        super().__init__(execution_engine=execution_engine)
        self._followed: set[Any] = set()

    def add_expectation(
        self, expectation: Expectation, result_format: Mapping[str, Any]
    ) -> Mapping[str, MetricConfiguration]:
        """Add the metrics of an expectation, and return them by the name it uses."""
        runtime = {"result_format": dict(result_format)}
        dependencies = expectation.get_validation_dependencies(
            execution_engine=self._execution_engine, runtime_configuration=runtime
        ).metric_configurations
        for metric in dependencies.values():
            self.build_metric_dependency_graph(metric, runtime)
        return dependencies

    def build_metric_dependency_graph(
        self,
        metric_configuration: MetricConfiguration,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> None:
        """Add a metric and all it depends on, unless that was done before."""
        if metric_configuration.id not in self._followed:
            self._followed.add(metric_configuration.id)
            super().build_metric_dependency_graph(
                metric_configuration, runtime_configuration
            )

    def why_missing(self, missing: list[Any], aborted: Mapping[Any, Any]) -> str:
        """Return why metrics were not computed: the message of one below them."""
        below: dict[Any, list[Any]] = {}
        for edge in self.edges:
            if edge.right is not None:
                below.setdefault(edge.left.id, []).append(edge.right.id)
        for metric_id in missing:
            if metric_id in aborted:
                return _first_line(aborted[metric_id]["exception_info"])
            missing.extend(i for i in below.get(metric_id, []) if i not in missing)
        return "its metrics could not be computed"


def _kept(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    kept: dict[int, tuple[Any, Any]] = {}

    def keeper(owner: Any) -> Any:
        # The owner is kept too, so that its identity is not given to another object.
        if id(owner) not in kept:
            kept[id(owner)] = (owner, method(owner))
        return kept[id(owner)][1]

    return keeper


def _id_of(arguments: IDDict, *of_some: Any, **of_others: Any) -> Any:
    """Return by what the arguments of a metric are known: as JSON if they are plain."""
    if len(arguments) > 1 and not of_some and not of_others:
        with suppress(TypeError):
            return json.dumps(arguments, sort_keys=True)
    return _id(arguments, *of_some, **of_others)


def _read(answer: Any) -> tuple[bool, Mapping[str, Any]]:
    """Read an answer, which is a dictionary or an object with the same two parts."""
    if isinstance(answer, Mapping):
        return bool(answer["success"]), answer.get("result") or {}
    return bool(answer.success), answer.result or {}


def _first_line(error: Any) -> str:
    message = getattr(error, "exception_message", None) or str(error)
    lines = message.strip().splitlines()
    return lines[0][:500] if lines else "no message"
