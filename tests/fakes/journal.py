"""A journal in memory: the same promises as the file, except that it forgets. Futures are done at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

from station_app.domain.chain import Draft, Row, genesis, place
from station_app.services.ports import Blob, BlobState, Head, JournalError, JournalFull, MasterChange, Peer
from station_app.storage.journal.acceptance import (
    as_draft,
    check_channel,
    check_draft,
    check_new_epoch,
    check_pulled,
    to_move,
)
from station_app.storage.journal.state import JournalState

T = TypeVar("T")


class FakeJournal:
    """Implements the `Journal` port for one station. ``full`` makes every write fail as on a full disk."""

    def __init__(self, station: str = "plant/line1/ASM-10") -> None:
        self._state = JournalState(station)
        self._rows: dict[tuple[str, int, int], Row] = {}
        self._master: dict[tuple[str, str], MasterChange] = {}
        self._cursor = 0
        self._blobs: dict[str, Blob] = {}
        self._closed = False
        self.full = False

    @property
    def station(self) -> str:
        return self._state.station

    def close(self) -> None:
        self._closed = True

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        return self._done(lambda: self._append(drafts))

    def prove_room(self) -> Future[None]:
        return self._done(lambda: None)

    def head(self, chan: str, epoch: int | None = None) -> Head:
        check_channel(chan)
        return self._state.head(chan, epoch)

    def epochs(self, chan: str) -> list[Head]:
        check_channel(chan)
        return self._state.epochs(chan)

    def rows(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        return [row for row in self.all_rows(chan) if row.epoch == epoch and row.seq > after_seq][:limit]

    def all_rows(self, chan: str) -> Iterator[Row]:
        self._check_open()
        return iter([self._rows[place] for place in sorted(self._rows) if place[0] == chan])

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        found = [row for row in self.all_rows(chan) if row.kind in kinds and from_us <= row.wall_us < to_us]
        last = sorted(found, key=lambda row: (row.wall_us, row.epoch, row.seq))[-newest:] if newest > 0 else []
        return sorted(last, key=lambda row: (row.epoch, row.seq))

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        if seq == 0:
            return genesis(self.station, chan, epoch)
        row = self._rows.get((chan, epoch, seq))
        return row.hash if row else None

    def peer(self, chan: str) -> Peer:
        check_channel(chan)
        return self._state.peer(chan)

    def set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> Future[None]:
        check_channel(chan)
        return self._done(lambda: self._set_peer(chan, epoch, seq, clock_offset_ms))

    def waiting(self) -> int:
        return self._state.waiting()

    def rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> Future[list[Row]]:
        return self._done(lambda: self._rehome(chan, after, new_epoch, first, pulled))

    def apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> Future[None]:
        return self._done(lambda: self._apply_master(changes, cursor, snapshot))

    def master_cursor(self) -> int:
        return self._cursor

    def master(self, kind: str) -> list[MasterChange]:
        return [self._master[key] for key in sorted(self._master) if key[0] == kind]

    def put_blob(self, blob: Blob) -> Future[None]:
        return self._done(lambda: self._blobs.__setitem__(blob.sha256, blob))

    def blobs(self, state: BlobState) -> list[Blob]:
        return [blob for blob in self._blobs.values() if blob.state == state]

    def blob(self, sha256: str) -> Blob | None:
        return self._blobs.get(sha256)

    def _done(self, action: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        try:
            self._check_open()
            if self.full:
                raise JournalFull("no room for the journal: nothing was recorded")
            future.set_result(action())
        except JournalError as error:
            future.set_exception(error)
        return future

    def _check_open(self) -> None:
        if self._closed:
            raise JournalError("the journal is closed")

    def _append(self, drafts: Sequence[Draft]) -> list[Row]:
        for draft in drafts:
            check_draft(draft)
        rows = []
        for draft in drafts:
            head = self._state.head(draft.chan)
            rows.append(self._keep(place(draft, head.epoch, head.seq + 1, head.hash)))
            self._state = self._state.with_heads(draft.chan, [_head_of(rows[-1])])
        return rows

    def _keep(self, row: Row) -> Row:
        self._rows[row.chan, row.epoch, row.seq] = row
        return row

    def _set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> None:
        offset_ms = self._state.peer(chan).clock_offset_ms if clock_offset_ms is None else clock_offset_ms
        self._state = self._state.with_peer(chan, Peer(epoch, seq, offset_ms))

    def _rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> list[Row]:
        known = [head.epoch for head in self.epochs(chan) if head.seq]
        check_new_epoch(chan, new_epoch, first, [*known, *(row.epoch for row in pulled)])
        if (after.epoch, after.seq) != (0, 0) and self.row_hash(chan, after.epoch, after.seq) != after.hash:
            raise JournalError(f"{chan}: the common row is not here")
        staying = self._state.cut_after(chan, after)
        pulled_heads = check_pulled(self.station, chan, dict(staying.heads[chan]), new_epoch, pulled)
        displaced = [row for row in self.all_rows(chan) if (row.epoch, row.seq) > (after.epoch, after.seq)]
        moved = to_move(displaced, pulled)
        for row in displaced:
            del self._rows[chan, row.epoch, row.seq]
        for row in pulled:
            self._keep(row)
        previous = genesis(self.station, chan, new_epoch)
        rows = []
        for seq, draft in enumerate([first, *map(as_draft, moved)], start=1):
            rows.append(self._keep(place(draft, new_epoch, seq, previous)))
            previous = rows[-1].hash
        self._state = staying.with_heads(chan, [*pulled_heads, _head_of(rows[-1])])
        self._set_peer(chan, new_epoch, 0, None)
        return rows

    def _apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> None:
        documents = {} if snapshot else dict(self._master)
        for change in changes:
            if change.op == "put":
                documents[change.kind, change.id] = change
            elif change.op == "remove":
                documents.pop((change.kind, change.id), None)
            else:
                raise JournalError(f"the operation {change.op!r} is not known")
        self._master, self._cursor = documents, cursor


def _head_of(row: Row) -> Head:
    return Head(row.epoch, row.seq, row.hash)
