"""What happens before a journal is written to: creating a new file whole, or judging an existing one unchanged.

A new journal appears under its name only when it is complete and on disk, so an empty or half a file is
never an interrupted creation but always damage. An existing file is judged through a read-only connection: its
mark, schema, station, and whether the newest rows of every channel follow the chain. A file that was not closed
in good order is also given SQLite's quick check when that is quick; else it is left to ``station verify``.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from station_app.domain.chain import CHANNELS, ChainError, Row, check_chain, genesis
from station_app.services.ports import Head, JournalError, Peer
from station_app.storage.files import sync_folder
from station_app.storage.journal.faults import corrupt, journal_error
from station_app.storage.journal.schema import APPLICATION_ID, LOG, META, PEER, SCHEMA_VERSION, create_schema
from station_app.storage.journal.state import JournalState
from station_app.storage.sqlite import primary_code, reader_engine, wal_path, writer_engine

TAIL_ROWS = 100
QUICK_CHECK_BYTES = 32 << 20
_SQLITE_MARK = b"SQLite format 3\0"


def create_if_absent(path: Path, station: str) -> None:
    """Create an empty journal unless the file is there. Raises JournalError (JournalFull without room)."""
    if path.exists():
        return
    if wal_path(path).exists() and wal_path(path).stat().st_size > 0:
        raise corrupt(path, f"the file is missing but its write-ahead log {wal_path(path).name} is there")
    unfinished = path.with_name(path.name + ".new")
    try:
        _remove(unfinished)
        engine = writer_engine(unfinished, create=True)
        try:
            with engine.begin() as connection:
                create_schema(connection, station)
        finally:
            engine.dispose()
        if wal_path(unfinished).exists():
            # closing it found no room to bring the write-ahead log into the file, and SQLite does not say so
            _remove(unfinished)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    except (SQLAlchemyError, OSError) as error:
        raise journal_error(error, path, "creating it") from error


def _remove(unfinished: Path) -> None:
    for file in (unfinished, wal_path(unfinished), unfinished.with_name(unfinished.name + "-shm")):
        file.unlink(missing_ok=True)


def examine(path: Path, station: str) -> JournalState:
    """The state of an existing journal, which is read and not changed.

    Raises JournalCorrupt for a damaged file, JournalError for another station's, a newer one, or no permission.
    """
    check_mark(path)
    unclean = wal_path(path).exists() and wal_path(path).stat().st_size > 0
    engine = reader_engine(path)
    try:
        with engine.connect() as connection:
            check_identity(connection, path, station)
            if unclean and path.stat().st_size <= QUICK_CHECK_BYTES:
                _quick_check(connection, path)
            heads = {chan: _heads(connection, path, station, chan) for chan in CHANNELS}
            peers = {row.chan: Peer(row.acked_epoch, row.acked_seq, row.clock_offset_ms) for row in
                     connection.execute(select(PEER))}  # fmt: skip
    except SQLAlchemyError as error:
        if primary_code(error) is None:
            raise corrupt(path, str(error)) from error
        raise _reading_error(error, path) from error
    finally:
        engine.dispose()
    return JournalState(station, heads, peers)


def _reading_error(error: SQLAlchemyError, path: Path) -> JournalError:
    failure = journal_error(error, path, "opening it")
    sqlite_error = 1  # "no such table" and the like: the file is SQLite's and carries our mark, but lost its tables
    if primary_code(error) in (11, 26, sqlite_error):
        return corrupt(path, str(getattr(error, "orig", error)))
    return failure


def check_mark(path: Path) -> None:
    """Raises JournalError where there is no journal or it cannot be read, JournalCorrupt where the file is none."""
    try:
        with path.open("rb") as file:
            mark = file.read(len(_SQLITE_MARK))
        size_bytes = path.stat().st_size
    except FileNotFoundError as error:
        raise JournalError(
            f"there is no journal {path}: the station has not run here yet; start it once, or correct its folder"
        ) from error
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be read ({error}); check the path and its permissions"
        ) from error
    if size_bytes == 0:
        raise corrupt(path, "it is empty")
    if mark != _SQLITE_MARK:
        raise corrupt(path, "it is not an SQLite file")


def check_identity(connection: Connection, path: Path, station: str) -> None:
    """Raises JournalError unless the file is a journal of this station and of a schema that this version can use."""
    application_id = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if application_id != APPLICATION_ID:
        raise JournalError(f"{path} is an SQLite file but not a station's journal; check the path")
    if version != SCHEMA_VERSION:
        raise JournalError(
            f"the journal {path} has schema {version}, this version of the application uses {SCHEMA_VERSION}; "
            f"{'install the newer version' if version > SCHEMA_VERSION else 'it cannot be used'}. It was not changed"
        )
    owner = connection.execute(select(META.c.value).where(META.c.key == "station")).scalar_one_or_none()
    if owner != station:
        raise JournalError(
            f"the journal {path} belongs to the station {owner!r}, not to {station!r}; "
            f"correct the station's path or name another journal. It was not changed"
        )


def _quick_check(connection: Connection, path: Path) -> None:
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if verdict != "ok":
        raise corrupt(path, str(verdict))


def _heads(connection: Connection, path: Path, station: str, chan: str) -> dict[int, Head]:
    """The head of every epoch, each found by one step in the index, with the chain's end recomputed."""
    heads: dict[int, Head] = {}
    newest = select(LOG).where(LOG.c.chan == chan).order_by(LOG.c.epoch.desc(), LOG.c.seq.desc())
    query = newest
    while True:
        tail = [Row(*row) for row in connection.execute(query.limit(1 if heads else TAIL_ROWS + 1))]
        if not tail:
            return heads
        last = tail[0]
        rows = [row for row in reversed(tail) if row.epoch == last.epoch]
        _check_tail(path, station, rows)
        heads[last.epoch] = Head(last.epoch, last.seq, last.hash)
        query = newest.where(LOG.c.epoch < last.epoch)


def _check_tail(path: Path, station: str, rows: list[Row]) -> None:
    first = rows[0]
    try:
        if first.seq == 1:
            check_chain(rows, genesis(station, first.chan, first.epoch), 1)
        else:
            check_chain(rows[1:], first.hash, first.seq + 1)
    except ChainError as error:
        raise corrupt(path, str(error)) from error
