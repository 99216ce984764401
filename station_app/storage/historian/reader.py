"""Reading the historian's file beside its writer: read-only connections, one a thread at a time, each answer of one moment."""

from __future__ import annotations

import hashlib
import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station_app.domain.trend import Gap, GapKind
from station_app.services.ports import HistorianError
from station_app.storage.historian.codec import decode_block
from station_app.storage.historian.columns import Columns, Row, columns_of, from_tail, runs_of_one_kind
from station_app.storage.historian.integers import FormatError
from station_app.storage.historian.schema import file_identity, identity_fault
from station_app.storage.sqlite import open_reader, sqlite_module

MOST_IDLE = 4


@dataclass(frozen=True, slots=True)
class BlockRow:
    """Where a sealed block stands, and how much is in it."""

    id: int
    start_us: int
    end_us: int
    count: int


class Readers:
    """Read-only connections to one file, kept for the next who asks. ``station``: whose file it has to be; empty: anybody's."""

    def __init__(self, path: Path, station: str = "") -> None:
        self.path = path
        self._station = station
        self._idle: queue.LifoQueue[tuple[Any, Any]] = queue.LifoQueue(MOST_IDLE)
        self._closed = False

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot | None]:
        """One moment of the file; None while there is none yet. Raises HistorianError."""
        if self._closed:
            raise HistorianError(f"{self.path}: this reader has been closed")
        try:
            identity = file_identity(self.path)
            connection = self._connection(identity)
            if connection is None:
                yield None
                return
            try:
                connection.execute("BEGIN")
                try:
                    yield Snapshot(connection)
                finally:
                    connection.execute("ROLLBACK")
            except BaseException:
                connection.close()
                raise
            self._give_back(identity, connection)
        except sqlite_module().Error as error:
            raise HistorianError(f"machine data in {self.path} cannot be read: {error}") from error

    def _connection(self, identity: tuple[int, int] | None) -> Any:
        """An idle connection, unless another file lies under the name by now (a damaged one was set aside)."""
        while not self._idle.empty():
            try:
                known, connection = self._idle.get_nowait()
            except queue.Empty:
                break
            if known == identity:
                return connection
            connection.close()
        if not self.path.exists() or self.path.stat().st_size == 0:
            return None
        connection = open_reader(self.path)
        try:
            connection.execute("BEGIN")  # one moment: the file may just be made
            fault = identity_fault(connection, self._station)
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            connection.execute("ROLLBACK")
        except BaseException:
            connection.close()
            raise
        if not tables or fault:
            connection.close()
        if not tables:
            return None
        if fault:
            raise HistorianError(f"machine data in {self.path} cannot be read: {fault}")
        return connection

    def _give_back(self, identity: tuple[int, int] | None, connection: Any) -> None:
        try:
            if self._closed:
                raise queue.Full
            self._idle.put_nowait((identity, connection))
        except queue.Full:
            connection.close()

    def close(self) -> None:
        """Close what is idle; what is in use closes itself."""
        self._closed = True
        while True:
            try:
                self._idle.get_nowait()[1].close()
            except queue.Empty:
                return


class Snapshot:
    """Questions to one moment of the file. Times are UTC in microseconds; ``tag`` is a number, see :meth:`tag`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, query: str, *parameters: object) -> list[Any]:
        """Every row that a query answers."""
        rows: list[Any] = self._connection.execute(query, parameters).fetchall()
        return rows

    def tag(self, name: str) -> tuple[int, int] | None:
        """A tag's number, and how long its longest block is."""
        found = self.all("SELECT id, longest_us FROM tag WHERE name = ?", name)
        return tuple(found[0]) if found else None

    def blocks(self, tag: int, longest_us: int, from_us: int, to_us: int, limit: int) -> list[BlockRow]:
        """The blocks that overlap a span, by their start."""
        return [
            BlockRow(*row)
            for row in self.all(
                "SELECT id, start_us, end_us, count FROM block WHERE tag = ? AND level = 0"
                " AND start_us >= ? AND start_us < ? AND end_us >= ? ORDER BY start_us, id LIMIT ?",
                tag, from_us - longest_us, to_us, from_us, limit,
            )
        ]  # fmt: skip

    def block_beside(self, tag: int, from_us: int, to_us: int) -> list[BlockRow]:
        """The last block that begins before a span and the first that begins after it."""
        columns = "SELECT id, start_us, end_us, count FROM block WHERE tag = ? AND level = 0 AND start_us"
        before = self.all(f"{columns} < ? ORDER BY start_us DESC, id DESC LIMIT 1", tag, from_us)
        after = self.all(f"{columns} >= ? ORDER BY start_us, id LIMIT 1", tag, to_us)
        return [BlockRow(*row) for row in (*before, *after)]

    def decoded(self, rows: Sequence[BlockRow], name: str) -> tuple[list[Columns], list[Gap]]:
        """The samples of blocks in order of arrival; a damaged block is a gap that says so."""
        pieces: list[Columns] = []
        damaged: list[Gap] = []
        for row in sorted(rows, key=lambda row: row.id):
            found = self.all("SELECT sha256, content FROM content WHERE id = ?", row.id)
            try:
                pieces.append(intact(name, found))
            except FormatError as error:
                damaged.append(Gap(row.start_us, row.end_us, GapKind.DAMAGED, f"block {row.id} is damaged: {error}"))
        return pieces, damaged

    def tail(self, tag: int) -> list[Columns]:
        """What is not sealed yet, in order of arrival."""
        rows: list[Row] = [
            from_tail(row)
            for row in self.all(
                "SELECT seq, tag, time_us, value, quality, status FROM tail WHERE tag = ? ORDER BY seq", tag
            )
        ]
        if not rows:
            return []
        names = dict(self.all("SELECT id, name FROM status"))
        return [columns_of(run, StatusTexts(names)) for run in runs_of_one_kind(rows)]

    def gaps(self, tag: int, from_us: int, to_us: int) -> list[Gap]:
        """The noted gaps of a tag and of the whole station that touch a span."""
        query = "SELECT start_us, end_us, kind, reason FROM gap WHERE tag = ? AND end_us >= ? AND start_us < ?"
        found = [row for of in {tag, 0} for row in self.all(query, of, from_us, to_us)]
        return [Gap(start_us, end_us, GapKind(kind), reason) for start_us, end_us, kind, reason in sorted(found)]


class StatusTexts(list[str]):
    """The names of statuses by their numbers."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__(names.get(number, "") for number in range(max(names, default=-1) + 1))


def intact(name: str, found: Sequence[Sequence[bytes]]) -> Columns:
    """The columns in (sha256, content) as stored. Raises FormatError when it is missing, changed or another tag's."""
    if not found:
        raise FormatError("its content is missing")
    sha256, content = found[0]
    if hashlib.sha256(content).digest() != sha256:
        raise FormatError("its content does not match its SHA-256")
    tag, columns = decode_block(content)
    if tag != name:
        raise FormatError(f"its content is of the tag {tag}")
    return columns
