"""Simulated data loggers: one sealed journal a day, as the receiver writes them, with the faults of real lines.

Hourly (2061), daily (2031), running state (2021) and running time (2041) of every outlet for the last week, 10-minute
data (2051) and real-time data (2011) of the last day's last hour. Faults, each in every day's journal: a packet with a
wrong CRC, noise, a heartbeat, a factor the register does not know, a packet sent again, and one sent corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

import numpy as np
import polars as pl

from ingest.datasets.ecology.outlet_register.simulate import ST, Outlet, outlets
from ingest.hj212.frame import build_frame
from ingest.hj212.record import encode, stamp
from ingest.simulate.feeds import Feed, World

DAYS = 7
LOCAL = timezone(timedelta(hours=8))
PEER = "192.0.2.10:40000"  # documentation address (RFC 5737)
# Flag of an hour, and how often: field data are mostly N
FLAGS, SHARES = ("N", "M", "F", "D"), (0.97, 0.015, 0.01, 0.005)
# CN → statistics sent, and minutes from one to the next
SENT = {
    "2061": (("Min", "Avg", "Max", "Cou"), 60),
    "2031": (("Min", "Avg", "Max", "Cou"), 1440),
    "2051": (("Avg",), 10),
    "2011": (("Rtd",), 5),
}
KEY = ["mn", "cn", "start"]


def simulate(world: World) -> Iterator[Feed]:
    """One journal a day."""
    days = world.last_days(DAYS)
    for day in days:
        values = _values(world, day, last=day == days[-1])
        packets = _packets(values)
        first = packets.row(0, named=True)
        corrected = values.filter(pl.all_horizontal(pl.col(c) == first[c] for c in KEY)).with_columns(
            value=pl.lit("0.5"), qn=pl.lit(f"{day:%Y%m%d}235959999")
        )
        frames = [_frame(p) for p in packets.iter_rows(named=True)]
        frames += [frames[1], *(_frame(p) for p in _packets(corrected).iter_rows(named=True))]
        yield Feed(
            name=f"sim_hj212_{day:%Y%m%d}.journal",
            content=_journal(day, [*frames, *_faulty(day, first["mn"])]),
            truth=_truth(values, corrected),
            quarantined={"bad_crc": 1, "noise": 1, "not_a_measurement": 1, "unresolved_name": 1},
            duplicates={
                "duplicate_identical": _rows_of(values, packets.row(1, named=True)),
                "duplicate_replaced": corrected.height,
            },
        )


def _values(world: World, day: date, *, last: bool) -> pl.DataFrame:
    """Every value of a day, as text, with its unit."""
    rng = world.rng(f"hj212 {day}")
    found = outlets(world)
    series = [_series(outlet, cn, day, rng) for outlet in found for cn in ("2061", "2031")]
    if last:
        series += [_series(outlet, cn, day, rng) for outlet in found for cn in ("2051", "2011")]
    series += [_device(outlet, day) for outlet in found]
    return pl.concat(series)


def _series(outlet: Outlet, cn: str, day: date, rng: np.random.Generator) -> pl.DataFrame:
    """One outlet's values of one kind of packet: a level that wanders, its spread, and the amount."""
    statistics, minutes = SENT[cn]
    midnight = datetime.combine(day, time())
    begins = midnight + timedelta(hours=23) if cn in ("2051", "2011") else midnight
    starts = pl.datetime_range(begins, midnight + timedelta(days=1), f"{minutes}m", closed="left", eager=True)
    n = len(starts)
    flags = rng.choice(FLAGS, p=SHARES, size=n)
    tables = []
    for factor in outlet.factors:
        level = factor.level * np.exp(rng.normal(0, 0.25, n))
        numbers = {"Min": 0.8 * level, "Avg": level, "Max": 1.3 * level, "Rtd": level, "Cou": level * minutes * 0.06}
        tables += [
            _rows(outlet, cn, starts, flags).with_columns(
                factor=pl.lit(factor.code),
                suffix=pl.lit(statistic),
                value=pl.Series([f"{v:.3f}" for v in numbers[statistic]]),
                unit=pl.lit(factor.amount_unit if statistic == "Cou" else factor.unit),
            )
            for statistic in statistics
            if statistic != "Cou" or factor.amount_unit is not None
        ]
    return pl.concat(tables)


