"""A model that says something in a feed is heard there, or somebody is told."""

import pytest

from orchestration.feeds import FeedError, require_heard_models


def model(name: str, *folders: str, reads: tuple[str, ...] = ()) -> dict:
    return {
        "unique_id": f"model.mine.{name}",
        "resource_type": "model",
        "name": name,
        "fqn": ["mine", *folders, name],
        "original_file_path": f"models/{'/'.join(folders)}/{name}.sql",
        "depends_on": {"nodes": [f"model.mine.{read}" for read in reads]},
    }


def project(*models: dict) -> dict:
    return {"nodes": {node["unique_id"]: node for node in models}}


ORDERS = model("core__orders", "core", "feeds", reads=("stg_shop__orders",))
SHOP = model("stg_shop__orders", "staging", "shop")


def test_models_that_are_heard_and_base_models_pass():
    heard = project(
        ORDERS,
        SHOP,
        model("stg_hotel__stays", "staging", "hotel"),
        model("core__order_values", "core", reads=("core__orders",)),
        model("stg_hotel__order_values", "staging", "hotel"),
    )
    assert require_heard_models(heard) is None


def test_a_model_that_no_feed_reads_is_told_with_file_feed_and_system():
    unheard = model("stg_hotel__orders", "staging", "hotel")
    with pytest.raises(FeedError) as error:
        require_heard_models(project(ORDERS, SHOP, unheard))
    assert str(error.value).startswith("models/staging/hotel/stg_hotel__orders.sql ")
    assert "add hotel to vars.feeds.orders in dbt_project.yml" in str(error.value)
