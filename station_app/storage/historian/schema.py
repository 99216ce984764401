"""The historian's file: its tables, and how it is made and judged.

``tail``: samples that are not sealed yet, as they came. ``block`` with ``level`` 0: the summary of a sealed block;
with level 1 and more: of 16 summaries of the level below. ``content``: a block's bytes. ``waiting``: blocks that the
shared database is not known to have. ``gap``: stretches without values, ``tag`` 0 for all tags, ``open`` while
the newest sealed sample is Bad.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from station_app.services.ports import HistorianError
from station_app.storage.sqlite import (
    CORRUPT,
    NOT_A_DATABASE,
    open_reader,
    open_writer,
    primary_code,
    sqlite_module,
)

APPLICATION_ID = 0x53484953
SCHEMA_VERSION = 1
PAGE_BYTES = 4096
"""A save writes whole pages, once a second: small ones spare the disk. Blocks of more than a page fill theirs to the end."""
CHECKPOINT_PAGES = 1000

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, longest_us INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE status (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tail (
    seq INTEGER PRIMARY KEY, tag INTEGER NOT NULL, time_us INTEGER NOT NULL, value ANY, quality INTEGER NOT NULL,
    status INTEGER NOT NULL
) STRICT;
CREATE TABLE block (
    tag INTEGER NOT NULL, level INTEGER NOT NULL, start_us INTEGER NOT NULL, id INTEGER NOT NULL,
    end_us INTEGER NOT NULL, count INTEGER NOT NULL, usable INTEGER NOT NULL, uncertain INTEGER NOT NULL,
    bad INTEGER NOT NULL, first REAL, last REAL, minimum REAL, maximum REAL, mean REAL, parts BLOB NOT NULL,
    PRIMARY KEY (tag, level, start_us, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE content (
    id INTEGER PRIMARY KEY, tag INTEGER NOT NULL, start_us INTEGER NOT NULL, sealed_us INTEGER NOT NULL,
    boot_id TEXT NOT NULL, mono_ns INTEGER NOT NULL, codec INTEGER NOT NULL, sha256 BLOB NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE gap (
    id INTEGER PRIMARY KEY, tag INTEGER NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER NOT NULL,
    kind TEXT NOT NULL, reason TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX gap_time ON gap (tag, end_us);
CREATE TABLE alive (
    one INTEGER PRIMARY KEY CHECK (one = 1), wall_us INTEGER NOT NULL, mono_ns INTEGER NOT NULL, boot_id TEXT NOT NULL,
    closed INTEGER NOT NULL
) STRICT;
"""


def open_file(path: Path, station: str, damaged: str = "") -> tuple[Any, str]:
    """The read-write connection to the station's historian file, made where it is missing, and what was found damaged.

    A file that cannot be used is moved aside and kept, and a new one begins, because lost trends must not stop the work:
    one that is damaged (``damaged`` says how it showed itself to be), of another station or of a newer version.
    Raises HistorianError when there is no room or no right to do so.
    """
    told = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and (reason := damaged or _unusable(path, station)):
            kept = _move_aside(path)
            told = f"the historian's file could not be used ({reason}); it was kept as {kept.name} and a new one begun"
        connection = open_writer(path, f"page_size={PAGE_BYTES}", "auto_vacuum=INCREMENTAL", create=True)
        try:
            connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}").fetchall()
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                _create(connection, station)
        except BaseException:
            connection.close()
            raise
    except (sqlite_module().Error, OSError) as error:
        raise HistorianError(f"the historian's file {path} cannot be opened: {error}") from error
    return connection, told


def _create(connection: Any, station: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('station', ?)", (station,))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("COMMIT")


def _unusable(path: Path, station: str) -> str:
    """Why the file cannot be used; empty when it can. An empty file is one whose creation was interrupted."""
    if path.stat().st_size == 0:
        return ""
    module = sqlite_module()
    try:
        connection = open_reader(path)
        try:
            return identity_fault(connection, station)
        finally:
            connection.close()
    except module.DatabaseError as error:
        if primary_code(error) in (CORRUPT, NOT_A_DATABASE, 1):
            return str(error)
        raise


def identity_fault(connection: Any, station: str) -> str:
    """Why an open file is not this station's historian of this version; empty when it is."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application_id == 0 and version == 0 and tables == 0:
        return ""
    if application_id != APPLICATION_ID:
        return "it is not a historian's file"
    if version != SCHEMA_VERSION:
        return f"it is of version {version}, this application knows {SCHEMA_VERSION}"
    (owner,) = connection.execute("SELECT value FROM meta WHERE key = 'station'").fetchone()
    return "" if owner == station else f"it belongs to the station {owner}"


def _move_aside(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.kept-{time.time_ns() // 1_000_000}")
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    path.replace(kept)
    return kept


def file_identity(path: Path) -> tuple[int, int] | None:
    """Tells a file from another one under its name; None when there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
