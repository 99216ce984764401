"""A raw connection to a journal file, as somebody with an SQLite shell would have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from station_app.storage.sqlite import sqlite_module

STATION = "plant/line1/ASM-10"


@contextmanager
def raw(path: Path, *, tamper: bool = False) -> Iterator[Any]:
    """Autocommit unless BEGIN is executed. ``tamper`` takes the triggers away for the time being."""
    connection = sqlite_module().connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'").fetchall()
        for name, _ in triggers if tamper else ():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers if tamper else ():
            connection.execute(sql)
    finally:
        connection.close()