def _device(outlet: Outlet, day: date) -> pl.DataFrame:
    """Running state at noon, and running time of the day."""
    noon = datetime.combine(day, time(12))
    parts = [("2021", noon, "RS", "1", "1"), ("2041", datetime.combine(day, time()), "RT", "23.5", "h")]
    return pl.concat(
        _rows(outlet, cn, pl.Series([start], dtype=pl.Datetime("us")), np.array([None])).with_columns(
            factor=pl.lit("SB1"), suffix=pl.lit(suffix), value=pl.lit(value), unit=pl.lit(unit)
        )
        for cn, start, suffix, value, unit in parts
    )


def _rows(outlet: Outlet, cn: str, starts: pl.Series, flags: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {"start": starts, "flag": pl.Series(flags.tolist(), dtype=pl.String)}, schema_overrides={"flag": pl.String}
    ).select(
        mn=pl.lit(outlet.mn),
        st=pl.lit(ST[outlet.medium]),
        cn=pl.lit(cn),
        qn=pl.col("start").dt.strftime("%Y%m%d%H%M%S") + "001",
        start="start",
        flag="flag",
    )


def _packets(values: pl.DataFrame) -> pl.DataFrame:
    """Values → one CP a packet."""
    named = pl.concat_str("factor", pl.lit("-"), "suffix", pl.lit("="), "value")
    items = values.group_by(*KEY, "st", "qn", "factor", "flag", maintain_order=True).agg(parts=named.str.join(","))
    flag = pl.concat_str(pl.lit(","), "factor", pl.lit("-Flag="), "flag").fill_null("")
    return items.group_by(*KEY, "st", "qn", maintain_order=True).agg(items=pl.concat_str("parts", flag).str.join(";"))


def _frame(packet: dict[str, object]) -> bytes:
    head = f"QN={packet['qn']};ST={packet['st']};CN={packet['cn']};PW=123456;MN={packet['mn']};Flag=5;"
    return build_frame(f"{head}CP=&&DataTime={packet['start']:%Y%m%d%H%M%S};{packet['items']}&&".encode()).rstrip()


def _faulty(day: date, mn: str) -> list[bytes]:
    head = f"QN={day:%Y%m%d}120000000;ST=32;CN=%s;PW=123456;MN={mn};Flag=5;"
    time_ = f"DataTime={day:%Y%m%d}120000"
    sound = build_frame(f"{head % '2061'}CP=&&{time_};w01018-Avg=40.0&&".encode()).rstrip()
    return [
        sound.replace(b"40.0", b"41.0"),
        b"\x00\x17AT+CSQ",  # a modem talking to itself
        build_frame(f"{head % '9015'}CP=&&&&".encode()).rstrip(),
        build_frame(f"{head % '2061'}CP=&&{time_};w99999-Avg=1.0,w99999-Flag=N&&".encode()).rstrip(),
    ]


def _journal(day: date, pieces: list[bytes]) -> bytes:
    """Records received from midnight on, a tenth of a second apart."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=LOCAL).astimezone(UTC)
    at = (stamp(midnight + timedelta(milliseconds=100 * n)) for n in range(len(pieces)))
    return b"".join(encode(received_at, PEER, piece) for received_at, piece in zip(at, pieces, strict=True))


def _truth(values: pl.DataFrame, corrected: pl.DataFrame) -> pl.DataFrame:
    """What the lake must hold: the corrected packet in place of the first."""
    rows = pl.concat(
        [values.join(corrected, on=[*KEY, "factor", "suffix"], how="anti", maintain_order="left"), corrected]
    )
    return rows.select(
        "mn",
        "st",
        "cn",
        "qn",
        "factor",
        "value",
        "unit",
        "flag",
        statistic=pl.col("suffix").str.to_lowercase(),
        interval_start_at=pl.col("start").dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC"),
    )


def _rows_of(values: pl.DataFrame, packet: dict[str, object]) -> int:
    return values.filter(pl.all_horizontal(pl.col(c) == packet[c] for c in KEY)).height
