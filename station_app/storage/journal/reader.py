"""Reading the journal beside its writer: read-only connections, from any thread, each seeing the newest commit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, inspect, select, text, union_all
from sqlalchemy.exc import SQLAlchemyError

from station_app.domain.alarm_search import AlarmSearch, Place
from station_app.domain.chain import Row
from station_app.services.ports import Blob, BlobState, JournalError, MasterChange
from station_app.storage.journal.alarm_query import alarm_query
from station_app.storage.journal.faults import journal_error
from station_app.storage.journal.schema import BLOB_FILE, LOG, LOOKUPS, MASTER, MASTER_CURSOR
from station_app.storage.sqlite import reader_engine

PORTION_ROWS = 500


class Reader:
    """Answers from committed rows. Every verb raises JournalError when the file cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = reader_engine(path)
        self._closed = False

    def close(self) -> None:
        """Close the connections; reading afterwards raises JournalError."""
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        if self._closed:
            raise JournalError(f"the journal {self._path} is closed")
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise journal_error(error, self._path, "reading it") from error

    def lacks_lookups(self) -> bool:
        """Whether an older version wrote the journal, without the indexes that questions are quick by."""
        with self._connection() as connection:
            names = {index["name"] for index in inspect(connection).get_indexes(LOG.name)}
        return not names.issuperset(index.name for index in LOOKUPS)

    def rows(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        """Rows of one epoch in order."""
        query = select(LOG).where(LOG.c.chan == chan, LOG.c.epoch == epoch, LOG.c.seq > after_seq)
        with self._connection() as connection:
            return [Row(*row) for row in connection.execute(query.order_by(LOG.c.seq).limit(limit))]

    def all_rows(self, chan: str) -> Iterator[Row]:
        """Every row of a channel in order of (epoch, seq), as of one moment: a re-homing meanwhile is not seen."""
        query = select(LOG).where(LOG.c.chan == chan).order_by(LOG.c.epoch, LOG.c.seq)
        with self._connection() as connection:
            for row in connection.execute(query).yield_per(PORTION_ROWS):
                yield Row(*row)

    def alarm_rows(self, search: AlarmSearch, serials: Sequence[str], before: Place | None, limit: int) -> list[Row]:
        """Records of alarms before a place, newest first; see :class:`station_app.services.alarm_journal.AlarmRecords`."""
        with self._connection() as connection:
            return [Row(*row) for row in connection.execute(alarm_query(search, serials, before, limit))]

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """The ``newest`` rows of these kinds that were recorded last in [from_us, to_us), in order of (epoch, seq)."""
        if not kinds or newest <= 0:
            return []
        # the newest of each kind, which the index has in order; of equal times the later row
        of_kinds = [
            select(
                select(LOG)
                .where(LOG.c.chan == chan, LOG.c.kind == kind, LOG.c.wall_us >= from_us, LOG.c.wall_us < to_us)
                .order_by(LOG.c.wall_us.desc(), LOG.c.epoch.desc(), LOG.c.seq.desc())
                .limit(newest)
                .subquery()
            )
            for kind in sorted(kinds)
        ]
        found = union_all(*of_kinds).subquery()
        newest_first = (found.c.wall_us.desc(), found.c.epoch.desc(), found.c.seq.desc())
        with self._connection() as connection:
            rows = [Row(*row) for row in connection.execute(select(found).order_by(*newest_first).limit(newest))]
        return sorted(rows, key=lambda row: (row.epoch, row.seq))

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        """The hash of one row, None when it is not here."""
        query = select(LOG.c.hash).where(LOG.c.chan == chan, LOG.c.epoch == epoch, LOG.c.seq == seq)
        with self._connection() as connection:
            found: bytes | None = connection.execute(query).scalar_one_or_none()
        return found

    def master_cursor(self) -> int:
        """The revision up to which master data was applied; 0 when none was."""
        with self._connection() as connection:
            return int(connection.execute(select(MASTER_CURSOR.c.rev)).scalar_one())

    def master(self, kind: str) -> list[MasterChange]:
        """The documents of a kind in force, in order of their identifiers."""
        query = select(MASTER).where(MASTER.c.kind == kind).order_by(MASTER.c.id)
        with self._connection() as connection:
            return [MasterChange(row.rev, row.kind, row.id, row.body, row.sha256) for row in connection.execute(query)]

    def blobs(self, state: BlobState) -> list[Blob]:
        """The files in a state, in the order in which they were first noted."""
        return self._blobs(BLOB_FILE.c.state == str(state))

    def blob(self, sha256: str) -> Blob | None:
        """One file, None when it was never noted."""
        found = self._blobs(BLOB_FILE.c.sha256 == sha256)
        return found[0] if found else None

    def _blobs(self, condition: ColumnElement[bool]) -> list[Blob]:
        query = select(BLOB_FILE).where(condition).order_by(text("rowid"))
        with self._connection() as connection:
            return [
                Blob(row.sha256, row.size_bytes, row.media_type, BlobState(row.state))
                for row in connection.execute(query)
            ]
