"""Where the figures of the business are going: the score `trends`.

Belongs here: the series, how far ahead each is forecast, and how far off both forecasts
were. Does not belong here: smoothing itself (`smoothing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.scores.backtest import Measure
from orchestration.scores.likelihood import Floats
from orchestration.scores.score import Learnt, Score
from orchestration.scores.smoothing import same_season, smooth

MODEL = "exponential_smoothing"
BASELINE = "seasonal_naive"
_ORIGINS = 3  # ends of the past from which forecasts are judged
_FEWEST = 8  # periods from which a level can be told
_DAYS = {"day": 1, "week": 7, "month": 30}
_CYCLE = {"day": 7, "week": 52, "month": 12}
_AHEAD = {"day": 28, "week": 8, "month": 3}

_SERIES = """
with

ends as (

    select
        metric,
        period,
        min(period_start) as first_start,
        date_trunc(period, any_value(as_of)) as last_end
    from features.period_metrics
    cross join core.as_of
    group by metric, period

),

spine as (

    select
        metric,
        period,
        unnest(generate_series(
            first_start,
            last_end,
            case period
                when 'day' then interval 1 day
                when 'week' then interval 7 day
                else interval 1 month
            end
        )) as period_start
    from ends

)

select
    spine.metric,
    spine.period,
    cast(spine.period_start as date) as period_start,
    metrics.value
from spine
left join features.period_metrics as metrics
    on
        spine.metric = metrics.metric
        and spine.period = metrics.period
        and spine.period_start = metrics.period_start
inner join ends
    on
        spine.metric = ends.metric
        and spine.period = ends.period
        and spine.period_start < ends.last_end
