"""Records over HTTP: page after page, from a cursor on, each body landed exactly as received.

One harvest is all or nothing. Its pages are fetched to ``scratch`` by ``http`` (which retries, resumes and bounds
each), checked against each other, and only then handed over; the cursor moves on when the last one was taken. So a
source that changes while it is paged, repeats a page or never ends lands nothing, rather than half of something.

Does not belong here: one request (``http``), what a record means (parsers), where a cursor is kept (``cursors``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import polars as pl

from ingest.connectors.addresses import file_name, redacted
from ingest.connectors.cursors import Keeper, Position, asked_from, in_name, newest
from ingest.connectors.environment import Environment
from ingest.connectors.expansion import MAX_TOTAL_BYTES
from ingest.connectors.http import HttpRequest, Unchanged, fetch
from ingest.connectors.limits import Limits, RetryableError, persistently
from ingest.connectors.refusing import RefusedError, human_bytes, shown
from ingest.core import file_sha256
from ingest.delivery import Api, ApiCursor
from ingest.landing import Delivery, Refusal, now

# a source that changed while it was paged is asked once more, and once more: minutes later is the next run's affair
HARVESTS = 3


@dataclass(frozen=True)
class Page:
    """One page on scratch: where, what it holds, and what leads on from it."""

    path: Path
    origin: str
    number: int
    sha256: str
    records: int
    cursor_values: tuple[object, ...]
    following: str | None
    total: int | None


def deliveries(
    settings: Api, *, environment: Environment, limits: Limits, scratch: Path, keeper: Keeper
) -> Iterator[Delivery | Unchanged | Refusal]:
    """The pages of one harvest, ``Unchanged`` when it holds no record, or why there is none.

    The caller has landed a delivery before it asks for the next; the cursor is saved behind the last.
    """
    origin = "api"
    try:
        url = environment.public(settings.url)
        origin = environment.scrub(redacted(url))
        harvest = _Harvest(settings, url, environment, limits, scratch)
        position = keeper.load(settings.cursor) if settings.cursor else None
        after = asked_from(settings.cursor, position) if settings.cursor and position is not None else None
        pages = persistently(lambda: harvest.pages(after), replace(limits, attempts=HARVESTS))
        if settings.cursor and not any(page.records for page in pages):
            yield Unchanged(settings.name, origin, in_name(position))
            return
        for page in pages:
            name = file_name(url, settings.name, now(), after=in_name(after), page=page.number)
            yield Delivery(name, page.origin, page.sha256, page.path)
        if settings.cursor and position is not None:
            values = [value for page in pages for value in page.cursor_values]
            keeper.save(newest(settings.cursor, position, values))
    except RefusedError as error:
        yield Refusal(settings.name, origin, error.code, environment.scrub(f"{shown(origin)}: {error.message}"))
    finally:
        shutil.rmtree(scratch / "pages", ignore_errors=True)


class _Harvest:
    """All pages of one API from one cursor."""

    def __init__(self, settings: Api, url: str, environment: Environment, limits: Limits, scratch: Path) -> None:
        self._settings = settings
        self._url = url
        self._environment = environment
        self._limits = limits
        self._scratch = scratch
        self._headers = {k: environment.secret(v) for k, v in settings.headers.items()}
        self._params = {k: environment.secret(v) for k, v in settings.params.items()}
        self._secret_keys = frozenset(k for k, v in settings.params.items() if "${" in v)

    def pages(self, after: Position | None) -> list[Page]:
        """Every page, in order; RetryableError when they do not fit together."""
        shutil.rmtree(self._scratch / "pages", ignore_errors=True)
        paging = self._settings.paging
        pages: list[Page] = []
        seen: set[str] = set()
        address: str | None = self._first(after)
        size = 0
        while address is not None:
            if paging is not None and len(pages) >= paging.max_pages:
                raise RefusedError(
                    "endless_paging",
                    f"has more than {paging.max_pages:,} pages; if that is right, raise paging.max_pages",
                )
            page = self._page(address, len(pages) + 1)
            size += page.path.stat().st_size
            if size > MAX_TOTAL_BYTES:
                raise RefusedError("too_large", f"its pages are more than {human_bytes(MAX_TOTAL_BYTES)} together")
            if page.records and (same := next((p for p in pages if p.sha256 == page.sha256), None)):
                raise RetryableError("repeated_page", f"page {page.number} is page {same.number} once more")
            seen.add(address)
            if page.records or not pages:  # a later page without records says nothing
                pages.append(page)
            address = self._next(page, sum(p.records for p in pages), after)
            if address in seen:
                raise RetryableError("endless_paging", f"page {page.number} leads back to an earlier page")
        self._check_total(pages)
        return pages

    def _check_total(self, pages: Sequence[Page]) -> None:
        came = sum(page.records for page in pages)
        totals = {page.total for page in pages if page.total is not None}
        if totals and totals != {came}:
            said = " and then ".join(f"{t:,}" for t in sorted(totals))
            raise RetryableError("changed_while_paging", f"announced {said} records and sent {came:,}")

    def _first(self, after: Position | None) -> str:
        paging, cursor = self._settings.paging, self._settings.cursor
        params = dict(self._params)
        if cursor is not None and after is not None:
            params[cursor.parameter] = _sent(cursor, after)
        if paging is not None and paging.size is not None and paging.size_parameter is not None:
            params[paging.size_parameter] = str(paging.size)
        if paging is not None and paging.parameter is not None and paging.style in ("page", "offset"):
            params[paging.parameter] = str(paging.first if paging.style == "page" else 0)
        return _with(self._url, params)

    def _next(self, last: Page, came: int, after: Position | None) -> str | None:
        """The address of the page behind ``last``, None when it was the last; ``came``: records so far."""
        paging = self._settings.paging
        if paging is None:
            return None
        if paging.style == "link":
            return None if last.following is None else self._at_home(urljoin(self._url, last.following))
        assert paging.parameter is not None, "demanded by the card"
        if paging.style == "token":
            return None if last.following is None else _with(self._first(after), {paging.parameter: last.following})
        if not last.records or (last.total is not None and came >= last.total):
            return None
        place = paging.first + last.number if paging.style == "page" else came
        return _with(self._first(after), {paging.parameter: str(place)})

    def _at_home(self, link: str) -> str:
        """A link of the body, if it stays on the server that may see the token."""
        home, there = urlsplit(self._url), urlsplit(link)
        if (home.scheme, home.netloc.rpartition("@")[2]) != (there.scheme, there.netloc):
            raise RefusedError(
                "redirect", f"its next page lies elsewhere ({shown(redacted(link))}), where the token must not go"
            )
        return urlunsplit(there._replace(netloc=home.netloc))

    def _page(self, address: str, number: int) -> Page:
        request = HttpRequest(
            address, name="page", headers=self._headers, secret_keys=self._secret_keys, limits=self._limits
        )
        answer = fetch(request, scratch=self._scratch)
        if isinstance(answer, Refusal):
            raise RefusedError(answer.code, f"page {number}: {answer.message}")
        assert isinstance(answer, Delivery), "asked without a signature, nothing can be unchanged"
        path = self._scratch / "pages" / f"{number:06d}"
        path.parent.mkdir(parents=True, exist_ok=True)
        answer.path.replace(path)
        shutil.rmtree(answer.path.parent.parent, ignore_errors=True)  # thousands of pages would leave a folder each
        origin = self._environment.scrub(request.origin)
        read = self._csv if self._settings.format == "csv" else self._json
        return read(Page(path, origin, number, file_sha256(path), 0, (), None, None))

    def _json(self, page: Page) -> Page:
        try:
            body = json.loads(page.path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise RetryableError("unexpected_page", f"page {page.number} is not JSON: cut short?") from error
        records = _at(body, self._settings.records)
        if not isinstance(records, list):
            found = ", ".join(map(shown, list(body)[:8])) if isinstance(body, dict) else type(body).__name__
            where = self._settings.records or "its top"
            raise RefusedError(
                "unexpected_page", f"page {page.number} has no list of records at {where}; it has {found or 'nothing'}"
            )
        cursor, paging = self._settings.cursor, self._settings.paging
        following = _at(body, paging.next) if paging is not None and paging.next is not None else None
        total = _at(body, paging.total) if paging is not None and paging.total is not None else None
        return replace(
            page,
            records=len(records),
            cursor_values=tuple(_at(r, cursor.field) for r in records) if cursor is not None else (),
            following=str(following) if following not in (None, "") else None,
            total=int(total) if isinstance(total, int | str) and str(total).isdecimal() else None,
        )

    def _csv(self, page: Page) -> Page:
        cursor = self._settings.cursor
        try:
            rows = pl.read_csv(page.path, infer_schema=False)
        except pl.exceptions.NoDataError:
            return page
        except pl.exceptions.PolarsError as error:
            raise RetryableError("unexpected_page", f"page {page.number} is not CSV: cut short?") from error
        if cursor is not None and cursor.field not in rows.columns:
            raise RefusedError("unexpected_page", f"page {page.number} has no column {cursor.field}")
        values = tuple(rows.get_column(cursor.field)) if cursor is not None else ()
        return replace(page, records=rows.height, cursor_values=values)


def _sent(cursor: ApiCursor, after: Position) -> str:
    """A position as the API wants it."""
    if isinstance(after, int):
        return str(after)
    local = after.astimezone(ZoneInfo(cursor.zone))
    return local.strftime(cursor.format) if cursor.format is not None else local.isoformat().replace("+00:00", "Z")


def _at(body: Any, path: str) -> Any:
    """What lies at a dotted path, None when nothing does."""
    for step in path.split(".") if path else []:
        if not isinstance(body, dict):
            return None
        body = body.get(step)
    return body


def _with(url: str, params: dict[str, str]) -> str:
    """``url`` with these parameters set."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | params
    return urlunsplit(parts._replace(query=urlencode(query)))
