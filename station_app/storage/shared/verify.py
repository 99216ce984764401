"""Verification of the server: every hash of every chain recomputed here, from the rows as the server gives them.

A station's login verifies the station's own log, an auditor's login that of all stations and every sealed file. What is
found is what was changed, removed, added or reordered by other means than the functions. Rows cut off at the end together
with their head are found by the station, which compares the server's head with its own journal.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, text

from station_app.domain.chain import Row, content_hash, genesis, record_hash
from station_app.domain.records import EpochStart, EvidenceCaptured, RecordError, decode_body
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import make_engine, transaction
from station_app.storage.shared.line_past import ROW_COLUMNS

PAGE_ROWS = 2000
PATIENCE_S = 600.0  # an auditor asks for the epochs of the whole log at once
FILE = "file"
MASTER = "master"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first record of an epoch where the server does not hold what was delivered.

    Besides records: a file (``chan`` "file", ``rec_id`` its SHA-256) or a revision of master data ("master", ``seq``).
    """

    station: str
    chan: str
    epoch: int
    seq: int
    rec_id: str
    problem: str

    def __str__(self) -> str:
        if self.chan == FILE:
            return f"file {self.rec_id} of {self.station}: {self.problem}"
        if self.chan == MASTER:
            return f"master data revision {self.seq} {self.rec_id}: {self.problem}"
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
    address = replace(address, answer_timeout_s=max(address.answer_timeout_s, PATIENCE_S))
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
        self._evidence: dict[str, str] = {}
        self._auditor = bool(self._query("SELECT has_function_privilege('mes.audit_heads()', 'EXECUTE')")[0][0])

    def faults(self, files: bool) -> list[ChainFault]:
        """The first fault of every epoch, then master data, then the files."""
        found = [fault for head in self._heads() if (fault := self._first_fault(head)) is not None]
        found += self._master_faults()
        return found + (self._file_faults() if files else [])

    def _query(self, sql: str, **parameters: object) -> list[Any]:
        with transaction(self._engine, self._address) as connection:
            return list(connection.execute(text(sql), parameters).all())

    def _heads(self) -> list[_Head]:
        columns = "station, chan, epoch, last_seq, last_hash"
        if not self._auditor:
            return [_Head(*row) for row in self._query(f"SELECT {columns} FROM mes.log_heads()")]
        without_head = self._query(
            "SELECT DISTINCT station, chan, epoch, 0, ''::bytea FROM mes.station_log AS l WHERE NOT EXISTS ("
            "SELECT 1 FROM mes.station_head AS h WHERE (h.station, h.chan, h.epoch) = (l.station, l.chan, l.epoch))"
        )
        return [_Head(*row) for row in (*self._query(f"SELECT {columns} FROM mes.audit_heads()"), *without_head)]

    def _rows(self, station: str, chan: str, epoch: int, after_seq: int, limit: int) -> list[tuple[Row, bytes]]:
        """Rows with the hash of their content that the server noted beside them."""
        if self._auditor:
            source = "mes.audit_log(:station, :chan, :epoch, :after_seq, :limit)"
            found = self._query(
                f"SELECT {ROW_COLUMNS}, content_sha FROM {source}",
                station=station, chan=chan, epoch=epoch, after_seq=after_seq, limit=limit,
            )  # fmt: skip
        else:
            source = "mes.read_log(:chan, :epoch, :after_seq, :limit)"
            found = self._query(
                f"SELECT {ROW_COLUMNS}, content_sha FROM {source}",
                chan=chan, epoch=epoch, after_seq=after_seq, limit=limit,
            )  # fmt: skip
        return [(Row(*values), bytes(content_sha)) for *values, content_sha in found]

    def _all_rows(self, head: _Head) -> Iterator[tuple[Row, bytes]]:
        """Every row of an epoch, in pages, whatever the head says."""
        after_seq = -(1 << 62)
        while page := self._rows(head.station, head.chan, head.epoch, after_seq, PAGE_ROWS):
            yield from page
            after_seq = page[-1][0].seq

    def _first_fault(self, head: _Head) -> ChainFault | None:
        previous, expected = genesis(head.station, head.chan, head.epoch), 1
        fault: ChainFault | None = None
        for row, content_sha in self._all_rows(head):
            self._note_evidence(head.station, row)
            if fault is None:
                problem = self._problem(head, row, previous, expected)
                if problem is None and content_hash(row) != content_sha:
                    problem = "the hash of its content that is noted beside it is another one"
                if problem is not None:
                    seq = min(row.seq, expected)
                    fault = ChainFault(head.station, head.chan, head.epoch, seq, row.rec_id, problem)
                previous, expected = row.hash, expected + 1
        if fault is None and expected <= head.last_seq:
            problem = f"missing (the server says it has up to {head.last_seq})"
            return ChainFault(head.station, head.chan, head.epoch, expected, "", problem)
        if fault is None and (head.last_seq, head.last_hash) != (expected - 1, previous):
            problem = "the head does not name the last row"
            return ChainFault(head.station, head.chan, head.epoch, expected - 1, "", problem)
        return fault

    def _problem(self, head: _Head, row: Row, previous: bytes, expected: int) -> str | None:
        if row.seq != expected:
            return f"missing (the next one present is {row.seq})" if row.seq > expected else "stands where none can be"
        if record_hash(previous, row, head.epoch, row.seq) != row.hash:
            return f"the content does not match its hash ({row.kind})"
        return self._parent_problem(head, row) if row.seq == 1 and head.epoch > 1 else None

    def _parent_problem(self, head: _Head, row: Row) -> str | None:
        """What is wrong with the first row of a later epoch, which names the row where it left its parent."""
        if row.kind != EpochStart.kind:
            return f"a later epoch starts with a record of kind {row.kind}"
        try:
            start = decode_body(row.kind, row.body)
        except RecordError as error:
            return str(error)
        assert isinstance(start, EpochStart)
        if start.parent_seq == 0:
            return None
        parent = self._rows(head.station, head.chan, start.parent_epoch, start.parent_seq - 1, 1)
        if not parent or parent[0][0].seq != start.parent_seq or parent[0][0].hash.hex() != start.parent_hash:
            return f"its parent, epoch {start.parent_epoch} seq {start.parent_seq}, is not the row it names"
        return None

    def _note_evidence(self, station: str, row: Row) -> None:
        if row.kind == EvidenceCaptured.kind and not self._auditor:
            with contextlib.suppress(RecordError):  # an unreadable record is quarantined; its chain is what counts here
                fact = decode_body(row.kind, row.body)
                assert isinstance(fact, EvidenceCaptured)
                self._evidence[fact.sha256] = station

    def _master_faults(self) -> list[ChainFault]:
        """The first revision that is missing or does not match its SHA-256."""
        revision = 0
        while page := self._query("SELECT * FROM mes.master_since(:rev, 1000) WHERE rev IS NOT NULL", rev=revision):
            for rev, kind, key, body, sha256, _op, _highest in page:
                if rev != revision + 1:
                    return [ChainFault("", MASTER, 0, revision + 1, "", f"missing (the next one present is {rev})")]
                revision = rev
                if hashlib.sha256(body).hexdigest() != sha256:
                    return [ChainFault("", MASTER, 0, rev, f"{kind} {key}", "does not match its SHA-256")]
        return []

    def _file_faults(self) -> list[ChainFault]:
        """Sealed files whose bytes do not match their name; a file that has not arrived yet is no fault."""
        if self._auditor:
            self._evidence = dict(self._query("SELECT sha256, owner FROM mes.audit_blobs()"))
        found = []
        for sha256, owner in sorted(self._evidence.items()):
            digest, chunks = hashlib.sha256(), self._query("SELECT content FROM mes.blob_get(:sha256)", sha256=sha256)
            for (content,) in chunks:
                digest.update(content or b"")
            if chunks and digest.hexdigest() != sha256:
                found.append(ChainFault(owner, FILE, 0, 0, sha256, "its bytes do not match its name"))
        return found
