"""What MkDocs calls while it builds the site: adds the pages that are derived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from orchestration import project
from reference import commands, lineage, marts, metrics, sources
from reference.markdown import page as joined

DECISIONS = "decisions/index.md"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the reference, the list of decisions and the lineage; put them into the nav.

    Raises:
        ProjectError: the dbt project cannot be parsed.
    """
    manifest = project.manifest()
    mart_pages = dict(marts.pages(manifest))
    source_pages = dict(sources.pages(manifest))
    decisions = _decisions(Path(config.docs_dir))
    generated = {
        **mart_pages,
        **source_pages,
        "reference/metrics.md": metrics.text(manifest),
        "reference/commands.md": commands.text(),
        DECISIONS: _list_of(decisions),
    }
    for address, text in generated.items():
        files.append(File.generated(config, address, content=text))
    files.append(
        File.generated(
            config, "reference/lineage.html", abs_src_path=str(lineage.build())
        )
    )
    for section, pages in {
        "Marts": list(mart_pages),
        "Raw tables": list(source_pages),
        "Decisions": [DECISIONS, *decisions],
    }.items():
        _fill(config.nav or [], section, pages)
    return files


def on_page_markdown(
    markdown: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Let the marts that a table of the guide to them names lead to their pages."""
    if page.file.src_uri != "guides/which-mart.md":
        return markdown
    return "\n".join(
        _with_links(line, files) if line.startswith("| ") else line
        for line in markdown.split("\n")
    )


def _with_links(line: str, files: Files) -> str:
    def linked(name: re.Match[str]) -> str:
        address = f"reference/marts/{name[1]}.md"
        known = files.get_file_from_path(address) is not None
        return f"[{name[0]}](../{address})" if known else name[0]

    return re.sub(r"`(?:governance\.)?(\w+)`", linked, line)


def _decisions(docs: Path) -> dict[str, str]:
    """Return the title of each decision by its address."""
    return {
        f"decisions/{path.name}": path.read_text(encoding="utf-8")
        .split("\n", 1)[0]
        .removeprefix("# ")
        for path in sorted((docs / "decisions").glob("[0-9]*.md"))
    }


def _list_of(decisions: dict[str, str]) -> str:
    return joined(
        "# Decisions",
        "Why it is built this way, with what was weighed and what it costs.",
        "\n".join(
            f"- [{title}]({address.removeprefix('decisions/')})"
            for address, title in decisions.items()
        ),
    )


def _fill(nav: list, section: str, pages: list[str]) -> None:
    """Put pages into the section of the nav that bears a name."""
    for entries in _sections(nav, section):
        entries[section] = pages


def _sections(nav: list, section: str) -> Iterator[dict]:
    for entry in nav:
        for name, inner in entry.items() if isinstance(entry, dict) else ():
            if name == section:
                yield entry
            elif isinstance(inner, list):
                yield from _sections(inner, section)
