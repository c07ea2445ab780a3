"""Parser of HJ 212 packets: a sealed journal of the receiver, or any text in which packets stand (a vendor's log).

Structure only, and the meaning of DataTime: the moment for CN 2011 and 2021, the START of the interval for 2051, 2061,
2031 and 2041. A minute interval is taken as 10 min, the standard's default: a packet does not say its own, and the
spacing of neighbours would give the same packet another end in another file. The register knows the true one.
Factors are kept as sent; units come from the register (card: ``resolve``).
"""

from __future__ import annotations

from itertools import islice

import polars as pl

from ingest.hj212.replay import verdicts
from ingest.landing import LandedObject
from ingest.parsing import REJECT_SCHEMA, ParseResult, UnreadableObjectError

# CN → length of its interval
INTERVALS = {"2011": "0s", "2021": "0s", "2051": "10m", "2061": "1h", "2031": "1d", "2041": "1d"}
# suffix of a name in CP → (statistic, kind: the register has a unit for each)
STATISTICS = {
    "Rtd": ("rtd", "level"),
    "Min": ("min", "level"),
    "Avg": ("avg", "level"),
    "Max": ("max", "level"),
    "ZsRtd": ("zs_rtd", "level"),
    "ZsMin": ("zs_min", "level"),
    "ZsAvg": ("zs_avg", "level"),
    "ZsMax": ("zs_max", "level"),
    "Cou": ("cou", "amount"),
    "Data": ("data", "level"),
    "DayData": ("day_data", "level"),
    "NightData": ("night_data", "level"),
    "RS": ("rs", "state"),
    "RT": ("rt", "run_time"),
}
# parts that speak about their item's values and are no values themselves
ATTRIBUTES = {"Flag": "flag", "EFlag": "eflag", "SampleTime": "sample_time"}
# 32 MiB of packets cost 0.96 GB when exploded at once
PACKETS_AT_ONCE = 10_000
HEAD = ("mn", "st", "cn", "qn", "pnum")
PACKET_SCHEMA = pl.Schema({"line": pl.Int64, "segment": pl.String, **dict.fromkeys(HEAD, pl.String)})
NAMED = r"^([^=]*)-([A-Za-z]+)=(.*)$"
COLUMNS = (
    *("mn", "st", "cn", "qn", "factor", "statistic", "kind", "value", "flag", "eflag", "sample_time"),
    *("label_local", "end_local"),
)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per value: (mn, cn, factor, statistic) at a DataTime. What carries no value is a reject with its reason.

    ``line`` is the number of the packet in the file.
    """
    if not raw.strip():
        raise UnreadableObjectError("empty_file", "the file holds no data (0 bytes or white space only)")
    packets, rejects = _packets(raw)
    rows = [_rows(packets.clear())[0]]
    for part in packets.iter_slices(PACKETS_AT_ONCE):
        found, unusable = _rows(part)
        rows.append(found)
        rejects.append(unusable)
    return ParseResult(pl.concat(rows), pl.concat(rejects).sort("line", maintain_order=True))


def _packets(raw: bytes) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """One row per readable packet, and the others as rejects.

    ``data_time`` of a sub-packet without one is that of its siblings.
    """
    judged = verdicts(raw)
    sound, faulty = [pl.DataFrame(schema=PACKET_SCHEMA)], [pl.DataFrame(schema=REJECT_SCHEMA)]
    while some := list(islice(judged, PACKETS_AT_ONCE)):
        read = [(v.number, v.segment, v.head) for v in some if v.head is not None]
        columns = {name: [getattr(head, name) for _, _, head in read] for name in HEAD}
        texts = [segment.decode("utf-8", "backslashreplace") for _, segment, _ in read]
        sound.append(pl.DataFrame({"line": [n for n, _, _ in read], "segment": texts, **columns}, schema=PACKET_SCHEMA))
        unread = [(v.number, v.code, v.raw.decode("utf-8", "backslashreplace")) for v in some if v.head is None]
        faulty.append(pl.DataFrame(unread, schema=REJECT_SCHEMA, orient="row"))
    if len(sound) == 1:
        raise UnreadableObjectError("no_packets", "no HJ 212 packet (##, length, segment, CRC) stands in this file")
    cp = pl.col("segment").str.split_exact("CP=&&", 1).struct.field("field_1").str.strip_suffix("&&")
    dated = pl.concat(sound).with_columns(cp=cp, data_time=cp.str.extract(r"(?:^|;)DataTime=(\d{14})"))
    siblings = pl.when(pl.col("pnum") != "").then(pl.col("data_time").max().over("mn", "cn", "qn"))
    return dated.with_columns(data_time=pl.coalesce("data_time", siblings)), faulty


def _rows(packets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Values of some packets, and rejects for what is none."""
    is_measured = pl.col("cn").is_in(list(INTERVALS))
    measured = packets.filter(is_measured)
    items = _items(measured)
    rows, unusable = _values(items)
    others = packets.filter(~is_measured).select("line", reason=pl.lit("not_a_measurement"), raw="segment")
    hollow = measured.join(items, on="line", how="anti").select("line", reason=pl.lit("no_value"), raw="segment")
    return rows, pl.concat([others, hollow, unusable])


def _items(packets: pl.DataFrame) -> pl.DataFrame:
    """One row per item of CP, DataTime aside."""
    return (
        packets.with_columns(item=pl.col("cp").str.split(";"))
        .explode("item")
        .filter((pl.col("item") != "") & ~pl.col("item").str.starts_with("DataTime="))
        .with_columns(
            **{name: pl.col("item").str.extract(rf"-{suffix}=([^,]*)") for suffix, name in ATTRIBUTES.items()},
            **_interval(),
        )
        .with_row_index("number")
    )


def _interval() -> dict[str, pl.Expr]:
    start = pl.col("data_time").str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")
    length = pl.col("cn").replace_strict(INTERVALS, default=None, return_dtype=pl.String)
    return {"label_local": start, "end_local": start.dt.offset_by(length)}


def _values(items: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Values of the items, and rejects for what is no value."""
    named = pl.col("part").str.extract_groups(NAMED).struct
    parts = (
        items.with_columns(part=pl.col("item").str.split(","))
        .explode("part")
        .with_columns(factor=named.field("1"), suffix=named.field("2"), value=named.field("3"))
        .with_columns(
            statistic=pl.col("suffix").replace_strict({k: s for k, (s, _) in STATISTICS.items()}, default=None),
            kind=pl.col("suffix").replace_strict({k: kind for k, (_, kind) in STATISTICS.items()}, default=None),
        )
    )
    is_value = pl.col("statistic").is_not_null() & (pl.col("factor") != "")
    rows = parts.filter(is_value).select("line", *COLUMNS)
    is_attribute = pl.col("suffix").is_in(list(ATTRIBUTES)).fill_null(value=False)
    reason = (
        pl.when(pl.col("suffix").is_null()).then(pl.lit("not_a_measurement")).otherwise(pl.lit("unknown_statistic"))
    )
    strange = parts.filter(~is_value & ~is_attribute).select("line", reason=reason, raw="part")
    # an item of attributes alone says that there is no value, which must not vanish
    empty = items.join(parts.filter(is_value | ~is_attribute).select("number").unique(), on="number", how="anti")
    return rows, pl.concat([strange, empty.select("line", reason=pl.lit("no_value"), raw="item")])
