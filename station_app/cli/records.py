"""`station trace`, `verify` and `sync`: what is recorded, whether it is whole, and whether it is delivered."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import ENVIRONMENT, FOUND, fail, reporting, say, say_json, say_json_text, settings
from station_app.config import StationConfig
from station_app.domain.counts import counted

sync = typer.Typer(no_args_is_help=True, help="What waits for delivery, and delivering it now.")
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The station's station.toml.")]
DEFAULT_CONFIG = Path("station.toml")


def journal_path(config: StationConfig) -> Path:
    """Where a station's journal is."""
    return config.station.folder / "journal.sqlite"


@reporting
def trace(
    serial: Annotated[str, typer.Argument(help="The unit's serial number.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    pdf: Annotated[Path | None, typer.Option(help="Write the unit's dossier as PDF.")] = None,
) -> None:
    """Everything about a unit: order, instruction, steps, measurements, machine values, components, pictures."""
    from station_app.app.database import connect_shared_database
    from station_app.services.library import book_of
    from station_app.services.trace_text import trace_json, trace_text
    from station_app.services.tracing import Tracing
    from station_app.storage.evidence import FileEvidenceStore
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    evidence = FileEvidenceStore(config.station.folder / "evidence")
    database = connect_shared_database(config)
    with ThreadPoolExecutor(1) as pool, ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        book = book_of(journal.master)
        tracing = Tracing(journal, evidence, database, pool, lambda: book, lambda: True)
        try:
            unit = tracing.trace_now(serial)
            if pdf is not None:
                from station_app.app.dossier import make_dossier
                from station_app.storage.clock import SystemClock

                make_dossier(unit, pdf, tracing.picture, SystemClock())
        finally:
            database.close()
    if as_json:
        say_json_text(trace_json(unit).decode())
    else:
        sys.stdout.write(trace_text(unit))
    if pdf is not None:
        typer.echo(f"dossier written to {pdf}", err=True)


@reporting
def verify(
    config_file: ConfigFile = DEFAULT_CONFIG,
    local_only: Annotated[bool, typer.Option("--local", help="Leave the server out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Recompute the hash chains here and on the server, compare both, and name the first bad record.

    Exit code 1 when any is bad.
    """
    from station_app.app.verification import verify_station

    config = settings(config_file)
    report = verify_station(config, journal_path(config), with_server=not local_only)
    if as_json:
        say_json(
            {
                "station": config.station.path,
                "records": report.records,
                "server_compared": report.server_compared,
                "waiting": report.waiting,
                "faults": report.faults,
            }
        )
    else:
        for fault in report.faults:
            say(fault)
        compared = "here and on the server" if report.server_compared else "here"
        records, faults = counted(report.records, "record"), counted(len(report.faults), "fault")
        say(f"{records} verified {compared}, {report.waiting} waiting, {faults}.")
    if report.faults:
        raise typer.Exit(FOUND)


@sync.command("status")
@reporting
def sync_status(
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """How many records and pictures wait, as the journal knows. Works beside the running application."""
    from station_app.domain.chain import CHANNELS
    from station_app.services.ports import BlobState
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    with ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        channels = {
            chan: {
                "epoch": journal.epochs(chan)[-1].epoch,
                "last_seq": journal.epochs(chan)[-1].seq,
                "acked_epoch": journal.peer(chan).acked_epoch,
                "acked_seq": journal.peer(chan).acked_seq,
                "clock_offset_ms": journal.peer(chan).clock_offset_ms,
            }
            for chan in CHANNELS
        }
        waiting, pictures = journal.waiting(), len(journal.blobs(BlobState.WAITING))
        revision = journal.master_cursor()
    blocks = _blocks_waiting(config)
    if as_json:
        say_json(
            {
                "station": config.station.path,
                "waiting": waiting,
                "pictures_waiting": pictures,
                "trend_blocks_waiting": blocks,
                "master_revision": revision,
                "channels": channels,
            }
        )
        return
    say(
        f"{config.station.path}: {counted(waiting, 'record')}, {counted(pictures, 'picture')} and "
        f"{counted(blocks, 'block')} of machine data waiting, "
        f"master data revision {revision}"
    )
    for chan, values in channels.items():
        say(f"  {chan:5} " + ", ".join(f"{name} {value}" for name, value in values.items()))


def _blocks_waiting(config: StationConfig) -> int:
    from station_app.app.history import historian_path
    from station_app.storage.historian import BlockOutbox, Readers

    readers = Readers(historian_path(config), config.station.path)
    try:
        return BlockOutbox(readers, lambda _: None).count()
    finally:
        readers.close()


@sync.command("drain")
@reporting
def sync_drain(
    config_file: ConfigFile = DEFAULT_CONFIG,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, help="Give up after so many seconds.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Deliver what waits, without the application. Exit code 1 when something still waits, 3 without contact."""
    from station_app.app.verification import drain_station

    config = settings(config_file)
    state = drain_station(config, journal_path(config), timeout_s)
    if as_json:
        say_json({"station": config.station.path, "waiting": state.waiting, "connected": state.connected})
    if state.waiting:
        code = FOUND if state.connected else ENVIRONMENT
        still = "1 record still waits" if state.waiting == 1 else f"{state.waiting} records still wait"
        fail(f"{still}: {state.reason or 'time is over'}", code)
    if not as_json:
        say("Everything is delivered.")
