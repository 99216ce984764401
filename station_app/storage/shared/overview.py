"""What the line-overview window and the reports read: through a login of the group ``mes_reader``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, text

from station_app.domain.status import LineStation, StationStatus
from station_app.domain.trend import StoredTag
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import make_engine, transaction
from station_app.storage.shared.line_past import LineQueries
from station_app.storage.shared.unit_queries import UnitQueries


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that landed and could not be flattened: where it stands and why. ``sqlstate`` MES10 waits for a migration."""

    station: str
    chan: str
    epoch: int
    seq: int
    rec_id: str
    kind: str
    sqlstate: str
    message: str
    attempts: int


class LineReader(LineQueries, UnitQueries):
    """Reads the line from the shared database. Blocking; may be used from several threads.

    Every verb raises a SharedDatabaseError (services/ports) for failures of the environment.
    """

    trace_function = "mes.trace_any"

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self._engine = make_engine(address)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with transaction(self._engine, self._address) as connection:
            yield connection

    def line_status(self) -> list[LineStation]:
        """Every station of the shared database, in order of their paths, also those that never spoke."""
        with self._transaction() as connection:
            found = connection.execute(text("SELECT station, status, contact_age_s FROM mes.line_status()")).all()
        return [LineStation(_read_status(station, status), age_s) for station, status, age_s in found]

    def stored_tags(self, station: str) -> list[StoredTag]:
        """Every tag of a station that has delivered blocks, with how many samples there are."""
        sql = text("SELECT tag, count, start_us, end_us FROM mes.trend_tags(:station)")
        with self._transaction() as connection:
            return [StoredTag(*row) for row in connection.execute(sql, {"station": station})]

    def quarantine(self, limit: int = 1000) -> list[Quarantined]:
        """The records in quarantine that nobody has resolved, by station, channel, epoch and seq."""
        sql = text(
            "SELECT station, chan, epoch, seq, rec_id, kind, sqlstate, message, attempts FROM mes.quarantine"
            " WHERE resolved_by IS NULL ORDER BY station, chan, epoch, seq LIMIT :limit"
        )
        with self._transaction() as connection:
            return [Quarantined(*values) for values in connection.execute(sql, {"limit": limit})]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _read_status(station: str, status: bytes | None) -> StationStatus:
    """A station's status under the path of its login; one that cannot be read must not blind the overview."""
    name = station.rsplit("/", 1)[-1]
    if status is None:
        return StationStatus(station=station, name=name, state=0, state_text="never in contact", sent_us=0)
    try:
        known = msgspec.json.decode(status, type=StationStatus)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return StationStatus(station=station, name=name, state=0, state_text="status cannot be read", sent_us=0)
    return msgspec.structs.replace(known, station=station)