order by all
"""


@dataclass(frozen=True)
class Series:
    """One metric, period by period.

    Attributes:
        metric: what is counted.
        period: day, week or month.
        starts: first day of each complete period.
        values: of each; nan where a mean has no cases, else 0.
    """

    metric: str
    period: str
    starts: list[date]
    values: Floats

    @property
    def cycle(self) -> int:
        """Periods after which seasons repeat; 1 if two cycles are not there yet."""
        return self._cycle_of(len(self.values))

    def _cycle_of(self, length: int) -> int:
        cycle = _CYCLE[self.period]
        return cycle if length >= 2 * cycle else 1

    @property
    def ahead(self) -> int:
        """Periods that are forecast."""
        return _AHEAD[self.period]

    def next_starts(self) -> list[date]:
        """Return the first days of the periods that are forecast."""
        last = np.datetime64(self.starts[-1])
        steps = np.arange(1, self.ahead + 1)
        if self.period == "month":
            months = last.astype("datetime64[M]") + steps
            return months.astype("datetime64[D]").tolist()
        return (last + steps * _DAYS[self.period]).tolist()

    def forecast(self, length: int, *, by_model: bool) -> tuple[Floats, ...]:
        """Forecast from the first `length` periods: mean, lower and upper end."""
        cycle, known = self._cycle_of(length), self.values[:length]
        found = (
            smooth(known, cycle).forecast(self.ahead)
            if by_model
            else same_season(known, cycle, self.ahead)
        )
        low, high = (-100, 100) if self.metric == "nps" else (0, np.inf)
        return tuple(np.clip(values, low, high) for values in found)


def read_series(connection: duckdb.DuckDBPyConnection) -> Iterator[Series]:
    """Read every metric by day, week and month, up to the last complete period."""
    rows = connection.sql(_SERIES).to_arrow_table()
    names = np.array(
        pc.binary_join_element_wise(rows["metric"], rows["period"], " ").to_pylist()
    )
    starts = rows["period_start"].to_pylist()
    values = rows["value"].cast(pa.float64()).to_numpy()
    for name in sorted(set(names)):
        metric, period = name.split()
        here = np.flatnonzero(names == name)
        found = values[here]
        yield Series(
            metric,
            period,
            [starts[i] for i in here],
            found if metric == "nps" else np.nan_to_num(found),
        )


def backtest(series: Series) -> list[Measure]:
    """Compare both forecasts of a series with its last periods, from three ends.

    Returns:
        The mean absolute error, which decides, and how much of what came was in the
        80 % interval; nothing if the series is too short.
    """
    size = len(series.values)
    ends = [size - series.ahead * (i + 1) for i in range(_ORIGINS)]
    ends = [end for end in ends if end >= _FEWEST]
    if not ends:
        return []
    came = np.concatenate([series.values[e : e + series.ahead] for e in ends])
    is_known = np.isfinite(came)
    if not is_known.any():
        return []
    figures = []
    for by_model in (True, False):
        mean, lower, upper = np.concatenate(
            [series.forecast(end, by_model=by_model) for end in ends], axis=1
        )[:, is_known]
        actual = came[is_known]
        figures.append(
            {
                "mae": float(np.abs(mean - actual).mean()),
                "coverage_of_80": float(((lower <= actual) & (actual <= upper)).mean()),
            }
        )
    model, baseline = figures
    return [
        Measure(
            f"{series.metric}_by_{series.period}",
            metric,
            int(is_known.sum()),
            model[metric],
            baseline[metric],
            abs(model[metric] - best) < abs(baseline[metric] - best),
            metric == "mae",
        )
        for metric, best in (("mae", 0.0), ("coverage_of_80", 0.8))
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Take every series apart and forecast it, by the model where that was closer."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    measures, parts = [], []
    for series in read_series(connection):
        if not np.isfinite(series.values).any():
            continue
        found = backtest(series)
        measures += found
        parts.append(_rows(series, any(m.decides and m.is_better for m in found)))
    measures += list(_overall_coverage(measures))
    return Learnt(
        model=MODEL if any(m.decides and m.is_better for m in measures) else BASELINE,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=_ORIGINS * _AHEAD["month"] * _DAYS["month"],
        scores=pa.concat_tables([_SCORES.empty_table(), *parts]),
        measures=measures,
    )


def _overall_coverage(measures: list[Measure]) -> Iterator[Measure]:
    """Yield the coverage over all metrics by day, week and month.

    One series has too few ends to tell eight tenths from nine.
    """
    for period in _DAYS:
        found = [
            measure
            for measure in measures
            if measure.target.endswith(f"_by_{period}")
            and measure.metric == "coverage_of_80"
        ]
        cases = sum(measure.cases for measure in found)
        if not cases:
            continue
        value = sum(m.value * m.cases for m in found) / cases
        baseline = sum(m.baseline_value * m.cases for m in found) / cases
        yield Measure(
            f"all_by_{period}",
            "coverage_of_80",
            cases,
            value,
            baseline,
            abs(value - 0.8) < abs(baseline - 0.8),
            decides=False,
        )


_SCORES = pa.schema(
    {
        "metric": pa.string(),
        "period": pa.string(),
        "period_start": pa.date32(),
        "value": pa.float64(),
        "level": pa.float64(),
        "season": pa.float64(),
        "forecast": pa.float64(),
        "lower_80": pa.float64(),
        "upper_80": pa.float64(),
        "is_by_model": pa.bool_(),
    }
)


def _rows(series: Series, by_model: bool) -> pa.Table:
    """Return the past of a series and its forecast as rows of the table."""
    size, ahead = len(series.values), series.ahead
    apart = smooth(series.values, series.cycle)
    forecast = series.forecast(size, by_model=by_model)
    past, future = np.full(size, np.nan), np.full(ahead, np.nan)
    columns = {
        "value": np.r_[series.values, future],
        "level": np.r_[apart.level, future],
        "season": np.r_[apart.season, future],
    } | {
        name: np.r_[past, values]
        for name, values in zip(
            ("forecast", "lower_80", "upper_80"), forecast, strict=True
        )
    }
    return pa.table(
        {
            "metric": pa.repeat(series.metric, size + ahead),
            "period": pa.repeat(series.period, size + ahead),
            "period_start": pa.array(series.starts + series.next_starts()),
        }
        | {name: pa.array(c, from_pandas=True) for name, c in columns.items()}
        | {"is_by_model": pa.repeat(by_model, size + ahead)}
    )


SCORE = Score(
    "trends",
    "Level, season and forecast of revenue, orders, customers, sessions, tickets and "
    "NPS by day, week and month, by exponential smoothing or the same season again.",
    ("features.period_metrics", "core.as_of"),
    learn,
)
