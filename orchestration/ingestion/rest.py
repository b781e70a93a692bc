"""Collections of an HTTP interface land as JSON lines: every page once, none missing.

Belongs here: which pages are asked for, and what of them lands. Does not belong here:
requests (rest_client.py), what answers say (rest_pages.py), pages kept for a fetch that
goes on later (rest_progress.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property

from orchestration.ingestion import rest_pages
from orchestration.ingestion.cursors import Cursors, Position, file_sha256
from orchestration.ingestion.extracted import Extracted, ExtractError
from orchestration.ingestion.rest_client import (
    Answer,
    Client,
    GoneError,
    connected,
    line,
)
from orchestration.ingestion.rest_origin import RestOrigin
from orchestration.ingestion.rest_progress import PageStore, Progress, digest
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir

_TRIES_OF_A_REPEATED_PAGE = 3


def extract_table(source: SourceTable, data: DataDir, now: datetime) -> Extracted:
    """Land the rows of a collection that are new since the last time, as one file.

    Pages that came are kept when a fetch fails or is killed; the next goes on there.

    Args:
        source: the table, of kind `rest`.
        data: the data directory.
        now: the time, UTC without a zone.

    Raises:
        ExtractError: the interface cannot be reached or understood; what landed stays.
        PositionUnreadableError: it is not known how far the table was read.
    """
    cursors = Cursors(data, source)
    position = cursors.read()
    cursors.folder.mkdir(parents=True, exist_ok=True)
    with connected(source) as client:
        return _Extract(client, cursors, position, now).run()


@dataclass
class _Extract:
    """One extract of one collection."""

    client: Client
    cursors: Cursors
    position: Position
    now: datetime
    notes: list[str] = field(default_factory=list)

    def run(self) -> Extracted:
        """Fetch, check, and land."""
        if self.position.shape not in ("", self._shape):
            self._read_anew("What the YAML says of the table changed")
        cursor_from = self.position.cursor
        progress = self._fetch()
        if self._went_back(progress):
            self._read_anew(
                f"The highest {self._origin.cursor} at the source is "
                f"{progress.highest or 'gone'}, lower than {cursor_from}, up to which "
                "it was read"
            )
            progress = self._fetch()
        rows = self._land(progress)
        return Extracted(
            rows=rows,
            cursor_from=cursor_from,
            cursor_to=self.position.cursor,
            files=[str(self.position.file)] if rows else [],
            notes=self.notes,
        )

    def _read_anew(self, why: str) -> None:
        self.notes.append(f"{why}: the table was read from the beginning.")
        self.position = replace(self.position, cursor=None, content=None, window={})

    def _fetch(self) -> Progress:
        """Fetch all pages; those that came before a kill or a failure are there."""
        asked = [self._shape, self.position.file, self.position.cursor]
        fresh = Progress(
            start=digest(json.dumps(asked).encode()),
            request=rest_pages.first_request(self._source, self._low),
        )
        kept = self._store.resume(fresh.start)
        try:
            return self._read_pages(kept or fresh)
        except GoneError:
            if kept is None:
                raise
            # The place at which to go on is known for a while only.
            return self._read_pages(fresh)

    def _read_pages(self, progress: Progress) -> Progress:
        while not progress.is_complete:
            answer, rows, text = self._page(progress)
            progress = self._after(progress, answer, rows, text)
            self._store.append(progress, text)
        return progress

    def _page(self, progress: Progress) -> tuple[Answer, list[dict], bytes]:
        """Return the next page, which is another one than the page before."""
        request = progress.request
        for _ in range(_TRIES_OF_A_REPEATED_PAGE):
            answer = self.client.get(request.url, request.parameters)
            rows = rest_pages.rows_of(self._source, answer)
            text = "".join(f"{line(row)}\n" for row in rows).encode()
            if not rows or digest(text) != progress.newest_page:
                return answer, rows, text
        raise ExtractError(
            f"{self._source.name} cannot be fetched: page {progress.pages + 1} is page "
            f"{progress.pages} again, so that what is on it would be missing. Is "
            "meta.ingest.paging what the interface understands?"
        )

    def _after(
        self, progress: Progress, answer: Answer, rows: list[dict], text: bytes
    ) -> Progress:
        """Return the progress with one page more."""
        count = progress.rows + len(rows)
        following = rest_pages.next_request(
            self._source, progress.request, answer, len(rows), count
        )
        total = rest_pages.total_of(self._source, answer)
        highest, lacks = rest_pages.highest_cursor(self._source, rows, progress.highest)
        return replace(
            progress,
            request=following or progress.request,
            bytes=progress.bytes + len(text),
            rows=count,
            pages=progress.pages + 1,
            newest_page=digest(text),
            totals=() if total is None else (*progress.totals[:1], total),
            highest=highest,
            lacks_cursors=progress.lacks_cursors or lacks,
            is_complete=following is None,
        )

    def _went_back(self, progress: Progress) -> bool:
        """Return whether even the row that set the cursor is gone."""
        if self._low is None or not self._origin.overlap_seconds:
            return False
        assert self.position.cursor
        return progress.highest is None or rest_pages.is_before(
            self._source, progress.highest, self.position.cursor
        )

    def _land(self, progress: Progress) -> int:
        """Check that no row is missing, and land those that are new; return how many.

        Raises:
            ExtractError: fewer or more rows came than the interface says there are.
        """
        window = rest_pages.window(self._source, self.position.window, self._low)
        rows, keys = self._write_news(window)
        if progress.totals and not {keys, progress.rows} & set(progress.totals):
            self._store.forget()
            raise ExtractError(
                f"{self._source.name} cannot be fetched: the interface says that there "
                f"are {progress.totals[-1]} rows, but {keys} came on {progress.pages} "
                "pages. Nothing of it was kept; the next run fetches it again."
            )
        if self._source.mode == "snapshot" and not progress.rows:
            self.notes.append(
                "The collection is empty at the source. That may be a mistake, so what "
                "landed before stays."
            )
        following = rest_pages.not_after(self._source, progress.highest, self.now)
        position = replace(
            self.position,
            shape=self._shape,
            cursor=following or self.position.cursor,
            window=window,
        )
        sha256 = file_sha256(self.cursors.partial)
        if lands := rows > 0 and sha256 != position.content:
            file = self.cursors.next_file(position, self.now, "jsonl")
            held = None if progress.lacks_cursors else progress.highest
            window = {**window, file: held}
            position = replace(
                position, file=file, sha256=sha256, content=sha256, window=window
            )
        self.cursors.commit(position, lands=lands)
        self.position = position
        self._store.forget()
        self.cursors.partial.unlink(missing_ok=True)
        return rows if lands else 0

    def _write_news(self, window: dict[str, str | None]) -> tuple[int, int]:
        """Write rows that are not as they landed last; return how many, and all keys.

        A row that came on two pages, because others were added meanwhile, is one.
        """
        seen: dict[tuple[str, ...], bytes] = {}
        for file in window:
            with (self.cursors.data.landing / file).open("rb") as landed:
                seen.update((self._key(text), _fingerprint(text)) for text in landed)
        rows, keys = 0, set()
        with (
            self._store.path.open("rb") as pages,
            self.cursors.partial.open("wb") as new,
        ):
            for text in pages:
                key, fingerprint = self._key(text), _fingerprint(text)
                keys.add(key)
                if seen.get(key) != fingerprint:
                    seen[key] = fingerprint
                    new.write(text)
                    rows += 1
        return rows, len(keys)

    def _key(self, text: bytes) -> tuple[str, ...]:
        return rest_pages.key_of(self._source, json.loads(text))

    @property
    def _source(self) -> SourceTable:
        return self.cursors.source

    @property
    def _origin(self) -> RestOrigin:
        assert isinstance(self._source.origin, RestOrigin)
        return self._source.origin

    @property
    def _low(self) -> str | None:
        """Where this extract begins; None: at the beginning."""
        if self._origin.cursor is None or self.position.cursor is None:
            return None
        return rest_pages.before_overlap(self._source, self.position.cursor)

    @cached_property
    def _store(self) -> PageStore:
        return PageStore(self.cursors)

    @property
    def _shape(self) -> str:
        """A digest of what is asked for; another one means another content."""
        said = asdict(self._origin) | {"auth": None, "takes_files": None}
        return digest(json.dumps([said, self._source.key]).encode())


def _fingerprint(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).digest()
