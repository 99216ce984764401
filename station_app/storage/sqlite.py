"""Connections to SQLite files: which library is used, and engines for the one writer and for readers.

The package ``pysqlite3`` carries a newer SQLite than Python itself and is used where it is installed: SQLite before
3.51.3 can corrupt a file when the write-ahead log is reset (sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

import functools
import importlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

SOUND_SINCE = (3, 51, 3)
BUSY_TIMEOUT_S = 5.0
READERS = 8

FULL = 13
CORRUPT = 11
NOT_A_DATABASE = 26
IO_ERROR = 10
CANNOT_OPEN = 14
READ_ONLY = 8

_log = logging.getLogger(__name__)


@functools.cache
def sqlite_module() -> ModuleType:
    """The DB-API module in use. Logs one warning when its SQLite has the WAL-reset bug."""
    try:
        module = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        module = importlib.import_module("sqlite3")
    if module.sqlite_version_info < SOUND_SINCE:
        _log.warning(
            "SQLite %s can corrupt a journal when its write-ahead log is reset (fixed in 3.51.3); "
            "install the package pysqlite3, which carries a newer one",
            module.sqlite_version,
        )
    return module


def _uri(path: Path, *options: str) -> str:
    return "&".join((path.absolute().as_uri() + "?" + options[0], *options[1:]))


def _connector(uri: str, pragmas: tuple[str, ...]) -> Callable[[], Any]:
    def connect() -> Any:
        connection = sqlite_module().connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S
        )
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


_DURABLE = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "mmap_size=0",
    "foreign_keys=ON",
    "recursive_triggers=ON",
)
_READING = ("mmap_size=0", "query_only=ON")


def writer_engine(path: Path, *pragmas: str, create: bool = False) -> Engine:
    """An engine for the one connection that writes ``path``: every transaction is BEGIN IMMEDIATE, every commit FULL.

    ``pragmas`` are set on connecting, after the ones for durability. The file must exist unless ``create``.
    """
    uri = _uri(path, "mode=rwc" if create else "mode=rw")
    engine = create_engine(
        "sqlite://", module=sqlite_module(), creator=_connector(uri, _DURABLE + pragmas), poolclass=NullPool
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: Path) -> Engine:
    """An engine of read-only connections for any thread; each statement sees the newest commit.

    A file in a folder that cannot be written, without a write-ahead log beside it, is read as it is.
    """
    return create_engine(
        "sqlite://",
        module=sqlite_module(),
        creator=_connector(_reading_uri(path), _READING),
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=READERS - 2,
    )


def open_writer(path: Path, *before: str, create: bool = False) -> Any:
    """A bare connection that writes ``path`` as durably as :func:`writer_engine`'s, for what is written in bulk.

    ``before``: pragmas that count only while a file is still empty. The caller says BEGIN and COMMIT.
    """
    return _connector(_uri(path, "mode=rwc" if create else "mode=rw"), before + _DURABLE)()


def open_reader(path: Path) -> Any:
    """A bare read-only connection, for what is read in bulk; may be used by one thread at a time."""
    return _connector(_reading_uri(path), _READING)()


def _reading_uri(path: Path) -> str:
    options = ["mode=ro"]
    if not os.access(path.absolute().parent, os.W_OK) and not wal_path(path).exists():
        options.append("immutable=1")
    return _uri(path, *options)


def wal_path(path: Path) -> Path:
    """The write-ahead log beside a file."""
    return path.with_name(path.name + "-wal")


def primary_code(error: BaseException) -> int | None:
    """SQLite's primary result code (13: full, 11: corrupt...) of an error of the library or of SQLAlchemy."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
