"""A list of everything that was delivered, through an auditor's login: for counting independently of the application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import make_engine, transaction

_PAGE = text(
    "SELECT station, chan, epoch, seq, rec_id, kind FROM mes.station_log"
    " WHERE (station, chan, epoch, seq) > (:station, :chan, :epoch, :seq)"
    " ORDER BY station, chan, epoch, seq LIMIT 10000"
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record in the server's log: its place, identity and kind."""

    station: str
    chan: str
    epoch: int
    seq: int
    rec_id: str
    kind: str


def delivered_records(address: DatabaseAddress) -> Iterator[Delivered]:
    """Every record of every station in order of (station, chan, epoch, seq), read in portions.

    Raises SharedDatabaseError when the server cannot be asked, Refused for a login that is no auditor's.
    """
    engine = make_engine(address)
    last = Delivered("", "", 0, 0, "", "")
    try:
        while True:
            place = {"station": last.station, "chan": last.chan, "epoch": last.epoch, "seq": last.seq}
            with transaction(engine, address) as connection:
                page = [Delivered(*values) for values in connection.execute(_PAGE, place)]
            yield from page
            if not page:
                return
            last = page[-1]
    finally:
        engine.dispose()
