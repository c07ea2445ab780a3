"""What a card may say of its feed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ingest.delivery import Delivery

API = {"url": "https://x/api", "name": "a_{after}_{page}.json"}
CURSOR = {"parameter": "since", "field": "at", "start": "2026-01-01"}
DATABASE = {"uri": "${DB}", "query": "SELECT 1", "name": "x.parquet"}
SFTP = {"host": "h", "user": "u", "host_key": "${HOST_KEY}", "folder": "in"}


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        ({"url": "https://x", "api": API}, "url and api are several feeds"),
        ({"url": "https://x", "headers": {"X-Token": "abc"}}, r"header X-Token: a card holds no secrets"),
        ({"api": {**API, "headers": {"Authorization": "Bearer abc"}}}, "header Authorization: a card holds no secrets"),
        ({"api": {**API, "name": "a.json", "cursor": CURSOR}}, r"needs \{after\}"),
        ({"api": {**API, "name": "a.json", "paging": {"style": "page", "parameter": "p"}}}, r"needs \{page\}"),
        ({"api": {**API, "paging": {"style": "link"}}}, "paging by link needs 'next'"),
        ({"api": {**API, "paging": {"style": "offset", "parameter": "o"}}}, "paging by offset needs 'size'"),
        (
            {"api": {**API, "format": "csv", "paging": {"style": "link", "next": "n"}}},
            "a CSV body has no place for a link",
        ),
        ({"database": {**DATABASE, "uri": "postgresql://u:p@h/d"}}, "should match pattern"),
        ({"database": {**DATABASE, "query": "SELECT 1 WHERE :after > 1"}}, "a query with :after needs a cursor"),
        ({"object_store": {"url": "s3://b/p", "secret_key": "abc"}}, "should match pattern"),
        ({"object_store": {"url": "b/p"}}, "should match pattern"),
        ({"sftp": SFTP}, r"sftp needs password or private_key"),
        ({"sftp": {k: v for k, v in SFTP.items() if k != "host_key"} | {"password": "${P}"}}, "Field required"),
        ({"sftp": {**SFTP, "password": "abc"}}, "should match pattern"),
    ],
)
def test_a_feed_that_cannot_work_or_holds_a_secret_is_refused(feed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Delivery.model_validate({"patterns": ["*.json"], **feed})


@pytest.mark.parametrize(
    ("feed", "transport"),
    [
        ({}, "files"),
        ({"url": "https://x"}, "http"),
        ({"api": {**API, "cursor": CURSOR}}, "api"),
        ({"database": DATABASE}, "database"),
        ({"object_store": {"url": "s3://b/p"}}, "object_store"),
        ({"sftp": {**SFTP, "password": "${P}"}}, "sftp"),
    ],
)
def test_the_transport_is_that_of_the_feed(feed: dict[str, Any], transport: str) -> None:
    assert Delivery.model_validate({"patterns": ["*.json"], **feed}).transport == transport
