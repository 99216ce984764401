"""A shared database in memory: the same promises as the functions in PostgreSQL, with faults that can be ordered.

``FakeServer`` is what survives; ``FakeSharedDatabase`` is one station's connection to it.
"""

from __future__ import annotations

import copy
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from station_app.domain.chain import ChainError, Row, check_chain, genesis
from station_app.domain.status import StationStatus
from station_app.services.ports import (
    ChainBroken,
    ComponentUse,
    Fork,
    Gap,
    Hello,
    LoggedRow,
    MasterChange,
    MasterPage,
    SharedDatabaseError,
    UnitStatus,
    Unreachable,
)

CHUNK_BYTES = 256 * 1024


@dataclass
class ServerContents:
    """What a backup of the server contains."""

    log: dict[tuple[str, str, int], list[Row]] = field(default_factory=dict)
    master: list[MasterChange] = field(default_factory=list)
    chunks: dict[str, dict[int, bytes]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class FakeServer:
    """The server. ``faults`` are consumed one a call: None (answer), an error, or ("after", error): done, reply lost.

    ``now_us`` is its clock.
    """

    def __init__(self) -> None:
        self.contents = ServerContents()
        self.faults: deque[SharedDatabaseError | tuple[str, SharedDatabaseError] | None] = deque()
        self.down = False
        self.now_us = 1_000_000_000
        self.calls: list[str] = []
        self.hint = False

    def backup(self) -> ServerContents:
        """A copy of everything."""
        return copy.deepcopy(self.contents)

    def restore(self, backup: ServerContents) -> None:
        """Put a backup back."""
        self.contents = copy.deepcopy(backup)

    def publish(self, kind: str, item_id: str, body: bytes, op: str = "put") -> None:
        """Publish master data at the next revision."""
        rev = self.highest_rev() + 1
        self.contents.master.append(MasterChange(rev, kind, item_id, body, hashlib.sha256(body).hexdigest(), op))

    def highest_rev(self) -> int:
        """The newest published revision."""
        return max((change.rev for change in self.contents.master), default=0)

    def rows(self, station: str, chan: str) -> list[Row]:
        """The log of a station's channel in order."""
        keys = sorted(key for key in self.contents.log if key[:2] == (station, chan))
        return [row for key in keys for row in self.contents.log[key]]


class FakeSharedDatabase:
    """Implements the `SharedDatabase` port for one station."""

    def __init__(self, server: FakeServer, station: str = "plant/line1/ASM-10") -> None:
        self._server = server
        self._station = station

    def _begin(self, call: str) -> SharedDatabaseError | None:
        """Fail, or answer the error to raise after the work was done."""
        server = self._server
        server.calls.append(call)
        if server.down:
            raise Unreachable("the server does not answer")
        fault = server.faults.popleft() if server.faults else None
        if isinstance(fault, SharedDatabaseError):
            raise fault
        return fault[1] if fault else None

    def _end(self, error: SharedDatabaseError | None) -> None:
        if error is not None:
            raise error

    def _epoch(self, chan: str, epoch: int) -> list[Row]:
        return self._server.contents.log.get((self._station, chan, epoch), [])

    def _highest_epoch(self, chan: str) -> int:
        found = (key[2] for key in self._server.contents.log if key[:2] == (self._station, chan))
        return max(found, default=0)

    def hello(self, chan: str, epoch: int) -> Hello:
        late = self._begin("hello")
        rows = self._epoch(chan, epoch)
        last = rows[-1] if rows else None
        self._end(late)
        return Hello(
            last.seq if last else 0, last.hash if last else None, self._highest_epoch(chan), self._server.now_us
        )

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork:
        self._end(self._begin("fork_info"))
        own = {row.hash: row for row in self._server.rows(self._station, chan)}
        for row_hash in hashes:
            if row_hash in own:
                return Fork(own[row_hash].epoch, own[row_hash].seq, self._highest_epoch(chan))
        return Fork(0, 0, self._highest_epoch(chan))

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        late = self._begin("append_batch")
        stored = self._epoch(chan, epoch)
        if first_seq > len(stored) + 1:
            raise Gap(f"{chan} epoch {epoch}: has up to {len(stored)}, sent from {first_seq}")
        replayed = rows[: len(stored) - first_seq + 1]
        for row in replayed:
            if stored[row.seq - 1].hash != row.hash:
                raise ChainBroken(f"{chan} epoch {epoch} seq {row.seq} is another record")
        fresh = rows[len(replayed) :]
        try:
            check_chain(fresh, stored[-1].hash if stored else genesis(self._station, chan, epoch), len(stored) + 1)
        except ChainError as error:
            raise ChainBroken(str(error)) from error
        if fresh:
            self._server.contents.log.setdefault((self._station, chan, epoch), []).extend(fresh)
        self._end(late)
        return len(self._epoch(chan, epoch))

    def read_log(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        self._end(self._begin("read_log"))
        return self._epoch(chan, epoch)[after_seq : after_seq + limit]

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        self._end(self._begin("blob_missing"))
        if sha256 in self._server.contents.files:
            return None
        here = self._server.contents.chunks.get(sha256, {})
        return [n for n in range(-(-size_bytes // CHUNK_BYTES)) if n not in here]

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        late = self._begin("blob_put")
        self._server.contents.chunks.setdefault(sha256, {}).setdefault(chunk_no, content)
        self._end(late)

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None:
        late = self._begin("blob_seal")
        chunks = self._server.contents.chunks.pop(sha256, {})
        content = b"".join(chunks[number] for number in sorted(chunks))
        if sha256 not in self._server.contents.files:
            if len(content) != size_bytes or hashlib.sha256(content).hexdigest() != sha256:
                raise SharedDatabaseError(f"file {sha256[:12]} does not match its hash")
            self._server.contents.files[sha256] = content
        self._end(late)

    def blob_get(self, sha256: str) -> bytes | None:
        self._end(self._begin("blob_get"))
        return self._server.contents.files.get(sha256)

    def master_since(self, rev: int, limit: int) -> MasterPage:
        self._end(self._begin("master_since"))
        changes = [change for change in self._server.contents.master if change.rev > rev]
        return MasterPage(tuple(changes[:limit]), self._server.highest_rev())

    def status(self, status: StationStatus) -> None:
        self._end(self._begin("status"))

    def trace(self, serial: str) -> list[LoggedRow]:
        self._end(self._begin("trace"))
        return []

    def unit_status(self, serial: str) -> list[UnitStatus]:
        self._end(self._begin("unit_status"))
        return []

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        self._end(self._begin("component_use"))
        return []

    def wait_hint(self, timeout_s: float) -> bool:
        hinted, self._server.hint = self._server.hint, False
        return hinted

    def close(self) -> None:
        """Nothing to let go of."""
