"""The sub-commands ``hj212 serve``, ``replay``, ``send`` and ``prune``: words in, one call, words out.

Exit codes: 0 well · 1 failed · 2 the call was wrong · 3 done, but some packets are wrong or were not answered.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from catalog.lake import Lake

if TYPE_CHECKING:
    from ingest.hj212.client import Sent
    from ingest.hj212.server import Receiver, Settings

app = typer.Typer(no_args_is_help=True, help="Receive, check and send HJ 212 packets of pollution-source monitors.")
console = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)

FAILED, WRONG, TROUBLED = 1, 2, 3
REPORT_S = 60.0
DATASET = "ecology__pollution_source_online"

Target = Annotated[str, typer.Option("--to", help="Receiver, as host:port.")]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 chooses a free one.")] = 2120,
    max_connections: Annotated[int, typer.Option(min=1)] = 5_000,
    max_segment: Annotated[int, typer.Option(min=1, max=9999, help="Longest data segment that is answered.")] = 1024,
    seal_minutes: Annotated[float, typer.Option(min=0.01, help="Age at which a journal file is handed over.")] = 10.0,
    senders: Annotated[Path | None, typer.Option(help="CSV mn,pw: answer only these data loggers.")] = None,
) -> None:
    """Receive packets until stopped (Ctrl-C); each is answered once it is on disk.

    Journals go below the lake, to journal/hj212; `ecolake run --source` takes that folder.
    """
    from ingest.hj212.journal import Journal, JournalError, journal_folder
    from ingest.hj212.senders import SendersError, listed
    from ingest.hj212.server import Receiver, Settings

    folder = journal_folder(Lake.from_env())
    settings = Settings(host=host, port=port, max_connections=max_connections, max_segment_bytes=max_segment)
    try:
        admits = listed(senders) if senders else None
        journal = Journal(folder, max_age_s=seal_minutes * 60)
        if journal.cut_bytes:
            errors.print(f"the last receiver was killed: {journal.cut_bytes} unacknowledged bytes cut off its journal")
        receiver = Receiver(journal, settings, admits=admits)
        asyncio.run(_serve(receiver, settings))
    except SendersError as error:
        raise _fail(error, WRONG) from error
    except (JournalError, OSError) as error:
        raise _fail(error, FAILED) from error
    console.print(json.dumps(receiver.counts, sort_keys=True))


@app.command()
def replay(
    path: Annotated[Path, typer.Argument(help="Journal, vendor's log, or one packet a line.", exists=True)],
    to: Target = "",
    max_segment: Annotated[int, typer.Option(min=1, max=9999)] = 1024,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a packet.")] = False,
) -> None:
    """Give a verdict on each packet of a file; with --to, send all of them again."""
    from ingest.hj212.replay import sendable, verify

    codes: Counter[str] = Counter()
    for verdict in verify(path, max_segment):
        codes[verdict.code] += 1
        head = verdict.head
        facts = {
            "packet": verdict.number,
            "verdict": verdict.code,
            "bytes": len(verdict.raw),
            **({"mn": head.mn, "cn": head.cn, "qn": head.qn, "edition": head.edition} if head else {}),
        }
        console.print(json.dumps(facts) if as_json else "  ".join(str(v) for v in facts.values()), markup=False)
    told = ", ".join(f"{n} {code}" for code, n in sorted(codes.items())) or "no packets"
    errors.print(f"{sum(codes.values())} packets: {told}")
    silent = _tell(_exchange(to, list(sendable(path)))) if to else 0
    if silent or set(codes) - {"ok"} or not codes:
        raise typer.Exit(TROUBLED)


@app.command()
def send(
    segments: Annotated[list[str], typer.Argument(help="Data segments: QN=…;ST=…;CN=…;PW=…;MN=…;Flag=5;CP=&&…&&")],
    to: Target = "127.0.0.1:2120",
) -> None:
    """Frame data segments (##, length, CRC), send them, and wait for the answers."""
    from ingest.hj212.frame import build_frame

    try:
        frames = [build_frame(segment.encode()) for segment in segments]
    except ValueError as error:
        raise _fail(error, WRONG) from error
    if _tell(_exchange(to, frames)):
        raise typer.Exit(TROUBLED)


@app.command()
def prune(
    keep_days: Annotated[float, typer.Option(min=0, help="Keep what is younger.")] = 7.0,
) -> None:
    """Remove journal files that are safe in the landing zone and older than a week."""
    from ingest.hj212.journal import journal_folder
    from ingest.hj212.journal import prune as remove_landed
    from ingest.landing import LandingZone, now

    lake = Lake.from_env()
    landing = LandingZone(lake, DATASET)
    older_than = now() - timedelta(days=keep_days)
    removed = remove_landed(journal_folder(lake), is_landed=landing.is_unchanged, older_than=older_than)
    errors.print(f"{len(removed)} journal files removed; their bytes are in the landing zone")


async def _serve(receiver: Receiver, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, receiver.stop)

    def ready(listening: Receiver) -> None:
        errors.print(f"listening on {settings.host}:{listening.port}")

    reporting = asyncio.create_task(_report(receiver))
    try:
        await receiver.serve(ready)
    finally:
        reporting.cancel()


async def _report(receiver: Receiver) -> None:
    """Once a minute, what was received so far: for whoever watches, and for the log."""
    while True:
        await asyncio.sleep(REPORT_S)
        state = {"open": len(receiver.connections), "pending_bytes": receiver.commits.pending_bytes, **receiver.counts}
        errors.print(json.dumps(state, sort_keys=True))


def _exchange(target: str, frames: list[bytes]) -> Sent:
    from ingest.hj212.client import send as send_frames

    host, _, port = target.rpartition(":")
    if not host or not port.isdigit():
        raise _fail(f"--to {target}: expected host:port, such as 127.0.0.1:2120", WRONG)
    try:
        return asyncio.run(send_frames(host.strip("[]"), int(port), frames))
    except OSError as error:
        raise _fail(f"{target}: {error}", FAILED) from error


def _tell(sent: Sent) -> int:
    """Print what became of the packets; returns how many were not answered."""
    errors.print(
        f"sent: {len(sent.answered)} answered, {len(sent.silent)} not answered, {sent.unasked} asked for no answer, "
        f"{sent.resent} sent again"
    )
    return len(sent.silent)


def _fail(what: object, code: int) -> typer.Exit:
    errors.print(f"[red]ecolake hj212:[/] {what}")
    return typer.Exit(code)
