"""The server behind the shared database in memory, and a station's calls to it.

A test can cut the line before a call arrives or after it was committed (``server.cuts``), take a copy of the server and put
it back (``backup``/``restore``).
"""

from __future__ import annotations

import copy
import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from station_app.domain.chain import MAX_BODY_BYTES, Row
from station_app.domain.log import LoggedRow
from station_app.domain.records import (
    KINDS,
    Fact,
    RecordError,
    decode_body,
)
from station_app.domain.status import StationStatus
from station_app.domain.trend import Gap as TrendGap
from station_app.domain.trend import TrendBlock
from station_app.services.ports import (
    MasterChange,
    Unreachable,
)

Cut = Literal["before", "after"]


@dataclass
class ServerState:
    """Everything that a backup of the server holds."""

    logs: dict[tuple[str, str, int], list[LoggedRow]] = field(default_factory=dict)
    master: list[MasterChange] = field(default_factory=list)
    chunks: dict[tuple[str, str], dict[int, bytes]] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, StationStatus] = field(default_factory=dict)
    heard_us: dict[str, int] = field(default_factory=dict)
    trend: dict[tuple[str, str, int, str], TrendBlock] = field(default_factory=dict)
    tails: dict[tuple[str, str], TrendBlock] = field(default_factory=dict)
    gaps: dict[tuple[str, int, str], TrendGap] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)


class FakeServer:
    """The server that several fake clients share. ``cuts``: what happens to the next calls, None for nothing."""

    def __init__(self) -> None:
        self.state = ServerState()
        self.cuts: deque[Cut | None] = deque()
        self.lock = threading.RLock()
        self.published = threading.Condition(self.lock)
        self.now_us: Callable[[], int] = lambda: time.time_ns() // 1000

    def publish(self, kind: str, key: str, body: bytes, op: str = "put") -> int:
        """Publish a change; one that stands there already is not published again. Answers the highest revision."""
        sha256 = hashlib.sha256(body).hexdigest()
        with self.published:
            current = next((c for c in reversed(self.state.master) if (c.kind, c.id) == (kind, key)), None)
            if current is None or current.op != op or (op == "put" and current.sha256 != sha256):
                rev = len(self.state.master) + 1
                self.state.master.append(MasterChange(rev, kind, key, body, sha256, op))
                self.published.notify_all()
            return len(self.state.master)

    def backup(self) -> ServerState:
        """A copy of everything."""
        with self.lock:
            return copy.deepcopy(self.state)

    def restore(self, backup: ServerState) -> None:
        """Go back to a copy, as a server restored from a backup does."""
        with self.lock:
            self.state = copy.deepcopy(backup)

    def rows(self, station: str, chan: str, epoch: int) -> list[Row]:
        """What landed, for tests to look at."""
        with self.lock:
            return [logged.row for logged in self.state.logs.get((station, chan, epoch), [])]


class FakeClient:
    """One station's connection to a FakeServer: every verb is a call that may be cut."""

    def __init__(self, server: FakeServer, station: str) -> None:
        self._server = server
        self._station = station
        self._closed = threading.Event()
        self._heard = len(server.state.master)

    def _call(self) -> Call:
        return Call(self)

    def _facts(self, state: ServerState) -> list[tuple[LoggedRow, Fact]]:
        """Every readable record once, by (station, chan, epoch, seq)."""
        found: dict[str, tuple[LoggedRow, Fact]] = {}
        for key in sorted(state.logs):
            for logged in state.logs[key]:
                row = logged.row
                if row.kind in KINDS and row.ver == KINDS[row.kind].version and len(row.body) <= MAX_BODY_BYTES:
                    try:
                        fact = decode_body(row.kind, row.body)
                    except RecordError:
                        continue  # the server would quarantine it
                    found.setdefault(row.rec_id, (logged, fact))
        return list(found.values())


class Call:
    """A call: serialised, and cut where the test says so."""

    def __init__(self, client: FakeClient) -> None:
        self._client = client
        self._cut: Cut | None = None

    def __enter__(self) -> ServerState:
        server = self._client._server
        if self._client._closed.is_set():
            raise Unreachable("this client has been closed")
        server.lock.acquire()
        self._cut = server.cuts.popleft() if server.cuts else None
        if self._cut == "before":
            server.lock.release()
            raise Unreachable("the line was cut before the call arrived")
        return server.state

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._client._server.lock.release()
        if self._cut == "after":
            raise Unreachable("the line was cut; nobody knows whether the call was done")
