"""The record of processing (GDPR, article 30), made of what the project says of itself.

Belongs here: reading it out of the manifest and the destinations, and writing it as
text. Does not belong here: the legal name of the controller and what nobody declared,
which the record names as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.activation.destinations import DESTINATIONS
from orchestration.privacy.ages import PLACES, WHAT, declared_limits
from orchestration.privacy.masking import MASKS
from orchestration.project import Manifest

_MEASURES = (
    "Readers without the right to personal data get a masked file: pseudonyms for "
    + ", ".join(sorted(name for name, m in MASKS.items() if m.name == "pseudonym"))
    + "; parts of "
    + ", ".join(sorted(name for name, m in MASKS.items() if m.name != "pseudonym"))
    + "; nothing of all other classes.",
    "The key of pseudonyms and suppressions is kept apart from data and backups.",
    "Views, exports and requests are in a log whose entries are chained by hashes.",
    "Exports ask consent at the moment of sending and send hashes where the "
    "destination takes them.",
    "Requests of access, portability, correction, restriction, withdrawal and erasure "
    "are commands (`c360 privacy`), each logged.",
    "Columns with personal data that bear no class fail a check (`c360 privacy scan`).",
)


def record_of_processing(manifest: Manifest) -> dict[str, Any]:
    """Return the record: sources, activities, audiences, recipients, retention."""
    nodes = list(manifest["nodes"].values())
    limits = declared_limits()
    audiences = [
        node["config"]["meta"]
        for node in nodes
        if "audiences" in node["fqn"]
        and node["resource_type"] == "model"
        and "purpose" in (node["config"].get("meta") or {})
    ]
    return {
        "contact": _owner(manifest, "governance"),
        "sources": list(_sources(manifest)),
        "activities": list(_activities(manifest)),
        "audiences": sorted(
            (
                {key: meta.get(key) for key in ("name", "purpose", "channel")}
                for meta in audiences
            ),
            key=lambda audience: audience["name"],
        ),
        "recipients": [
            {"name": destination.title, "channels": sorted(destination.channels)}
            for destination in DESTINATIONS.values()
        ],
        "retention_days": {place: limits.get(place) for place in PLACES},
        "security": list(_MEASURES),
    }


def as_markdown(record: Mapping[str, Any]) -> str:
    """Return the record as text that a person reads."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    yield "# Record of processing activities"
    yield ""
    yield f"Contact: {record['contact']}. Made from the metadata of the project."
    yield from _table(
        "Where data comes from",
        ("system", "table", "people and things", "personal data", "kept for"),
        (
            (
                source["system"],
                source["table"],
                source["description"],
                ", ".join(source["personal_classes"]) or "none",
                f"{source['retention_days']} days"
                if source["retention_days"]
                else "no limit declared",
            )
            for source in record["sources"]
        ),
    )
    yield from _table(
        "What it is used for",
        ("activity", "responsible", "personal data", "tables"),
        (
            (
                activity["description"],
                activity["owner"],
                ", ".join(activity["personal_classes"]) or "none",
                ", ".join(activity["tables"]),
            )
            for activity in record["activities"]
        ),
    )
    yield from _table(
        "Audiences, by consent",
        ("audience", "purpose", "channel"),
        (tuple(audience.values()) for audience in record["audiences"]),
    )
    yield from _table(
        "Who receives data",
        ("recipient", "channels"),
        ((r["name"], ", ".join(r["channels"])) for r in record["recipients"]),
    )
    yield from _table(
        "How long all else is kept",
        ("place", "what goes", "kept for"),
        (
            (place, WHAT[place], f"{days} days" if days else "no limit declared")
            for place, days in record["retention_days"].items()
        ),
    )
    yield ""
    yield "## How it is protected"
    yield ""
    yield from (f"- {measure}" for measure in record["security"])


def _table(
    title: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


def _sources(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for source in sorted(
        manifest["sources"].values(), key=lambda s: (s["source_name"], s["name"])
    ):
        meta = source["config"].get("meta") or {}
        if "ingest" in meta:
            yield {
                "system": source["source_name"],
                "table": source["name"],
                "description": source["description"].strip(),
                "personal_classes": _classes(source),
                "retention_days": meta.get("retention_days"),
            }


def _activities(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for group in manifest["groups"].values():
        marts = [
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
            and node["config"].get("group") == group["name"]
            and node["access"] == "public"
        ]
        if marts:
            yield {
                "name": group["name"],
                "description": (group.get("description") or "").strip(),
                "owner": _owner(manifest, group["name"]),
                "personal_classes": sorted({c for m in marts for c in _classes(m)}),
                "tables": sorted(mart["name"] for mart in marts),
            }


def _owner(manifest: Manifest, group: str) -> str:
    for declared in manifest["groups"].values():
        if declared["name"] == group:
            owner = declared["owner"]
            return f"{owner.get('name')} <{owner.get('email')}>"
    return "not declared"


def _classes(node: Mapping[str, Any]) -> list[str]:
    return sorted(
        {
            meta["pii"]
            for column in node["columns"].values()
            if "pii" in (meta := (column.get("config") or {}).get("meta") or {})
        }
    )
