"""Groups of customers, in a world of four kinds of them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores import customer_clusters
from orchestration.scores.assets import refresh_score
from orchestration.scores.clusters import match, name_centre
from orchestration.scores.customer_clusters import BASELINE, MODEL, SCORE, by_spend
from orchestration.warehouse import connect
from tests.unit.scores.days import put_days

AS_OF = date(2026, 6, 30)
KINDS = {
    # orders, days ago of the last one, worth of each, views, mails followed
    "often": (24, 5, 30.0, 20, 0),
    "rich": (3, 20, 900.0, 20, 0),
    "reader": (3, 20, 30.0, 20, 30),
    "gone": (3, 300, 30.0, 2, 0),
}
PER_KIND = 60


def shopping(seed: int, kinds: tuple[str, ...] = tuple(KINDS)) -> pa.Table:
    """Let customers of each kind buy on as many days as they do, give or take."""
    rng = np.random.default_rng(seed)
    rows = []
    for kind in kinds:
        orders, last, worth, views, clicks = KINDS[kind]
        for number in range(PER_KIND):
            count = max(1, rng.poisson(orders))
            for order in range(count):
                days_ago = last + 2 * order + int(rng.integers(0, 2))
                rows.append(
                    {
                        "customer_id": f"{kind}-{number}",
                        "active_on": AS_OF - np.timedelta64(days_ago, "D").item(),
                        "orders": 1,
                        "sales": 1,
                        "orders_reporting": worth,
                        "sales_reporting": worth * rng.uniform(0.8, 1.2),
                        "views": views if order == 0 else 0,
                        "clicks": clicks if order == 0 else 0,
                    }
                )
    return pa.Table.from_pylist(rows)


@pytest.fixture
def shop(data):
    with connect(data.warehouse) as connection:
        put_days(connection, f"{AS_OF} 20:00:00", shopping(1))
        yield connection


def renew(connection, days: pa.Table) -> None:
    """Put other days in the place of those that were learnt from."""
    names = ", ".join(days.column_names)
    connection.execute(
        f"""
        delete from features.customer_days;
        insert into features.customer_days by name
        select {names}, columns(* exclude ({names})) from days
        left join (select * exclude ({names}) from features.customer_days limit 0)
            on true;
        update ops.table_builds set version = version + 1;
        """
    )


def groups(connection) -> dict[str, tuple[str, str]]:
    """Return the group, by id and name, that most of each kind are in."""
    return {
        kind: (group_id, name)
        for kind, group_id, name, share in connection.execute(
            """
            select
                *,
                count(*) / sum(count(*)) over (partition by kind) as share
            from (
                select
                    split_part(customer_id, '-', 1) as kind,
                    cluster_id,
                    cluster_name
                from scores.customer_clusters
            )
            group by kind, cluster_id, cluster_name
            """
        ).fetchall()
        if share > 0.9
    }


def test_each_kind_is_a_group_named_by_what_sets_it_apart(shop):
    assert refresh_score(shop, SCORE)["model"] == MODEL
    found = groups(shop)
    assert len(set(found.values())) == 4
    assert found["often"][1].startswith("Often buying")
    assert found["rich"][1].startswith("Large baskets")
    assert found["reader"][1].startswith("Mail readers")
    assert "long away" in found["gone"][1].lower()


def test_groups_are_called_the_same_the_next_time(shop):
    refresh_score(shop, SCORE)
    before = groups(shop)
    renew(shop, shopping(2))
    assert refresh_score(shop, SCORE)["rebuilt"]
    assert groups(shop) == before


def test_what_is_learnt_once_more_from_the_same_is_the_same(shop):
    """As in a warehouse that was lost: the model came back, and not its scores."""
    # Alike as they are, half of them look best in another number of groups than all.
    alike = [shopping(seed, ("rich",)) for seed in (1, 6, 7)]
    for number, days in enumerate(alike):
        names = [f"{key}x{number}" for key in days["customer_id"].to_pylist()]
        alike[number] = days.set_column(0, "customer_id", pa.array(names))
    renew(shop, pa.concat_tables(alike))
    refresh_score(shop, SCORE)
    learnt = [
        "from scores.customer_clusters order by customer_id",
        "select * exclude (measured_at) from ops.model_performance order by all",
    ]
    before = [shop.execute(rows).fetchall() for rows in learnt]
    shop.execute("update ops.score_models set trained_on = ''")
    assert refresh_score(shop, SCORE)["rebuilt"]
    assert [shop.execute(rows).fetchall() for rows in learnt] == before


def test_a_group_that_is_gone_leaves_its_id_to_nobody(shop):
    refresh_score(shop, SCORE)
    before = groups(shop)
    renew(shop, shopping(2, ("often", "rich", "gone")))
    refresh_score(shop, SCORE)
    after = groups(shop)
    assert {after[kind] for kind in after} & set(before.values())
    assert before["reader"] not in after.values()


def test_groups_no_further_apart_than_fifths_by_spend_are_not_used(shop, monkeypatch):
    monkeypatch.setattr(customer_clusters, "silhouette", lambda rows, labels: 0.1)
    assert refresh_score(shop, SCORE)["model"] == BASELINE
    found = shop.sql(
        "select cluster_name, count(*) from scores.customer_clusters group by all"
    ).fetchall()
    assert dict(found) == {f"Fifth {n} by spend": 4 * PER_KIND / 5 for n in range(1, 6)}


def test_too_few_customers_are_in_no_group(shop):
    few = shopping(1).slice(0, 100)
    renew(shop, few)
    refresh_score(shop, SCORE)
    assert shop.sql("from scores.customer_clusters").fetchall() == []


def test_centres_far_from_any_before_are_new():
    before = np.array([[0.0, 0.0], [5.0, 0.0]])
    now = np.array([[5.1, 0.0], [0.0, 9.0]])
    assert match(now, before) == {0: 1}


def test_a_name_that_is_taken_says_more():
    sides = [("few", "many"), ("small", "large"), ("new", "old")]
    centre = np.array([2.0, -1.0, 0.5])
    assert name_centre(centre, sides, set()) == "Many, small"
    assert name_centre(centre, sides, {"Many, small"}) == "Many, small, old"


def test_fifths_by_spend_are_of_equal_size():
    assert np.bincount(by_spend(np.arange(10.0))).tolist() == [2] * 5
