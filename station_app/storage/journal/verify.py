"""Verification of a journal: every hash of every channel and epoch recomputed from its beginning.

Runs on a read-only connection, in one pass and little memory, also while the application writes. What it finds is
what was changed, removed, added or reordered in the file by other means than the application. Rows that the server
does not have yet are protected by the file's permissions only: who can rewrite the file can also recompute the hashes
up to its end. The comparison with the server's log is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from station_app.domain.chain import Row, genesis, record_hash
from station_app.domain.records import Checkpoint, EpochStart, RecordError, decode_body
from station_app.storage.journal.acceptance import EPOCH_START
from station_app.storage.journal.faults import corrupt, journal_error
from station_app.storage.journal.opening import check_identity, check_mark
from station_app.storage.journal.schema import LOG, PEER
from station_app.storage.sqlite import reader_engine

PORTION_ROWS = 500


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first place of an epoch where the chain does not hold, and what is wrong there."""

    chan: str
    epoch: int
    seq: int
    problem: str

    def __str__(self) -> str:
        return f"{self.chan} epoch {self.epoch} seq {self.seq}: {self.problem}"


def verify_local(path: Path, station: str) -> list[ChainFault]:
    """The faults of the journal at ``path``, at most the first of each epoch; empty when all is as it was written.

    Raises JournalCorrupt when the file cannot be read as a journal at all, JournalError when it is another station's.
    """
    check_mark(path)
    engine = reader_engine(path)
    try:
        with engine.connect() as connection:
            check_identity(connection, path, station)
            chans = list(connection.execute(select(LOG.c.chan).distinct()).scalars())
            acked = {row.chan: (row.acked_epoch, row.acked_seq) for row in connection.execute(select(PEER))}
            faults = []
            for chan in sorted({*chans, *acked}):
                faults += _Channel(connection, station, chan, acked.get(chan, (0, 0))).faults()
            return faults
    except SQLAlchemyError as error:
        if isinstance(error, DBAPIError):
            raise journal_error(error, path, "verifying it") from error
        raise corrupt(path, str(error)) from error
    finally:
        engine.dispose()


class _Channel:
    """One channel while it is verified."""

    def __init__(self, connection: Connection, station: str, chan: str, acked: tuple[int, int]) -> None:
        self._connection = connection
        self._station = station
        self._chan = chan
        self._acked = acked
        self._last = (1, 0)
        self._removed, self._removed_hash = self._highest_checkpoint()

    def faults(self) -> list[ChainFault]:
        """The first fault of every epoch."""
        found: list[ChainFault] = []
        heads: dict[int, int] = {}
        query = select(LOG).where(LOG.c.chan == self._chan).order_by(LOG.c.epoch, LOG.c.seq)
        rows = (Row(*row) for row in self._connection.execute(query).yield_per(PORTION_ROWS))
        try:
            for epoch, group in groupby(rows, key=lambda row: row.epoch):
                problem = self._first_problem(epoch, group)
                found += [problem] if problem else []
                heads[epoch] = self._last[1]
        except DBAPIError as error:
            epoch, seq = self._last
            return [*found, self._fault(epoch, seq + 1, f"the file cannot be read from here on ({error.orig})")]
        return found + self._tail_fault(heads, found)

    def _fault(self, epoch: int, seq: int, problem: str) -> ChainFault:
        return ChainFault(self._chan, epoch, seq, problem)

    def _first_problem(self, epoch: int, rows: Iterator[Row]) -> ChainFault | None:
        previous: bytes | None = genesis(self._station, self._chan, epoch)
        expected = 1
        for row in rows:
            if row.seq != expected:
                before = (epoch, row.seq - 1)
                if before > self._removed:
                    first_bad = max(expected, self._removed[1] + 1) if epoch == self._removed[0] else expected
                    return self._fault(epoch, first_bad, f"missing (the next one present is {row.seq})")
                # Between rows that a checkpoint allowed to be removed there is nothing to compare with.
                previous = self._removed_hash if before == self._removed else None
            if previous is not None and record_hash(previous, row, epoch, row.seq) != row.hash:
                return self._fault(epoch, row.seq, f"content does not match its hash ({row.kind}, {row.rec_id})")
            if (epoch, row.seq) == self._removed and row.hash != self._removed_hash:
                return self._fault(epoch, row.seq, "is not the row that the checkpoint names")
            if row.seq == 1 and epoch > 1 and (problem := self._start_problem(row)):
                return self._fault(epoch, 1, problem)
            self._last = (epoch, row.seq)
            previous, expected = row.hash, row.seq + 1
        return None

    def _start_problem(self, row: Row) -> str | None:
        """What is wrong with the first row of a later epoch, which must name the row that it left its parent at."""
        if row.kind != EPOCH_START:
            return f"a later epoch must start with an {EPOCH_START} record, not {row.kind}"
        try:
            start = decode_body(row.kind, row.body)
        except RecordError as error:
            return str(error)
        assert isinstance(start, EpochStart)
        parent = (start.parent_epoch, start.parent_seq)
        if parent[0] == 0 or (parent <= self._removed and self._hash_of(*parent) is None):
            return None
        found = self._hash_of(*parent)
        if found is None:
            return f"its parent row epoch {parent[0]} seq {parent[1]} is missing"
        if found.hex() != start.parent_hash:
            return f"its parent row epoch {parent[0]} seq {parent[1]} is not the one it names"
        return None

    def _hash_of(self, epoch: int, seq: int) -> bytes | None:
        if seq == 0:
            return genesis(self._station, self._chan, epoch)
        query = select(LOG.c.hash).where(LOG.c.chan == self._chan, LOG.c.epoch == epoch, LOG.c.seq == seq)
        found: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def _highest_checkpoint(self) -> tuple[tuple[int, int], bytes]:
        """Up to where rows may be absent, and the hash that the chain goes on from."""
        highest, row_hash = (0, 0), b""
        query = select(LOG).where(LOG.c.chan == self._chan, LOG.c.kind == Checkpoint.kind)
        for row in self._connection.execute(query):
            try:
                mark = decode_body(row.kind, row.body)
            except RecordError:
                continue  # an unreadable checkpoint allows nothing; its row is judged with the others
            assert isinstance(mark, Checkpoint)
            up_to = (mark.up_to_epoch, mark.up_to_seq)
            if highest < up_to < (row.epoch, row.seq):
                highest, row_hash = up_to, bytes.fromhex(mark.row_hash)
        return highest, row_hash

    def _tail_fault(self, heads: dict[int, int], found: list[ChainFault]) -> list[ChainFault]:
        epoch, seq = self._acked
        head = heads.get(epoch, 0)
        if (epoch, seq) <= self._removed or seq <= head or any(fault.epoch == epoch for fault in found):
            return []
        return [self._fault(epoch, head + 1, f"missing (the server has acknowledged up to {seq})")]
