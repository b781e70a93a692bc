"""Groups of customers who behave alike: the score `customer_clusters`.

Belongs here: what customers are compared by, which names the groups bear and keep, and
how they stand against the baseline, groups by what was spent. Does not belong here:
finding groups (`clusters.py`), and keeping what was learnt (`store.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.scores.backtest import Measure
from orchestration.scores.clusters import (
    Labels,
    Scale,
    fit_centres,
    match,
    name_centre,
    nearest,
    silhouette,
)
from orchestration.scores.likelihood import Floats
from orchestration.scores.score import Learnt, Score

MODEL = "k_means"
BASELINE = "groups_by_spend"
FEWEST_CUSTOMERS = 50
"""Without so many, a group is a handful of people and its name an accident."""

FEATURES = {
    "recency": ("bought lately", "long away"),
    "orders": ("seldom buying", "often buying"),
    "mean_value": ("small baskets", "large baskets"),
    "views": ("hardly browsing", "much browsing"),
    "clicks": ("no mail readers", "mail readers"),
    "store_visits": ("not in stores", "store visitors"),
    "refunds": ("keeping all", "sending back"),
    "complaints": ("untroubled", "complaining"),
}
"""What customers are compared by, and what little and much of it are called."""

_BEHAVIOUR = """
with

days as (

    select
        days.*,
        date_diff('day', active_on, cast(cut_off.as_of as date)) as days_ago
    from features.customer_days as days
    cross join core.as_of as cut_off

)

select
    customer_id,
    min(days_ago) filter (where sales > 0) as recency,
    sum(sales) filter (where days_ago < 365) as orders,
    sum(sales_reporting) / sum(sales) as mean_value,
    sum(views) filter (where days_ago < 365) as views,
    sum(clicks) filter (where days_ago < 365) as clicks,
    sum(store_visits) filter (where days_ago < 365) as store_visits,
    sum(refunds) filter (where days_ago < 365) as refunds,
    sum(complaints) filter (where days_ago < 365) as complaints,
    sum(sales_reporting) as spent
from days
group by customer_id
having sum(sales) > 0
order by customer_id
"""


@dataclass(frozen=True)
class Groups:
    """Groups as they are known by, with their centres.

    Attributes:
        centres: one row per group, one column per feature, not scaled.
        ids: `cluster_<n>`, never given twice.
        names: what they are called.
        next_number: of the next group that is none of these.
    """

    centres: Floats = field(default_factory=lambda: np.empty((0, len(FEATURES))))
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    next_number: int = 1

    @property
    def parameters(self) -> dict[str, Any]:
        """The groups as JSON keeps them."""
        return vars(self) | {"centres": self.centres.tolist()}


def read_behaviour(connection: duckdb.DuckDBPyConnection) -> tuple[pa.Array, Floats]:
    """Read all identified customers with a sale, and the features and spend of each."""
    rows = connection.sql(_BEHAVIOUR).to_arrow_table()
    columns = [
        np.nan_to_num(rows[name].cast(pa.float64()).to_numpy())
        for name in (*FEATURES, "spent")
    ]
    return rows["customer_id"].combine_chunks(), np.column_stack(columns)


def groups_before(connection: duckdb.DuckDBPyConnection) -> Groups:
    """Read the groups that were found the last time, if any."""
    found = connection.execute(
        "select parameters from ops.score_models where score = 'customer_clusters'"
    ).fetchall()
    kept = json.loads(found[0][0]) if found else {}
    if not kept or np.shape(kept["centres"])[1:] != (len(FEATURES),):
        return Groups()
    return Groups(**(kept | {"centres": np.array(kept["centres"])}))


def name_groups(scaled: Floats, scale: Scale, before: Groups) -> Groups:
    """Name groups: as before where they are the same, else by what sets them apart."""
    same = match(scaled, scale.apply(before.centres)) if before.ids else {}
    taken = {before.names[old] for old in same.values()}
    ids, names, number = [], [], before.next_number
    for new, centre in enumerate(scaled):
        if new in same:
            ids.append(before.ids[same[new]])
            names.append(before.names[same[new]])
            continue
        name = name_centre(centre, list(FEATURES.values()), taken)
        taken.add(name)
        names.append(name)
        ids.append(f"cluster_{number}")
        number += 1
    return Groups(scaled * scale.deviation + scale.mean, ids, names, number)


def by_spend(spent: Floats) -> Labels:
    """Return the fifth by spend that each is in, from 0: it takes no model."""
    places = np.argsort(np.argsort(spent, kind="stable"), kind="stable")
    return places * 5 // max(len(spent), 1)


def backtest(columns: Floats, spent: Floats, count: int) -> list[Measure]:
    """Compare how far apart both kinds of groups are, of customers not fitted to.

    Of so many groups as were found, so that a model that is learnt once more from the
    same, in a warehouse that was lost, is found to be as good.
    """
    shown, kept = columns[::2], columns[1::2]
    scale = Scale.of(shown)
    centres = fit_centres(scale.apply(shown), count)
    rows = scale.apply(kept)
    found = silhouette(rows, nearest(rows, centres))
    baseline = silhouette(rows, by_spend(spent[1::2]))
    return [
        Measure(
            "groups", "silhouette", len(kept), found, baseline, found > baseline, True
        )
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Put every identified customer with a sale into a group."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    customers, figures = read_behaviour(connection)
    before = groups_before(connection)
    model, groups, measures = BASELINE, before, []
    ids, names = np.array([], object), np.array([], object)
    if len(customers) >= FEWEST_CUSTOMERS:
        # The tenth order tells less than the first.
        columns, spent = np.log1p(np.maximum(figures[:, :-1], 0)), figures[:, -1]
        scale = Scale.of(columns)
        rows = scale.apply(columns)
        centres = fit_centres(rows, len(before.ids) or None)
        measures = backtest(columns, spent, len(centres))
        if measures[0].is_better:
            model, groups = MODEL, name_groups(centres, scale, before)
            labels = nearest(rows, centres)
            ids, names = np.array(groups.ids)[labels], np.array(groups.names)[labels]
        else:
            fifths = by_spend(spent) + 1
            ids = np.array([f"spend_{fifth}" for fifth in fifths])
            names = np.array([f"Fifth {fifth} by spend" for fifth in fifths])
    return Learnt(
        model=model,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=0,
        scores=pa.table(
            {
                "customer_id": customers[: len(ids)],
                "cluster_id": pa.array(ids, pa.string()),
                "cluster_name": pa.array(names, pa.string()),
            }
        ),
        measures=measures,
        parameters=groups.parameters,
    )


SCORE = Score(
    "customer_clusters",
    "Which customers behave alike, by k-means over what they do, or by what they spent "
    "where that keeps them further apart.",
    ("features.customer_days", "core.as_of"),
    learn,
)
