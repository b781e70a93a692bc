"""The documentation site: nothing in it leads nowhere, and it fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from orchestration.project import PROJECT_ROOT, Manifest
from reference.commands import commands
from reference.marts import marts
from reference.sources import raw_tables

# Written by dbt: one file with everything in it, and pages within that page.
LINEAGE = "reference/lineage.html"


@dataclass
class Html(HTMLParser):
    """What a page links to, loads and can be linked to at."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if "src" in found:
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") not in {"canonical", "next", "prev"}:
            self.loads.append(found["href"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])


@pytest.fixture(scope="module")
def site(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning fails."""
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(PROJECT_ROOT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Html]:
    """Every page of the site, read."""
    found = {}
    for path in site.rglob("*.html"):
        found[path] = Html()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


def internal(pages: dict[Path, Html], site: Path) -> Iterator[tuple[Path, Path, str]]:
    """Yield the page, the file and the anchor of each link within the site."""
    for page, html in pages.items():
        if page == site / LINEAGE:
            continue
        for link in [*html.links, *html.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            root = site if parts.path.startswith("/") else page.parent
            path = unquote(parts.path).lstrip("/")
            target = (root / path).resolve() if path else page
            yield page, target, unquote(parts.fragment)


def test_every_link_within_the_site_leads_somewhere(site, pages):
    broken = {
        f"{page.relative_to(site)} -> {target.name}"
        for page, target, _ in internal(pages, site)
        if not target.exists()
    }
    assert broken == set()


def test_every_anchor_that_is_linked_to_is_there(site, pages):
    broken = {
        f"{page.relative_to(site)} -> {target.name}#{anchor}"
        for page, target, anchor in internal(pages, site)
        if anchor and target in pages and anchor not in pages[target].anchors
    }
    assert broken == set()


def test_no_page_loads_anything_from_elsewhere(site, pages):
    loaded = {
        address
        for html in pages.values()
        for address in html.loads
        if urlsplit(address).netloc
    }
    styles = {
        address
        for path in site.rglob("*.css")
        for address in re.findall(
            r"(?:url\(|@import)\s*[\"']?(\S+?)[\"')]", path.read_text()
        )
        if urlsplit(address).netloc
    }
    assert loaded | styles == set()


def test_the_reference_has_a_page_for_each_mart_with_all_columns(site, manifest):
    missing = {
        f"{mart['alias']}.{column}"
        for mart in marts(manifest)
        for column in mart["columns"]
        if f"<code>{column}</code>"
        not in (site / f"reference/marts/{mart['alias']}.html").read_text()
    }
    assert missing == set()


def test_the_reference_has_all_raw_tables_metrics_and_commands(site, manifest):
    raw = {
        table["name"]
        for table in raw_tables(manifest)
        if f'id="{table["name"]}"'
        not in (site / f"reference/raw/{table['source_name']}.html").read_text()
    }
    metrics = (site / "reference/metrics.html").read_text()
    typed = (site / "reference/commands.html").read_text()
    assert raw == set()
    assert [
        metric["name"]
        for metric in manifest["metrics"].values()
        if f"<code>{metric['name']}</code>" not in metrics
    ] == []
    assert [name for name in commands() if f">{name}<" not in typed] == []


def test_the_lineage_holds_every_model(site, manifest):
    text = (site / LINEAGE).read_text(encoding="utf-8")
    assert [name for name in manifest["nodes"] if f'"{name}"' not in text] == []
