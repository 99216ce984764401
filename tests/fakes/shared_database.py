"""The shared database in memory: the same answers and refusals as PostgreSQL, for fast and scripted tests.

``FakeServer`` is the server, ``FakeSharedDatabase`` a station's client of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from station_app.domain.chain import Row, genesis, record_hash
from station_app.domain.log import ComponentUse, LoggedRow, corrected_us, in_order
from station_app.domain.records import (
    AttributeInspected,
    EpochStart,
    Hold,
    HoldReleased,
    JobState,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    RecordError,
    SampleMeasured,
    decode_body,
)
from station_app.domain.status import StationStatus
from station_app.services.ports import (
    ChainBroken,
    Fork,
    Gap,
    HeardStation,
    Hello,
    MasterPage,
    Reached,
    SharedDatabaseError,
    UnitStatus,
    Unreachable,
)
from tests.fakes.shared_server import FakeServer, ServerState
from tests.fakes.shared_trends import FakeTrends

__all__ = ["CHUNK_BYTES", "FakeServer", "FakeSharedDatabase"]

CHUNK_BYTES = 256 * 1024


class FakeSharedDatabase(FakeTrends):
    """The SharedDatabase port as one station sees a FakeServer."""

    def _epochs(self, state: ServerState, chan: str) -> list[int]:
        return [
            epoch
            for (station, of, epoch), rows in state.logs.items()
            if (station, of) == (self._station, chan) and rows
        ]

    def hello(self, chan: str, epoch: int) -> Hello:
        with self._call() as state:
            rows = state.logs.get((self._station, chan, epoch), [])
            highest = max(self._epochs(state, chan), default=0)
            return Hello(len(rows), rows[-1].row.hash if rows else None, highest, self._server.now_us())

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork:
        wanted = set(hashes)
        with self._call() as state:
            epochs = self._epochs(state, chan)
            known = [
                (epoch, logged.row.seq)
                for epoch in epochs
                for logged in state.logs[self._station, chan, epoch]
                if logged.row.hash in wanted
            ]
            return Fork(*max(known, default=(0, 0)), max(epochs, default=0))

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        with self._call() as state:
            if epoch < 1 or first_seq < 1 or chan not in ("rec", "audit"):
                raise SharedDatabaseError("epochs and sequence numbers count from 1; channels are rec and audit")
            have = state.logs.get((self._station, chan, epoch), [])
            if first_seq > len(have) + 1:
                raise Gap(f"{chan} epoch {epoch}: the batch begins at {first_seq}, the server has up to {len(have)}")
            if rows and not have:
                self._check_epoch_start(state, chan, epoch, rows[0])
            known = have[first_seq - 1 :]
            for mine, theirs in zip(rows, known, strict=False):
                if mine.hash != theirs.row.hash:
                    raise ChainBroken(f"{chan} epoch {epoch} seq {theirs.row.seq}: not the record the server has")
            new = self._checked(chan, epoch, have, rows[len(known) :])
            if new:
                state.logs.setdefault((self._station, chan, epoch), []).extend(new)
            return len(state.logs.get((self._station, chan, epoch), []))

    def _checked(self, chan: str, epoch: int, have: Sequence[LoggedRow], rows: Iterable[Row]) -> list[LoggedRow]:
        previous = have[-1].row.hash if have else genesis(self._station, chan, epoch)
        now_us, landed = self._server.now_us(), []
        for seq, row in enumerate(rows, start=len(have) + 1):
            placed = Row(
                chan, epoch, seq, row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns,
                row.boot_id, row.clock_offset_ms, row.body, row.hash,
            )  # fmt: skip
            if record_hash(previous, placed, epoch, seq) != row.hash:
                raise ChainBroken(f"{chan} epoch {epoch} seq {seq}: the content does not match its hash")
            landed.append(LoggedRow(self._station, placed, now_us))
            previous = row.hash
        return landed

    def _check_epoch_start(self, state: ServerState, chan: str, epoch: int, first: Row) -> None:
        if epoch <= max(self._epochs(state, chan), default=0):
            raise ChainBroken(f"{chan} epoch {epoch} cannot begin: a later one is known already")
        if epoch == 1:
            return
        try:
            start = decode_body(first.kind, first.body)
        except RecordError as error:
            raise ChainBroken(f"{chan} epoch {epoch}: its epoch_start cannot be read") from error
        if not isinstance(start, EpochStart):
            raise ChainBroken(f"{chan} epoch {epoch} begins with a record of kind {first.kind}, not with epoch_start")
        if start.parent_seq == 0:
            parent = genesis(self._station, chan, start.parent_epoch).hex()
            found = start.parent_epoch == 0 or start.parent_hash == parent
        else:
            rows = state.logs.get((self._station, chan, start.parent_epoch), [])
            found = len(rows) >= start.parent_seq and rows[start.parent_seq - 1].row.hash.hex() == start.parent_hash
        if not found or start.parent_epoch >= epoch:
            raise ChainBroken(f"{chan} epoch {epoch}: its parent is not a row the server has")

    def read_log(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        with self._call() as state:
            rows = state.logs.get((self._station, chan, epoch), [])
            return [logged.row for logged in rows if logged.row.seq > after_seq][:limit]

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        with self._call() as state:
            if sha256 in state.sealed:
                return None
            have = state.chunks.get((sha256, self._station), {})
            return [no for no in range(-(-size_bytes // CHUNK_BYTES)) if no not in have]

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        with self._call() as state:
            if len(content) > CHUNK_BYTES:
                raise SharedDatabaseError("a chunk has at most 256 KiB")
            if sha256 not in state.sealed:
                state.chunks.setdefault((sha256, self._station), {}).setdefault(chunk_no, content)

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None:
        with self._call() as state:
            if sha256 in state.sealed:
                return
            chunks = state.chunks.get((sha256, self._station), {})
            if len(chunks) < -(-size_bytes // CHUNK_BYTES):
                raise Gap("the file is incomplete on the server")
            content = b"".join(chunks[no] for no in sorted(chunks))
            if len(content) != size_bytes or hashlib.sha256(content).hexdigest() != sha256:
                del state.chunks[sha256, self._station]
                raise Gap("the file is damaged on the server and has to be sent again")
            state.sealed[sha256] = content

    def blob_get(self, sha256: str) -> bytes | None:
        with self._call() as state:
            return state.sealed.get(sha256)

    def master_since(self, rev: int, limit: int) -> MasterPage:
        with self._call() as state:
            changes = tuple(change for change in state.master if change.rev > rev)[:limit]
            return MasterPage(changes, len(state.master))

    def status(self, status: StationStatus) -> None:
        with self._call() as state:
            state.statuses[self._station] = msgspec.structs.replace(status, station=self._station)
            state.heard_us[self._station] = self._server.now_us()

    def stations_heard(self) -> list[HeardStation]:
        with self._call() as state:
            others = {station for station, _, _ in state.logs} | set(state.statuses)
            now_us = self._server.now_us()
            return [
                HeardStation(
                    other,
                    tuple(sorted((e, len(rows)) for (s, c, e), rows in state.logs.items() if (s, c) == (other, "rec"))),
                    (now_us - state.heard_us[other]) / 1e6 if other in state.heard_us else None,
                    state.statuses[other].waiting if other in state.statuses else None,
                )
                for other in sorted(others - {self._station})
            ]

    def chart_points(
        self, product: str, operation: str, characteristic: str, after: Reached, limit: int
    ) -> list[LoggedRow]:
        if not 1 <= limit <= 10080:
            raise SharedDatabaseError("a chart is asked for 1 to 10080 points")
        with self._call() as state:
            facts = self._facts(state)
        product_of = {fact.job_id: fact.product for _, fact in facts if isinstance(fact, JobState) and fact.product}
        found = [
            logged
            for logged, fact in facts
            if isinstance(fact, SampleMeasured | AttributeInspected | Measurement)
            and (fact.operation, fact.characteristic) == (operation, characteristic)
            and (product_of.get(fact.job_id) if isinstance(fact, Measurement) else fact.product) == product
            and logged.station != self._station
            and logged.row.chan == "rec"
            and logged.row.seq > after.get((logged.station, logged.row.epoch), 0)
            and len(logged.row.body) <= 16384
        ]
        found.sort(key=lambda logged: (corrected_us(logged.row), logged.place), reverse=True)
        return sorted(found[:limit], key=lambda logged: logged.place)

    def trace(self, serial: str) -> list[LoggedRow]:
        with self._call() as state:
            facts = self._facts(state)
            holds = {fact.hold_id for _, fact in facts if isinstance(fact, Hold) and fact.subject == serial}
            return [
                logged
                for logged, fact in facts
                if serial in (getattr(fact, "serial", ""), getattr(fact, "component_serial", ""))
                or (isinstance(fact, Hold | HoldReleased) and fact.hold_id in holds)
            ]

    def unit_status(self, serial: str) -> list[UnitStatus]:
        with self._call() as state:
            facts = self._facts(state)
        released = {fact.hold_id for _, fact in facts if isinstance(fact, HoldReleased)}
        holds = [fact for _, fact in facts if isinstance(fact, Hold) and fact.hold_id not in released]
        last: dict[tuple[str, str], tuple[LoggedRow, JobState]] = {}
        for logged, fact in facts:
            if isinstance(fact, JobState) and fact.serial == serial:
                key = (logged.station, fact.job_id)
                if key not in last or last[key][0].place < logged.place:
                    last[key] = (logged, fact)
        newest = sorted(last.values(), key=lambda pair: (corrected_us(pair[0].row), pair[0].place), reverse=True)
        return [
            UnitStatus(
                serial, fact.order_id, fact.operation, logged.station, fact.job_id, fact.state, fact.outcome,
                corrected_us(logged.row),
                any((h.scope, h.subject) in (("unit", serial), ("order", fact.order_id)) for h in holds),
            )
            for logged, fact in newest
        ]  # fmt: skip

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        with self._call() as state:
            facts = {logged.row.rec_id: fact for logged, fact in self._facts(state)}
            entries = in_order(logged for logged, _ in self._facts(state))
        superseded = {getattr(fact, "supersedes", "") for fact in facts.values() if isinstance(fact, MaterialConsumed)}
        uses: list[ComponentUse] = []
        for entry in entries:
            fact = facts[entry.row.rec_id]
            if getattr(fact, "component_serial", "") != component_serial or not component_serial:
                continue
            if isinstance(fact, MaterialDetached):
                uses = [
                    ComponentUse(
                        u.material, u.component_serial, u.used_in, u.station, u.detached or u.used_in == fact.serial
                    )
                    for u in uses
                ]
            elif isinstance(fact, MaterialConsumed) and entry.row.rec_id not in superseded:
                uses.append(ComponentUse(fact.material, component_serial, fact.serial, entry.station, False))
        return uses

    def wait_hint(self, timeout_s: float) -> bool:
        if self._closed.is_set():
            raise Unreachable("this client has been closed")
        with self._server.published:
            came = self._server.published.wait_for(
                lambda: len(self._server.state.master) > self._heard or self._closed.is_set(), timeout_s
            )
            self._heard = len(self._server.state.master)
            return came and not self._closed.is_set()

    def close(self) -> None:
        self._closed.set()
        with self._server.published:
            self._server.published.notify_all()
