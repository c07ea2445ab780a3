"""How a dataset's files arrive: the ``delivery`` part of a card.

Settings only: names of files, and at most one feed to ask. Secrets stand in the environment and are named here as
``${NAME}``. Does not belong here: carrying the settings out (``ingest.connectors``), or what the bytes mean (parsers).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ingest.fields import Model

Secret = Annotated[str, StringConstraints(pattern=r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$")]
SECRET_HEADER = re.compile(r"authorization|token|key|secret|cookie|password|signature", re.IGNORECASE)


class LimitsOverride(Model):
    """Bounds of asking a feed; what is left out is as in ``connectors.limits.Limits``."""

    attempts: int | None = Field(default=None, ge=1)
    total_s: float | None = Field(default=None, gt=0)
    connect_s: float | None = Field(default=None, gt=0)
    read_s: float | None = Field(default=None, gt=0)
    backoff_initial_s: float | None = Field(default=None, ge=0)
    backoff_max_s: float | None = Field(default=None, ge=0)
    jitter_s: float | None = Field(default=None, ge=0)
    retry_after_max_s: float | None = Field(default=None, ge=0)


class Cursor(Model):
    """Where a feed is asked to go on: the newest ``field`` seen, less ``overlap_s``.

    The overlap asks again for what a slow transaction or a clock behind its time may have put below the cursor.
    ``zone`` is that of timestamps without one; ``format`` is how an API wants the instant written, in that zone
    (without it: ISO 8601 with the zone).
    """

    field: str
    kind: Literal["timestamp", "integer"] = "timestamp"
    start: str
    overlap_s: int = Field(default=300, ge=0)
    zone: str = "UTC"


class ApiCursor(Cursor):
    """``parameter`` carries the cursor; ``field`` is its dotted path in a record (a column, in CSV)."""

    parameter: str
    format: str | None = None


class Paging(Model):
    """How one page leads to the next.

    ``page``: ``parameter`` = 1, 2, 3 … · ``offset``: ``parameter`` = 0, size, 2·size … · ``link``: the address of the
    next page stands in the body at ``next`` · ``token``: what stands in the body at ``next`` is sent as ``parameter``.
    Page and offset end at the first page without records, or when ``total`` (dotted path of the number of all
    records) is reached: a page shorter than asked for may only mean that the server gives less.
    """

    style: Literal["page", "offset", "link", "token"]
    parameter: str | None = None
    first: int = 1
    size: int | None = Field(default=None, gt=0)
    size_parameter: str | None = None
    next: str | None = None
    total: str | None = None
    max_pages: int = Field(default=1000, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"page": ["parameter"], "offset": ["parameter", "size"], "link": ["next"]}
        for field in needed.get(self.style, ["parameter", "next"]):
            if getattr(self, field) is None:
                raise ValueError(f"paging by {self.style} needs {field!r}")
        return self


class Api(Model):
    """Records over HTTP, page by page. ``records``: dotted path of their list in the JSON, empty for the body itself.

    ``name`` is the template of the objects' names: ``{after}`` the cursor asked with, ``{page}``, ``{now:%Y%m%d}``.
    """

    url: str
    name: str
    format: Literal["json", "csv"] = "json"
    records: str = ""
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    paging: Paging | None = None
    cursor: ApiCursor | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _secrets_from_environment(self.headers)
        if self.paging is not None and "{page" not in self.name:
            raise ValueError(f"name {self.name!r} needs {{page}}: else every page would replace the one before")
        if self.cursor is not None and "{after" not in self.name:
            raise ValueError(f"name {self.name!r} needs {{after}}: else news would replace what came before")
        if self.format == "csv" and self.paging is not None and (self.paging.style in ("link", "token")):
            raise ValueError("a CSV body has no place for a link or token to the next page; page by page or offset")
        return self


class Database(Model):
    """Rows of a query; ``:after`` in it is bound to the cursor, as ``cursor_type`` of the database.

    ``uri`` is one variable as a whole (``${NAME}``), for it holds a password. ``name``: as in :class:`Api`.
    """

    uri: Secret
    query: str
    name: str
    cursor: Cursor | None = None
    cursor_type: str = Field(default="timestamptz", pattern=r"^[a-z][a-z0-9 ]*$")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.cursor is not None) != (":after" in self.query):
            raise ValueError("a query with :after needs a cursor, and a cursor needs :after in the query")
        if self.cursor is not None and "{after" not in self.name:
            raise ValueError(f"name {self.name!r} needs {{after}}: else news would replace what came before")
        return self


class ObjectStore(Model):
    """Objects below ``s3://bucket/prefix``; without keys the bucket is asked anonymously."""

    url: str = Field(pattern=r"^s3://[^/]+(/.*)?$|^\$\{[A-Za-z_][A-Za-z0-9_]*\}$")
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: Secret | None = None
    secret_key: Secret | None = None


class Sftp(Model):
    """Files of a folder on an SSH server.

    ``host_key`` (type and key, as in known_hosts) is not optional: a server that cannot prove who it is could hand
    over anything. ``settle_s``: a file that changes within so many seconds is still being written and is left for
    the next time.
    """

    host: str
    port: int = 22
    user: str
    host_key: Secret
    password: Secret | None = None
    private_key: Secret | None = None
    folder: str = "."
    glob: str = "*"
    settle_s: float = Field(default=2.0, ge=0)

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.password is None and self.private_key is None:
            raise ValueError("sftp needs password or private_key, each as ${NAME}")
        return self


class Delivery(Model):
    """How the data arrive.

    ``patterns`` claim files by name (shell globs), where ``parents`` is given only below a folder of such a name (globs
    too); ``name_parts`` parts of the path then make the published name, for providers that call every month's file the
    same and tell them apart by folders. ``url`` is the live address, ``url_name`` the template its files are named by
    (see ``connectors.addresses``). Instead of
    ``url`` one other feed may be named. ``period_pattern`` reads the period from a file name (groups ``year``,
    ``month``, optional ``day``), so that a partition can be parsed alone.
    """

    patterns: list[str] = Field(min_length=1)
    parents: list[str] = []
    name_parts: int = Field(default=1, ge=1)
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    url: str | None = None
    url_name: str | None = None
    headers: dict[str, str] = {}
    api: Api | None = None
    database: Database | None = None
    object_store: ObjectStore | None = None
    sftp: Sftp | None = None
    limits: LimitsOverride = LimitsOverride()
    max_object_mib: int = Field(default=64, gt=0)
    period_pattern: str | None = None

    @model_validator(mode="after")
    def _one_feed(self) -> Self:
        _secrets_from_environment(self.headers)
        feeds = [n for n in ("url", "api", "database", "object_store", "sftp") if getattr(self, n) is not None]
        if len(feeds) > 1:
            raise ValueError(f"{' and '.join(feeds)} are several feeds: a dataset has one; make a dataset of each")
        return self

    @property
    def transport(self) -> str:
        """What carries the data here: ``files`` when no feed is named."""
        names = {"url": "http", "api": "api", "database": "database", "object_store": "object_store", "sftp": "sftp"}
        return next((shown for field, shown in names.items() if getattr(self, field) is not None), "files")


def _secrets_from_environment(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        if SECRET_HEADER.search(name) and "${" not in value:
            raise ValueError(f"header {name}: a card holds no secrets; name a variable of the environment: ${{NAME}}")
