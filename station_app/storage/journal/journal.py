"""The station's journal in one SQLite file: the `Journal` port of the services.

>>> with SqliteJournal(Path("journal.db"), "plant/line1/ASM-10") as journal:   # doctest: +SKIP
...     rows = journal.append(drafts).result()          # on disk from here on
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from station_app.domain.alarm_search import AlarmSearch, Place
from station_app.domain.chain import Draft, Row, genesis
from station_app.services.ports import Blob, BlobState, Head, JournalError, MasterChange, Peer
from station_app.storage.journal.acceptance import check_channel, check_draft
from station_app.storage.journal.faults import journal_error
from station_app.storage.journal.lock import JournalLock
from station_app.storage.journal.opening import create_if_absent, examine
from station_app.storage.journal.reader import Reader
from station_app.storage.journal.room import take_room
from station_app.storage.journal.transaction import Transaction
from station_app.storage.journal.writer import Writer

_log = logging.getLogger(__name__)
_ROW_OVERHEAD_BYTES = 500


class SqliteJournal:
    """Opens, or creates, the journal of one station and holds it until :meth:`close`.

    Raises from construction: JournalLocked (another copy runs), JournalCorrupt (damaged, left alone), JournalFull, or
    JournalError (no permission, another station's file, a newer schema). Do not wait for a future in a
    callback of another one: callbacks run on the journal's thread.
    """

    def __init__(self, path: Path, station: str) -> None:
        if not station:
            raise JournalError("the station's path is empty; it seeds the chain and must be given")
        self._path = path.absolute()
        self._station = station
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise journal_error(error, self._path, "making its folder") from error
        self._lock = JournalLock(self._path)
        try:
            create_if_absent(self._path, station)
            self._writer = Writer(self._path, examine(self._path, station))
        except BaseException:
            self._lock.release()
            raise
        self._reader = Reader(self._path)
        try:
            self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    def _bring_up_to_date(self) -> None:
        """What an older version wrote gets the indexes it lacks, while appends already stand in line behind that."""
        if self._reader.lacks_lookups():
            self._writer.submit(Transaction.add_lookups).add_done_callback(self._lookups_added)

    def _lookups_added(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            _log.warning(
                "%s: questions take longer until the next start: its indexes could not be made: %s", self._path, error
            )

    def close(self) -> None:
        """Finish what was submitted, then let go of the file. May be called twice; writing afterwards fails."""
        self._reader.close()
        self._writer.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def station(self) -> str:
        """The station's path, which seeds the chains."""
        return self._station

    @property
    def path(self) -> Path:
        """The journal file."""
        return self._path

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        """Record all drafts in one commit, or none. A draft that cannot be recorded fails this future only."""
        drafts = tuple(drafts)
        try:
            for draft in drafts:
                check_draft(draft)
        except JournalError as error:
            return _failed(error)
        size_bytes = sum(len(draft.body) + _ROW_OVERHEAD_BYTES for draft in drafts)
        return self._writer.submit(lambda work: work.append(drafts), size_bytes=size_bytes, shared=True)

    def prove_room(self) -> Future[None]:
        """Find out whether the largest record would be taken now; nothing is recorded."""
        return self._writer.submit(self._prove_room)

    def _prove_room(self, work: Transaction) -> None:
        take_room(self._path)
        work.touch()

    def head(self, chan: str, epoch: int | None = None) -> Head:
        """The head of an epoch, of the newest when none is given."""
        check_channel(chan)
        return self._writer.state.head(chan, epoch)

    def epochs(self, chan: str) -> list[Head]:
        """The head of every epoch, oldest first; at least one."""
        check_channel(chan)
        return self._writer.state.epochs(chan)

    def rows(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        """Rows of one epoch in order."""
        return self._reader.rows(chan, epoch, after_seq, limit)

    def all_rows(self, chan: str) -> Iterator[Row]:
        """Every row of a channel in order of (epoch, seq)."""
        return self._reader.all_rows(chan)

    def alarm_rows(self, search: AlarmSearch, serials: Sequence[str], before: Place | None, limit: int) -> list[Row]:
        """Records of alarms before a place, newest first."""
        return self._reader.alarm_rows(search, serials, before, limit)

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """The last ``newest`` rows of these kinds that were recorded in [from_us, to_us), in order of (epoch, seq)."""
        return self._reader.rows_of_kinds(chan, kinds, from_us, to_us, newest)

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        """The hash of one row; the genesis hash for seq 0; None when it is not here."""
        return genesis(self._station, chan, epoch) if seq == 0 else self._reader.row_hash(chan, epoch, seq)

    def peer(self, chan: str) -> Peer:
        """What the server last said it has of a channel."""
        check_channel(chan)
        return self._writer.state.peer(chan)

    def set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> Future[None]:
        """Note what the server has; a clock offset of None keeps the last one."""
        check_channel(chan)
        return self._writer.submit(lambda work: work.set_peer(chan, epoch, seq, clock_offset_ms))

    def waiting(self) -> int:
        """How many records the server is not known to have; answered from memory."""
        return self._writer.state.waiting()

    def rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> Future[list[Row]]:
        """Move every row that follows ``after`` into ``new_epoch`` and put the server's rows at their places.

        Afterwards the peer is (new_epoch, 0): what stayed behind is on the server.
        """
        return self._writer.submit(lambda work: work.rehome(chan, after, new_epoch, first, tuple(pulled)))

    def apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> Future[None]:
        """Apply changes and the cursor in one commit; a snapshot replaces everything."""
        return self._writer.submit(lambda work: work.apply_master(tuple(changes), cursor, snapshot))

    def master_cursor(self) -> int:
        """The revision up to which master data was applied; 0 when none was."""
        return self._reader.master_cursor()

    def master(self, kind: str) -> list[MasterChange]:
        """The documents of a kind in force."""
        return self._reader.master(kind)

    def put_blob(self, blob: Blob) -> Future[None]:
        """Note a file or its new state."""
        return self._writer.submit(lambda work: work.put_blob(blob))

    def blobs(self, state: BlobState) -> list[Blob]:
        """The files in a state."""
        return self._reader.blobs(state)

    def blob(self, sha256: str) -> Blob | None:
        """One file, None when it was never noted."""
        return self._reader.blob(sha256)


def _failed(error: JournalError) -> Future[list[Row]]:
    future: Future[list[Row]] = Future()
    future.set_exception(error)
    return future
