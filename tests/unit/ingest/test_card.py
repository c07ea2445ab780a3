"""Cards: a sound one says everything, a wrong one says what is wrong, and one wrong card stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ingest.card import (
    CARD_SCHEMA_FILE,
    DATASETS_ROOT,
    CardError,
    all_cards,
    card_schema_text,
    claim,
    load_card,
    readable_cards,
)

GOOD = yaml.safe_load((DATASETS_ROOT / "air" / "station_register" / "dataset.yml").read_text(encoding="utf-8"))


def write(root: Path, payload: object, name: str = "x") -> Path:
    folder = root / "air" / name
    folder.mkdir(parents=True)
    text = payload if isinstance(payload, str) else yaml.safe_dump(payload, allow_unicode=True)
    (folder / "dataset.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_id_is_the_path() -> None:
    assert all_cards()["weather__city_daily"].folder == DATASETS_ROOT / "weather" / "city_daily"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"titel": {"zh": "a", "en": "b"}}, r"titel: Extra inputs are not permitted"),
        ({"key": ["no_such_column"]}, r"key columns \['no_such_column'\] are not among the columns"),
        ({"time": {"zone": "Asia/Hangzhou", "label": "end", "interval": "PT1H"}}, r"unknown time zone 'Asia/Hangzhou'"),
        ({"cadence": "sometimes"}, r"cadence: Input should be 'minutes', 'hourly'"),
        ({"items": {"no_such_item": "X"}}, r"a card with items needs the columns 'item' and 'value'"),
    ],
)
def test_a_wrong_card_names_file_field_and_expectation(tmp_path: Path, change: dict[str, object], told: str) -> None:
    folder = write(tmp_path, GOOD | change)
    with pytest.raises(CardError, match=told) as error:
        load_card(folder)
    assert str(error.value).startswith("air/x/dataset.yml: ")


def test_a_card_that_is_not_yaml_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="not readable as YAML"):
        load_card(write(tmp_path, "title: {zh: [unclosed"))


def test_examples_are_checked_against_the_pattern(tmp_path: Path) -> None:
    payload = yaml.safe_load(yaml.safe_dump(GOOD))
    payload["columns"][0]["good"] = ["12"]
    with pytest.raises(CardError, match="good example '12' does not match"):
        load_card(write(tmp_path, payload))


def test_one_wrong_card_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "sound")
    write(tmp_path, "nonsense", "broken")
    cards, faults = readable_cards(tmp_path)
    assert list(cards) == ["air__sound"]
    assert len(faults) == 1


def test_rewording_a_card_does_not_parse_the_lake_again(tmp_path: Path) -> None:
    reworded = GOOD | {"description": {"zh": "新", "en": "new"}, "owner": {"zh": "甲", "en": "A"}}
    stricter = GOOD | {"sentinels": ["-"]}
    ids = [load_card(write(tmp_path, p, n)).build_id() for n, p in (("a", GOOD), ("b", reworded), ("c", stricter))]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("path", "dataset"),
    [
        ("air/china_sites_20190101.csv", "air__cnemc_station_hourly"),
        ("air/archive.tar.xz!yrd_sites_201901.csv", "air__cnemc_station_hourly"),
        ("long_station_hourly_2020/hangzhou.csv", "air__station_hourly_long"),
        ("weather/hangzhou.csv", "weather__city_daily"),
        ("inbox/weather__city_daily/anything.csv", "weather__city_daily"),
        ("air/hangzhou_daily_aqi_20131028_20181218_gbk.csv", "air__city_daily_published"),
        ("elsewhere/hangzhou.csv", None),
        ("readme.txt", None),
    ],
)
def test_files_are_claimed_by_name_and_folder(path: str, dataset: str | None) -> None:
    card = claim(path, all_cards().values())
    assert (card.id if card else None) == dataset


def test_the_published_schema_is_up_to_date() -> None:
    assert CARD_SCHEMA_FILE.read_text(encoding="utf-8") == card_schema_text(), "run `ecolake docs`"
