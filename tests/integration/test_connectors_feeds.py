"""Feeds of all kinds in one run: each lands what it has, none stops another, and no secret stays behind."""

from __future__ import annotations

import gzip
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.connectors import api
from ingest.connectors.feeds import Offer
from ingest.delivery import Api, ApiCursor, Database, LimitsOverride, ObjectStore, Paging
from ingest.landing import ARCHIVES, LandingZone
from orchestration import cli_catalog
from orchestration.pipeline import Workshop, land, parse
from orchestration.report import Log
from orchestration.sources import source_state
from tests.integration.hostile_source import Answer, Asked, HostileSource

HOURLY, DAILY, LIVE = "air__cnemc_station_hourly", "air__city_daily_published", "air__cnemc_station_live"
TOKEN = "s3cret-token-of-the-partner"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIMITS = LimitsOverride(
    attempts=2, total_s=2.0, connect_s=1.0, read_s=0.5, backoff_initial_s=0.001, backoff_max_s=0.01, jitter_s=0.001
)


@pytest.fixture
def source() -> Iterator[HostileSource]:
    with closing(HostileSource()) as served:
        yield served


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    monkeypatch.setenv("PARTNER_TOKEN", TOKEN)


def fixture(dataset: str) -> tuple[str, bytes]:
    path = next(p for p in (all_cards()[dataset].folder / "fixture").iterdir() if p.suffix in (".csv", ".json"))
    return path.name, path.read_bytes()


def fed(dataset: str, **delivery: Any) -> Card:
    card = all_cards()[dataset]
    clean = {"url": None, "url_name": None, "limits": LIMITS}
    return card.model_copy(update={"delivery": card.delivery.model_copy(update=clean | delivery)})


def shop_of(lake: Lake, *cards: Card) -> Workshop:
    return Workshop(lake, Log(quiet=True), {card.id: card for card in cards})


def names(lake: Lake, dataset: str) -> list[str]:
    return sorted(o.name for o in LandingZone(lake, dataset).objects)


def paged_by_token(source: HostileSource, path: str) -> Api:
    """A partner's API that wants a token, and what a card says of it."""
    features = json.loads(fixture(LIVE)[1])["features"]

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}" or asked.params.get("appid") != TOKEN:
            return Answer(b"", 401)
        page = int(asked.params.get("page", "1"))
        body = {"type": "FeatureCollection", "features": features[page - 1 : page], "total": len(features)}
        return Answer(json.dumps(body).encode())

    source.pages[path] = answer
    return Api(
        url=f"{source.url}{path}",
        name="sim_cnemc_live_{after}_{page}.json",
        records="features",
        headers={"Authorization": "Bearer ${PARTNER_TOKEN}"},
        params={"appid": "${PARTNER_TOKEN}"},
        paging=Paging(style="page", parameter="page", total="total"),
        cursor=ApiCursor(parameter="since", field="properties.timepoint", start="2019-01-01", zone="Asia/Shanghai"),
    )


def test_an_archive_offered_by_an_address_is_opened_like_a_local_one(lake: Lake, source: HostileSource) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2019/china_sites_20190701.csv", fixture(HOURLY)[1])
        archive.writestr("hangzhou_daily_aqi_2019.csv", fixture(DAILY)[1])
        archive.writestr("readme.txt", b"hello")
    source.files["/month.zip"] = packed.getvalue()
    shop = shop_of(lake, fed(HOURLY, url=f"{source.url}/month.zip"), fed(DAILY))

    assert land(shop, [], live=True) == 2
    assert {d: names(lake, d) for d in (HOURLY, DAILY, ARCHIVES)} == {
        HOURLY: ["china_sites_20190701.csv"],
        DAILY: ["hangzhou_daily_aqi_2019.csv"],
        ARCHIVES: ["month.zip"],
    }
    assert [n.message.split(":")[0] for n in shop.log.notes] == ["unclaimed"]
    # unchanged: the server is asked and says so; for other claims it has to come again
    assert land(shop, [], live=True) == 0
    assert len(source.asked) == 2
    assert '"etag"' in LandingZone(lake, ARCHIVES).objects[0].signature
    wider = fed(DAILY, patterns=["*_daily_aqi_*.csv", "readme.txt"])
    assert land(shop_of(lake, fed(HOURLY, url=f"{source.url}/month.zip"), wider), [], live=True) == 1


def test_a_single_packed_file_is_unpacked(lake: Lake, source: HostileSource) -> None:
    source.files["/china_sites_20190701.csv.gz"] = gzip.compress(fixture(HOURLY)[1], mtime=0)
    land(shop_of(lake, fed(HOURLY, url=f"{source.url}/china_sites_20190701.csv.gz")), [], live=True)
    assert names(lake, HOURLY) == ["china_sites_20190701.csv"]


def test_pages_of_an_api_are_parsed_like_files(lake: Lake, source: HostileSource) -> None:
    shop = shop_of(lake, fed(LIVE, api=paged_by_token(source, "/api")))
    pages = len(json.loads(fixture(LIVE)[1])["features"])
    assert land(shop, [], live=True) == pages
    assert [b.status for b in parse(shop)] == ["accepted"] * pages
    assert land(shop, [], live=True) == 0  # the same bytes, under whatever name
    assert [a.params["since"] for a in source.asked[::pages]] == [
        "2018-12-31T23:55:00+08:00",
        "2019-07-01T06:55:00+08:00",
    ]


