"""Everything that is written to the journal, each verb inside one transaction of the writer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from station_app.domain.chain import REC, Draft, Row, genesis, place
from station_app.services.ports import Blob, Head, JournalError, MasterChange, Peer
from station_app.storage.journal.acceptance import as_draft, check_new_epoch, check_pulled, to_move
from station_app.storage.journal.schema import (
    BLOB_FILE,
    LOG,
    MASTER,
    MASTER_CURSOR,
    PEER,
    REHOME,
    REHOME_DONE,
    add_lookups,
)
from station_app.storage.journal.state import JournalState

_COLUMNS = tuple(column.name for column in LOG.columns)
_INSERT_ROW = f"INSERT INTO log ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)})"


class Transaction:
    """One BEGIN IMMEDIATE to COMMIT. ``state`` is what holds after the commit, and is dropped with a rollback."""

    def __init__(self, connection: Connection, state: JournalState) -> None:
        self._connection = connection
        self.state = state

    def append(self, drafts: Sequence[Draft]) -> list[Row]:
        """Place the drafts at the ends of their channels, in order."""
        rows = []
        for draft in drafts:
            head = self.state.head(draft.chan)
            row = place(draft, head.epoch, head.seq + 1, head.hash)
            self.state = self.state.with_heads(draft.chan, [Head(row.epoch, row.seq, row.hash)])
            rows.append(row)
        self._insert(rows)
        return rows

    def add_lookups(self) -> None:
        """Give a journal of an older version the indexes that questions are quick by."""
        add_lookups(self._connection)

    def set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> None:
        """Note what the server has; a clock offset of None keeps the last one."""
        if clock_offset_ms is None:
            clock_offset_ms = self.state.peer(chan).clock_offset_ms
        values = {"acked_epoch": epoch, "acked_seq": seq, "clock_offset_ms": clock_offset_ms}
        statement = insert(PEER).values(chan=chan, **values).on_conflict_do_update(index_elements=["chan"], set_=values)
        self._connection.execute(statement)
        self.state = self.state.with_peer(chan, Peer(epoch, seq, clock_offset_ms))

    def touch(self) -> None:
        """Write what is there already: the commit shows that the file can be written."""
        peer = self.state.peer(REC)
        self.set_peer(REC, peer.acked_epoch, peer.acked_seq, peer.clock_offset_ms)

    def rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> list[Row]:
        """Move the rows that follow ``after`` into ``new_epoch``; see the port.

        Raises JournalError, and nothing is changed, when the arguments contradict the chain.
        """
        known = [head.epoch for head in self.state.epochs(chan) if head.seq]
        check_new_epoch(chan, new_epoch, first, [*known, *(row.epoch for row in pulled)])
        self._check_common(chan, after)
        moved = to_move(self._rows_after(chan, after), pulled)
        staying = self.state.cut_after(chan, after)
        pulled_heads = check_pulled(staying.station, chan, dict(staying.heads[chan]), new_epoch, pulled)

        rehome_id = self._open_rehome(chan, after, new_epoch, first)
        beyond = tuple_(LOG.c.epoch, LOG.c.seq) > (after.epoch, after.seq)
        self._connection.execute(delete(LOG).where(LOG.c.chan == chan, beyond))
        self._insert(pulled)
        rows = self._chained(chan, new_epoch, [first, *map(as_draft, moved)])
        self._insert(rows)
        self._connection.execute(REHOME_DONE.insert(), {"id": rehome_id})
        last = rows[-1]
        self.state = staying.with_heads(chan, [*pulled_heads, Head(last.epoch, last.seq, last.hash)])
        # What stayed and what was pulled is on the server by definition; only the new epoch waits.
        self.set_peer(chan, new_epoch, 0, None)
        return rows

    def apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> None:
        """Apply changes in order and move the cursor; a snapshot replaces everything."""
        if snapshot:
            self._connection.execute(delete(MASTER))
        for change in changes:
            if change.op == "put":
                values = {"rev": change.rev, "body": change.body, "sha256": change.sha256}
                put = insert(MASTER).values(kind=change.kind, id=change.id, **values)
                self._connection.execute(put.on_conflict_do_update(index_elements=["kind", "id"], set_=values))
            elif change.op == "remove":
                self._connection.execute(delete(MASTER).where(MASTER.c.kind == change.kind, MASTER.c.id == change.id))
            else:
                raise JournalError(
                    f"master data revision {change.rev}: the operation {change.op!r} is not known; "
                    f"allowed are put and remove. Nothing was applied"
                )
        self._connection.execute(MASTER_CURSOR.update().values(rev=cursor))

    def put_blob(self, blob: Blob) -> None:
        """Note a file or its new state."""
        values = {"size_bytes": blob.size_bytes, "media_type": blob.media_type, "state": str(blob.state)}
        put = insert(BLOB_FILE).values(sha256=blob.sha256, **values)
        self._connection.execute(put.on_conflict_do_update(index_elements=["sha256"], set_=values))

    def _insert(self, rows: Sequence[Row]) -> None:
        if rows:
            self._connection.exec_driver_sql(
                _INSERT_ROW, [tuple(getattr(row, name) for name in _COLUMNS) for row in rows]
            )

    def _chained(self, chan: str, epoch: int, drafts: Sequence[Draft]) -> list[Row]:
        rows = []
        previous = genesis(self.state.station, chan, epoch)
        for seq, draft in enumerate(drafts, start=1):
            row = place(draft, epoch, seq, previous)
            previous = row.hash
            rows.append(row)
        return rows

    def _rows_after(self, chan: str, after: Head) -> list[Row]:
        beyond = tuple_(LOG.c.epoch, LOG.c.seq) > (after.epoch, after.seq)
        found = self._connection.execute(select(LOG).where(LOG.c.chan == chan, beyond).order_by(LOG.c.epoch, LOG.c.seq))
        return [Row(*row) for row in found]

    def _check_common(self, chan: str, after: Head) -> None:
        """Refuse to cut behind a row that is not the one meant: the wrong rows would move."""
        if after.epoch == 0 and after.seq == 0:
            return
        found: bytes | None = genesis(self.state.station, chan, after.epoch)
        if after.seq > 0:
            found = self._connection.execute(
                select(LOG.c.hash).where(LOG.c.chan == chan, LOG.c.epoch == after.epoch, LOG.c.seq == after.seq)
            ).scalar_one_or_none()
        if found != after.hash:
            raise JournalError(
                f"{chan}: the common row epoch {after.epoch} seq {after.seq} is "
                f"{'not here' if found is None else 'another one here'}; nothing was moved"
            )

    def _open_rehome(self, chan: str, after: Head, new_epoch: int, first: Draft) -> int:
        highest = self._connection.execute(select(func.max(REHOME.c.id))).scalar()
        rehome_id = (highest or 0) + 1
        values = {
            "id": rehome_id, "chan": chan, "after_epoch": after.epoch, "after_seq": after.seq, "new_epoch": new_epoch,
            "wall_us": first.wall_us,
        }  # fmt: skip
        self._connection.execute(REHOME.insert(), values)
        return rehome_id
