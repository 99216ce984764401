"""Every record's place and name, read straight from the tables of a journal or of the shared database.

For counting and comparing: no hash, no fold and no function of the application stands between the tables and the list.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from station_app.storage.sqlite import reader_engine

COLUMNS = ("station", "chan", "epoch", "seq", "rec_id", "kind")


@dataclass(frozen=True, slots=True, order=True)
class LogLine:
    """One record of a log."""

    station: str
    chan: str
    epoch: int
    seq: int
    rec_id: str
    kind: str

    def values(self) -> tuple[str | int, ...]:
        """The fields in the order of COLUMNS."""
        return astuple(self)


def journal_lines(path: Path, station: str) -> list[LogLine]:
    """Every record in a journal's file, in order."""
    engine = reader_engine(path)
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT chan, epoch, seq, rec_id, kind FROM log ORDER BY chan, epoch, seq"))
            return [LogLine(station, *row) for row in found]
    finally:
        engine.dispose()


def server_lines(admin_url: str) -> list[LogLine]:
    """Every record of every station in the shared database, in order; ``admin_url`` is its owner's."""
    engine = create_engine(admin_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            query = "SELECT station, chan, epoch, seq, rec_id::text, kind FROM mes.station_log ORDER BY 1, 2, 3, 4"
            return [LogLine(*row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()