def test_whatever_one_feed_does_the_next_is_asked(
    lake: Lake, source: HostileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, body = fixture(DAILY)
    source.files[f"/{name}"] = body
    offers = api.deliveries

    def broken(*arguments: Any, **options: Any) -> Iterator[Offer]:
        yield from offers(*arguments, **options)
        raise ZeroDivisionError(f"a bug that quotes {TOKEN}")

    monkeypatch.setattr(api, "deliveries", broken)
    shop = shop_of(
        lake,
        fed(LIVE, api=paged_by_token(source, "/api")),
        fed(HOURLY, url="${NOT_SET}/x.csv"),
        fed("weather__city_daily", url=f"{source.url}/gone.csv"),
        fed(DAILY, url=f"{source.url}/{name}"),
    )
    assert land(shop, [], live=True) == 5
    assert [(n.level, n.subject, n.message.split(":")[0]) for n in shop.log.notes] == [
        ("error", LIVE, "feed_failed"),
        ("info", HOURLY, "no address"),
        ("error", f"{source.url}/gone.csv", "http_status"),
    ]
    assert names(lake, DAILY) == [name]
    state = source_state(lake, shop.cards["weather__city_daily"])
    assert (state.state, state.transport) == ("never", "http")
    assert (state.last_error or "").startswith("http_status: ")


def test_no_secret_stays_in_the_lake_or_the_log(
    lake: Lake,
    source: HostileSource,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SOME_DB", f"postgresql://lake:{TOKEN}@127.0.0.1:1/levels?password={TOKEN}")
    stream = io.StringIO()
    source.pages["/denied"] = lambda asked: Answer(b"", 403)
    cards = [
        fed(LIVE, api=paged_by_token(source, "/api")),
        fed(DAILY, url=f"{source.url}/denied?token=" + "${PARTNER_TOKEN}", headers={"X-Token": "${PARTNER_TOKEN}"}),
        fed(HOURLY, database=Database(uri="${SOME_DB}", query="SELECT 1", name="x.parquet")),
        fed(
            "weather__city_daily",
            object_store=ObjectStore(
                url="s3://b/x", endpoint=source.url, access_key="${PARTNER_TOKEN}", secret_key="${PARTNER_TOKEN}"
            ),
        ),
    ]
    shop = Workshop(lake, Log(as_json=True, stream=stream), {card.id: card for card in cards})
    assert land(shop, [], live=True) > 0
    assert len([n for n in shop.log.notes if n.level == "error"]) == 3
    assert TOKEN not in f"{stream.getvalue()} {caplog.text}"
    assert [str(p) for p in lake.root.rglob("*") if p.is_file() and TOKEN.encode() in p.read_bytes()] == []
    assert [str(p) for p in lake.root.rglob("*") if TOKEN in str(p)] == []


def test_a_source_is_late_when_its_newest_value_is_older_than_promised(
    lake: Lake, source: HostileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2019, 7, 1, tzinfo=UTC).timestamp())))
    name, body = fixture(HOURLY)
    source.files[f"/{name}"] = body
    shop = shop_of(lake, fed(HOURLY, url=f"{source.url}/{name}"))
    land(shop, [], live=True)
    parse(shop)
    card = shop.cards[HOURLY]
    newest = source_state(lake, card).newest_at
    assert newest is not None and card.lateness_hours is not None
    sla = timedelta(hours=1 + card.lateness_hours)
    seen = []
    for beyond in (timedelta(0), timedelta(seconds=1)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((newest + sla + beyond).timestamp())))
        state = source_state(lake, card)
        seen.append((state.state, state.lag, state.objects, state.rows, state.bytes, state.last_error))
    assert seen == [("ok", sla, 1, 128, len(body), None), ("late", sla + timedelta(seconds=1), 1, 128, len(body), None)]

    # bytes that cannot be read came later: told, until something sound comes after them
    source.files[f"/{name}"] = b"nonsense,x\n1,2\n"
    land(shop, [], live=True)
    parse(shop)
    assert (source_state(lake, card).last_error or "").startswith(f"unexpected_header: {name}: ")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((newest + sla).timestamp()) + 60))
    source.files[f"/{name}"] = body + b"\n"
    land(shop, [], live=True)
    parse(shop)
    assert source_state(lake, card).last_error is None


def test_sources_are_told_to_machines_as_json(
    lake: Lake, source: HostileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, body = fixture(DAILY)
    source.files[f"/{name}"] = body
    land(shop_of(lake, fed(DAILY, url=f"{source.url}/{name}")), [], live=True)
    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
    app = typer.Typer()
    cli_catalog.register(app)
    told = CliRunner().invoke(app, ["sources", "--json"])
    assert told.exit_code == 0, told.output
    states = {row["dataset"]: row for row in json.loads(told.output)}
    assert sorted(states) == sorted(all_cards())
    assert {
        k: states[DAILY][k] for k in ("family", "state", "objects", "bytes", "rows", "arrived_at", "sla_hours")
    } == {
        "family": "air",
        "state": "late",  # landed, but no value was read yet
        "objects": 1,
        "bytes": len(body),
        "rows": 0,
        "arrived_at": "2026-11-22T00:00:00+00:00",
        "sla_hours": 24 + (all_cards()[DAILY].lateness_hours or 0),
    }
    table = CliRunner().invoke(app, ["sources"])
    assert table.exit_code == 0
    assert "逾期" in table.output
