"""The feeds of the project: which there are, and who speaks in each.

Belongs here: what is wrong with how a project names its feeds. Does not belong here:
the columns of a feed (macros/feeds) and what its rows must be (expectations/feeds.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREFIX = "core__"


class FeedError(ValueError):
    """A model says something in a feed that does not listen to it."""


def require_heard_models(manifest: Mapping[str, Any]) -> None:
    """See that each `stg_<system>__<feed>` is read by its feed.

    Without its name in var `feeds` a model is built, judged and left out in silence.

    Raises:
        FeedError: a model is in no feed; the message names file, feed and system.
    """
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    feeds = {
        node["name"].removeprefix(_PREFIX): node["depends_on"]["nodes"]
        for node in models
        if node["fqn"][1:3] == ["core", "feeds"]
    }
    for node in models:
        system, _, feed = node["name"].removeprefix("stg_").partition("__")
        if node["fqn"][1] != "staging" or feed not in feeds:
            continue
        if node["unique_id"] not in feeds[feed]:
            raise FeedError(
                f"{node['original_file_path']} says something in the feed '{feed}', "
                f"which does not listen: add {system} to vars.feeds.{feed} in "
                "dbt_project.yml, or name the model otherwise."
            )
