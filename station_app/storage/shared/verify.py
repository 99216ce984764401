"""Verification of the server: every hash of every chain recomputed here, from the rows as the server gives them.

A station's login verifies the station's own log, an auditor's login that of all stations and every sealed file. What is
found is what was changed, removed, added or reordered by other means than the functions. Rows cut off at the end together
with their head are found by the station, which compares the server's head with its own journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, text

from station_app.domain.chain import Row, genesis, record_hash
from station_app.domain.records import EpochStart, EvidenceCaptured, RecordError, decode_body
from station_app.services.ports import ChainBroken, SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.client import ROW_COLUMNS
from station_app.storage.shared.connection import make_engine, scalar, transaction

_PAGE_ROWS = 2000
FILE = "file"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first record of an epoch (or the file, ``chan`` "file") where the server does not hold what was delivered."""

    station: str
    chan: str
    epoch: int
    seq: int
    rec_id: str
    problem: str

    def __str__(self) -> str:
        if self.chan == FILE:
            return f"file {self.rec_id} of {self.station}: {self.problem}"
        name = f" (record {self.rec_id})" if self.rec_id else ""
        return f"{self.station} {self.chan} epoch {self.epoch} seq {self.seq}: {self.problem}{name}"


@dataclass(frozen=True, slots=True)
class _Head:
    station: str
    chan: str
    epoch: int
    last_seq: int
    last_hash: bytes


def verify_server(address: DatabaseAddress, *, files: bool = True) -> list[ChainFault]:
    """The faults of everything this login may read, at most the first of each epoch; empty when all is as delivered.

    ``files``: also read every file and compare it with its name. Raises SharedDatabaseError when the server cannot
    be asked, Refused for a login that is neither a station's nor an auditor's.
    """
    engine = make_engine(address)
    try:
        return _Verification(engine, address).faults(files)
    finally:
        engine.dispose()


class _Verification:
    """One pass over what a login may read."""

    def __init__(self, engine: Engine, address: DatabaseAddress) -> None:
        self._engine = engine
        self._address = address
        self._files: dict[str, str] = {}
        self._unreadable: list[ChainFault] = []
        with transaction(engine, address) as connection:
            self._auditor = bool(scalar(connection, "SELECT has_function_privilege('mes.audit_heads()', 'EXECUTE')"))

    def faults(self, files: bool) -> list[ChainFault]:
        """The first fault of every epoch, then the files."""
        found: list[ChainFault] = []
        heads = self._heads()
        for (station, chan), group in groupby(heads, key=lambda head: (head.station, head.chan)):
            hashes: dict[tuple[int, int], bytes] = {}
            epochs = list(group)
            parents = self._parents(epochs)
            for head in epochs:
                fault = self._first_fault(head, parents, hashes)
                found += [fault] if fault else []
        if files:
            found += self._file_faults()
        return found

    def _query(self, sql: str, **parameters: object) -> list[Any]:
        with transaction(self._engine, self._address) as connection:
            return list(connection.execute(text(sql), parameters).all())

    def _heads(self) -> list[_Head]:
        function = "audit_heads" if self._auditor else "log_heads"
        rows = self._query(f"SELECT station, chan, epoch, last_seq, last_hash FROM mes.{function}()")
        return [_Head(*row) for row in rows]

    def _rows(self, head: _Head, after_seq: int = 0) -> Iterator[Row]:
        """The rows of an epoch in pages, whatever the head says."""
        function = "audit_log(:station, " if self._auditor else "read_log("
        sql = f"SELECT {ROW_COLUMNS} FROM mes.{function}:chan, :epoch, :after_seq, :limit)"
        own = {"station": head.station} if self._auditor else {}
        while True:
            page = self._query(sql, chan=head.chan, epoch=head.epoch, after_seq=after_seq, limit=_PAGE_ROWS, **own)
            if not page:
                return
            yield from (Row(*values) for values in page)
            after_seq = page[-1][2]
