"""The shared database as a station uses it: the functions of schema ``mes`` through the station's own login."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from station_app.domain.chain import Row
from station_app.domain.status import StationStatus
from station_app.domain.trend import TrendBlock, TrendReach
from station_app.services.ports import (
    ChainBroken,
    Fork,
    Gap,
    HeardStation,
    Hello,
    LoggedRow,
    MasterChange,
    MasterPage,
    Reached,
    Unreachable,
)
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.arrays import BigintArray, ByteaArray, IntegerArray, TextArray
from station_app.storage.shared.connection import (
    BoundedConnection,
    connect,
    make_engine,
    scalar,
    transaction,
    translated,
)
from station_app.storage.shared.line_past import ROW_COLUMNS, LineQueries
from station_app.storage.shared.protocol import MAX_CALL_BYTES, MAX_CALL_ROWS
from station_app.storage.shared.unit_queries import LOGGED_COLUMNS, UnitQueries, logged_row_of

_APPEND = text(
    "SELECT mes.append_batch(:chan, :epoch, :first_seq, :rec_id, :kind, :ver, :actor, :wall_us, :utc_offset_min,"
    " :mono_ns, :boot_id, :clock_offset_ms, :body, :hash)"
)
_ARRAYS: dict[str, Callable[[list[Any]], object]] = {
    "rec_id": TextArray,
    "kind": TextArray,
    "ver": IntegerArray,
    "actor": TextArray,
    "wall_us": BigintArray,
    "utc_offset_min": IntegerArray,
    "mono_ns": BigintArray,
    "boot_id": TextArray,
    "clock_offset_ms": BigintArray,
    "body": ByteaArray,
    "hash": ByteaArray,
}
_TREND_COLUMNS = (
    "tag", "start_us", "end_us", "count", "uncertain", "bad", "first", "last", "minimum", "maximum", "mean", "codec",
    "sha256", "content",
)  # fmt: skip
_TREND_PUT = text(f"SELECT mes.trend_put({', '.join(':' + name for name in _TREND_COLUMNS)})")
_TREND_TAIL_PUT = text(f"SELECT mes.trend_tail_put({', '.join(':' + name for name in _TREND_COLUMNS)})")
_TREND_REACH_PUT = text("SELECT mes.trend_reach_put(:until_us, :kinds, :starts, :ends, :reasons)")
_CHART_POINTS = text(
    f"SELECT {LOGGED_COLUMNS} FROM mes.chart_points(:product, :operation, :characteristic, :stations, :epochs, :seqs, :limit)"
)
_WAIT_SLICE_S = 0.25


class PostgresSharedDatabase(LineQueries, UnitQueries):
    """The SharedDatabase port on a real PostgreSQL. Connects when first used; may be used from several threads.

    Every verb is one transaction of its own, so a cut line leaves nothing half done; the connection is discarded.

    ``station`` is the path of this station: a login that belongs to another one is refused before anything is sent.
    """

    trace_function = "mes.trace"

    def __init__(self, address: DatabaseAddress, *, station: str = "") -> None:
        self._address = address
        self._engine = make_engine(address, station=station)
        self._hint_lock = threading.Lock()
        self._hints: BoundedConnection | None = None
        self._closed = threading.Event()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise Unreachable(f"{self._address}: this client has been closed.")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        self._check_open()
        with transaction(self._engine, self._address) as connection:
            yield connection

    def hello(self, chan: str, epoch: int) -> Hello:
        """What the server has of a channel's epoch, and its clock."""
        with self._transaction() as connection:
            values = connection.execute(text("SELECT * FROM mes.hello(:chan, :epoch)"), {"chan": chan, "epoch": epoch})
            last_seq, last_hash, highest_epoch, now_us = values.one()
        return Hello(last_seq, bytes(last_hash) if last_seq else None, highest_epoch, now_us)

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork:
        """The last of these rows the server has, and the highest epoch it knows."""
        sql = text("SELECT * FROM mes.fork_info(:chan, :hashes)")
        with self._transaction() as connection:
            return Fork(*connection.execute(sql, {"chan": chan, "hashes": ByteaArray(hashes)}).one())

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        """Deliver rows, in several calls where they are many or large. Raises Gap and ChainBroken besides the rest."""
        last_seq = first_seq - 1
        for portion in _portions(rows) if rows else [rows]:
            parameters: dict[str, Any] = {
                name: array([getattr(row, name) for row in portion]) for name, array in _ARRAYS.items()
            }
            parameters |= {"chan": chan, "epoch": epoch, "first_seq": first_seq}
            with self._transaction() as connection:
                last_seq = int(connection.execute(_APPEND, parameters).scalar_one())
            first_seq += len(portion)
        return last_seq

    def read_log(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        """The station's own rows as the server has them."""
        sql = text(f"SELECT {ROW_COLUMNS} FROM mes.read_log(:chan, :epoch, :after_seq, :limit)")
        rows: list[Row] = []
        while len(rows) < limit:
            parameters = {"chan": chan, "epoch": epoch, "after_seq": after_seq, "limit": limit - len(rows)}
            with self._transaction() as connection:
                page = [Row(*values) for values in connection.execute(sql, parameters)]
            if not page:
                break
            rows += page
            after_seq = page[-1].seq
        return rows

    def log_heads(self) -> list[tuple[str, str, int, int, bytes]]:
        """(station, chan, epoch, last_seq, last_hash) of every epoch the server has of this station."""
        with self._transaction() as connection:
            found = connection.execute(text("SELECT station, chan, epoch, last_seq, last_hash FROM mes.log_heads()"))
            return [(station, chan, epoch, seq, bytes(last)) for station, chan, epoch, seq, last in found]

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        """Which chunks the server lacks; None when the file is sealed."""
        with self._transaction() as connection:
            missing = scalar(connection, "SELECT mes.blob_missing(:sha256, :size)", sha256=sha256, size=size_bytes)
        return None if missing is None else list(missing)

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        """Store one chunk of at most 256 KiB; again is harmless."""
        with self._transaction() as connection:
            scalar(
                connection, "SELECT mes.blob_put(:sha256, :no, :content)", sha256=sha256, no=chunk_no, content=content
            )

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None:
        """Have the server verify the file's SHA-256. Raises Gap when chunks are missing or arrived damaged."""
        sql = "SELECT mes.blob_seal(:sha256, :size, :media_type)"
        with self._transaction() as connection:
            answer = scalar(connection, sql, sha256=sha256, size=size_bytes, media_type=media_type)
        if answer != "sealed":
            raise Gap(f"The file {sha256[:12]}… is {answer} on the server: its missing parts have to be sent again.")

    def blob_get(self, sha256: str) -> bytes | None:
        """A sealed file. Raises ChainBroken when the server's bytes do not match their name."""
        sql = text("SELECT size_bytes, content FROM mes.blob_get(:sha256)")
        with self._transaction() as connection:
            chunks = connection.execute(sql, {"sha256": sha256}).all()
        if not chunks:
            return None
        content = b"".join(bytes(chunk or b"") for _, chunk in chunks)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ChainBroken(f"The file {sha256[:12]}… on the server does not match its name: it has been changed.")
        return content

    def master_since(self, rev: int, limit: int) -> MasterPage:
        """Published changes after a revision, as they lie there: whether one matches its SHA-256 is for the caller."""
        sql = text("SELECT * FROM mes.master_since(:rev, :limit)")
        with self._transaction() as connection:
            rows = connection.execute(sql, {"rev": rev, "limit": limit}).all()
        changes = tuple(
            MasterChange(number, kind, key, bytes(body), sha256, op)
            for number, kind, key, body, sha256, op, _ in rows
            if number is not None
        )
        return MasterPage(changes, rows[0][-1])

    def status(self, status: StationStatus) -> None:
        """Tell the line how the station is."""
        with self._transaction() as connection:
            scalar(connection, "SELECT mes.status(:status)", status=msgspec.json.encode(status))

    def stations_heard(self) -> list[HeardStation]:
        """Every other station, by path: how far its records came and when it was last heard of."""
        sql = text("SELECT station, epochs, last_seqs, status, heard_age_s FROM mes.stations_heard()")
        with self._transaction() as connection:
            return [
                HeardStation(station, tuple(zip(epochs, seqs, strict=True)), age_s, _waiting(status))
                for station, epochs, seqs, status, age_s in connection.execute(sql)
            ]

    def chart_points(
        self, product: str, operation: str, characteristic: str, after: Reached, limit: int
    ) -> list[LoggedRow]:
        """The newest records of other stations that make points of a chart, after what is known, in each log's order."""
        parameters: dict[str, Any] = {
            "product": product,
            "operation": operation,
            "characteristic": characteristic,
            "stations": TextArray([station for station, _ in after]),
            "epochs": IntegerArray([epoch for _, epoch in after]),
            "seqs": BigintArray(list(after.values())),
            "limit": limit,
        }
        with self._transaction() as connection:
            return [logged_row_of(values) for values in connection.execute(_CHART_POINTS, parameters)]

    def trend_put(self, block: TrendBlock) -> None:
        """Deliver a block of machine data; again is harmless. Raises ChainBroken when it arrives damaged."""
        with self._transaction() as connection:
            connection.execute(_TREND_PUT, {name: getattr(block, name) for name in _TREND_COLUMNS})

    def trend_tail_put(self, block: TrendBlock) -> None:
        """Deliver what is not sealed yet of a tag. Raises ChainBroken when it arrives damaged."""
        with self._transaction() as connection:
            connection.execute(_TREND_TAIL_PUT, {name: getattr(block, name) for name in _TREND_COLUMNS})

    def trend_reach_put(self, reach: TrendReach) -> None:
        """Tell at most 500 gaps, and until when everything is delivered."""
        parameters: dict[str, Any] = {
            "until_us": reach.until_us,
            "kinds": TextArray([str(gap.kind) for gap in reach.gaps]),
            "starts": BigintArray([gap.start_us for gap in reach.gaps]),
            "ends": BigintArray([gap.end_us for gap in reach.gaps]),
            "reasons": TextArray([gap.reason for gap in reach.gaps]),
        }
        with self._transaction() as connection:
            connection.execute(_TREND_REACH_PUT, parameters)

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        """Which of at most 1,000 blocks of this station the server lacks."""
        with self._transaction() as connection:
            return list(scalar(connection, "SELECT mes.trend_missing(:sha256s)", sha256s=TextArray(sha256s)))

    def wait_hint(self, timeout_s: float) -> bool:
        """Wait for a notification on a connection of its own; only one thread may wait at a time."""
        deadline = time.monotonic() + timeout_s
        self._check_open()
        with self._hint_lock, translated(self._address):
            try:
                while not self._closed.is_set():
                    left_s = deadline - time.monotonic()
                    if any(True for _ in self._listening().notifies(timeout=max(0.0, min(_WAIT_SLICE_S, left_s)))):
                        return True
                    if left_s <= _WAIT_SLICE_S:
                        return False
                return False
            except BaseException:
                self._stop_listening()
                raise

    def _listening(self) -> BoundedConnection:
        if self._hints is None:
            self._hints = connect(self._address, autocommit=True)
            self._hints.execute("LISTEN mes_master")
        return self._hints

    def _stop_listening(self) -> None:
        if self._hints is not None:
            self._hints.close()
            self._hints = None

    def close(self) -> None:
        """Close every connection; a waiting ``wait_hint`` returns soon. Further verbs raise Unreachable."""
        self._closed.set()
        with self._hint_lock:
            self._stop_listening()
        self._engine.dispose()


def _waiting(status: bytes | None) -> int | None:
    """What a station said that it has not delivered; None when it said nothing that this version understands."""
    try:
        return None if status is None else msgspec.json.decode(status, type=StationStatus).waiting
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _portions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in calls of a bounded number and size, at least one row each."""
    start, size = 0, 0
    for index, row in enumerate(rows):
        if index > start and (index - start >= MAX_CALL_ROWS or size + len(row.body) > MAX_CALL_BYTES):
            yield rows[start:index]
            start, size = index, 0
        size += len(row.body)
    yield rows[start:]
