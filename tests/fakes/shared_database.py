"""The shared database in memory: the same answers and refusals as PostgreSQL, for fast and scripted tests.

``FakeServer`` is the server, ``FakeSharedDatabase`` a station's client of it. A test can cut the line before a call arrives
or after it was committed (``server.cuts``), take a copy of the server and put it back (``backup``/``restore``).
"""

from __future__ import annotations

import copy
import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from station_app.domain.chain import MAX_BODY_BYTES, Row, genesis, record_hash
from station_app.domain.log import ComponentUse, LoggedRow, corrected_us, in_order
from station_app.domain.records import (
    KINDS,
    AttributeInspected,
    EpochStart,
    Fact,
    Hold,
    HoldReleased,
    JobState,
    LineTrendComment,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    RecordError,
    SampleMeasured,
    decode_body,
)
from station_app.domain.status import StationStatus
from station_app.domain.trend import ArrivedBlock, LineTag, TrendBlock, TrendReach, ValueKind
from station_app.domain.trend import Gap as TrendGap
from station_app.services.ports import (
    ChainBroken,
    Fork,
    Gap,
    HeardStation,
    Hello,
    MasterChange,
    MasterPage,
    Reached,
    Refused,
    SharedDatabaseError,
    UnitStatus,
    Unreachable,
)

CHUNK_BYTES = 256 * 1024
Cut = Literal["before", "after"]
BESIDE_TRENDS = {
    "job_state", "step_state", "alarm_transition", "measurement", "machine_value", "evidence_captured", "comment",
    "trend_comment", "application_state",
}  # fmt: skip
OFTEN = {"step_state", "measurement", "machine_value", "evidence_captured"}
FOUR_DAYS_US = 4 * 86_400_000_000
VALUE_KINDS = (ValueKind.FLOAT, ValueKind.INT, ValueKind.BOOL, ValueKind.TEXT)


@dataclass
class _State:
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
        self.state = _State()
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

    def backup(self) -> _State:
        """A copy of everything."""
        with self.lock:
            return copy.deepcopy(self.state)

    def restore(self, backup: _State) -> None:
        """Go back to a copy, as a server restored from a backup does."""
        with self.lock:
            self.state = copy.deepcopy(backup)

    def rows(self, station: str, chan: str, epoch: int) -> list[Row]:
        """What landed, for tests to look at."""
        with self.lock:
            return [logged.row for logged in self.state.logs.get((station, chan, epoch), [])]


class FakeSharedDatabase:
    """The SharedDatabase port as one station sees a FakeServer."""

    def __init__(self, server: FakeServer, station: str) -> None:
        self._server = server
        self._station = station
        self._closed = threading.Event()
        self._heard = len(server.state.master)

    class _Call:
        """A call: serialised, and cut where the test says so."""

        def __init__(self, client: FakeSharedDatabase) -> None:
            self._client = client
            self._cut: Cut | None = None

        def __enter__(self) -> _State:
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

    def _epochs(self, state: _State, chan: str) -> list[int]:
        return [
            epoch
            for (station, of, epoch), rows in state.logs.items()
            if (station, of) == (self._station, chan) and rows
        ]

    def hello(self, chan: str, epoch: int) -> Hello:
        with self._Call(self) as state:
            rows = state.logs.get((self._station, chan, epoch), [])
            highest = max(self._epochs(state, chan), default=0)
            return Hello(len(rows), rows[-1].row.hash if rows else None, highest, self._server.now_us())

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork:
        wanted = set(hashes)
        with self._Call(self) as state:
            epochs = self._epochs(state, chan)
            known = [
                (epoch, logged.row.seq)
                for epoch in epochs
                for logged in state.logs[self._station, chan, epoch]
                if logged.row.hash in wanted
            ]
            return Fork(*max(known, default=(0, 0)), max(epochs, default=0))

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        with self._Call(self) as state:
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

    def _check_epoch_start(self, state: _State, chan: str, epoch: int, first: Row) -> None:
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
        with self._Call(self) as state:
            rows = state.logs.get((self._station, chan, epoch), [])
            return [logged.row for logged in rows if logged.row.seq > after_seq][:limit]

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        with self._Call(self) as state:
            if sha256 in state.sealed:
                return None
            have = state.chunks.get((sha256, self._station), {})
            return [no for no in range(-(-size_bytes // CHUNK_BYTES)) if no not in have]

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        with self._Call(self) as state:
            if len(content) > CHUNK_BYTES:
                raise SharedDatabaseError("a chunk has at most 256 KiB")
            if sha256 not in state.sealed:
                state.chunks.setdefault((sha256, self._station), {}).setdefault(chunk_no, content)

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None:
        with self._Call(self) as state:
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
        with self._Call(self) as state:
            return state.sealed.get(sha256)

    def master_since(self, rev: int, limit: int) -> MasterPage:
        with self._Call(self) as state:
            changes = tuple(change for change in state.master if change.rev > rev)[:limit]
            return MasterPage(changes, len(state.master))

    def status(self, status: StationStatus) -> None:
        with self._Call(self) as state:
            state.statuses[self._station] = msgspec.structs.replace(status, station=self._station)
            state.heard_us[self._station] = self._server.now_us()

    def stations_heard(self) -> list[HeardStation]:
        with self._Call(self) as state:
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
        with self._Call(self) as state:
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

    def _facts(self, state: _State) -> list[tuple[LoggedRow, Fact]]:
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

    def trace(self, serial: str) -> list[LoggedRow]:
        with self._Call(self) as state:
            facts = self._facts(state)
            holds = {fact.hold_id for _, fact in facts if isinstance(fact, Hold) and fact.subject == serial}
            return [
                logged
                for logged, fact in facts
                if serial in (getattr(fact, "serial", ""), getattr(fact, "component_serial", ""))
                or (isinstance(fact, Hold | HoldReleased) and fact.hold_id in holds)
            ]

    def unit_status(self, serial: str) -> list[UnitStatus]:
        with self._Call(self) as state:
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
        with self._Call(self) as state:
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

    def trend_put(self, block: TrendBlock) -> None:
        with self._Call(self) as state:
            self._check_block(block)
            key = (self._station, block.tag, block.start_us, block.sha256)
            if key in state.trend:
                return
            state.trend[key] = block
            tail = state.tails.get((self._station, block.tag))
            if tail is not None and tail.start_us <= block.end_us and tail.end_us >= block.start_us:
                del state.tails[self._station, block.tag]
                if tail.end_us > block.end_us and self._station in state.reach:
                    state.reach[self._station] = min(state.reach[self._station], block.end_us)

    def trend_tail_put(self, block: TrendBlock) -> None:
        with self._Call(self) as state:
            self._check_block(block)
            state.tails[self._station, block.tag] = block

    def _check_block(self, block: TrendBlock) -> None:
        if not block.tag or block.end_us < block.start_us or block.count < 1 or not 0 < len(block.content) <= 1 << 20:
            raise SharedDatabaseError("a block has a tag, 1 to 1048576 samples and at most 1 MiB")
        if hashlib.sha256(block.content).hexdigest() != block.sha256:
            raise ChainBroken(f"the block of {block.tag} does not match its SHA-256: it was damaged on its way")

    def trend_reach_put(self, reach: TrendReach) -> None:
        with self._Call(self) as state:
            if len(reach.gaps) > 500 or any(
                gap.end_us < gap.start_us or len(gap.reason.encode()) > 1000 for gap in reach.gaps
            ):
                raise SharedDatabaseError("at most 500 gaps at a time, each with an end behind its start")
            for gap in reach.gaps:
                key = (self._station, gap.start_us, str(gap.kind))
                if key not in state.gaps or gap.end_us >= state.gaps[key].end_us:
                    state.gaps[key] = gap
            if reach.until_us is not None:
                state.reach[self._station] = reach.until_us

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        with self._Call(self) as state:
            if len(sha256s) > 1000:
                raise SharedDatabaseError("at most 1000 blocks can be asked for at a time")
            known = {sha256 for station, _, _, sha256 in state.trend if station == self._station}
            return [sha256 for sha256 in sha256s if sha256 not in known]

    def _check_line(self, station: str) -> None:
        if station.rpartition("/")[0] != self._station.rpartition("/")[0]:
            raise Refused(f"{station} is no station of this line")

    def _blocks(self, state: _State, station: str, tag: str) -> list[TrendBlock]:
        found = [block for (of, name, _, _), block in state.trend.items() if (of, name) == (station, tag)]
        return sorted(found, key=lambda block: (block.start_us, block.sha256))

    def line_tags(self, station: str) -> list[LineTag]:
        with self._Call(self) as state:
            self._check_line(station)
            tags = []
            names = {name for of, name, _, _ in state.trend if of == station}
            for tag in sorted(names | {name for of, name in state.tails if of == station}):
                blocks = self._blocks(state, station, tag)
                tail = state.tails.get((station, tag))
                content = (tail or blocks[-1]).content
                kind = VALUE_KINDS[content[4] % 4 if len(content) > 4 else 0]
                known = [*blocks, *([tail] if tail is not None else [])]
                ends = [*(block.end_us for block in blocks[-1:]), *([tail.end_us] if tail is not None else [])]
                tags.append(LineTag(tag, min(block.start_us for block in known), max(ends), kind))
            return tags

    def line_reach(self, station: str) -> TrendReach:
        with self._Call(self) as state:
            self._check_line(station)
            gaps = sorted((at, kind, gap) for (of, at, kind), gap in state.gaps.items() if of == station)
            return TrendReach(state.reach.get(station), tuple(gap for _, _, gap in gaps[-2000:]))

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        with self._Call(self) as state:
            self._check_line(station)
            blocks = self._blocks(state, station, tag)
            before = [block for block in blocks if block.start_us < from_us][-1:]
            after = [block for block in blocks if block.start_us >= to_us][:1]
            inside = [block for block in blocks if block.start_us < to_us and block.end_us >= from_us]
            tail = state.tails.get((station, tag))
            found = [_arrived(block) for block in blocks if block in before or block in after or block in inside]
            if tail is not None and (tail.start_us < to_us or not after):
                found.append(replace(_arrived(tail), content=tail.content))
            return sorted(found, key=lambda block: (block.start_us, block.sha256))

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        with self._Call(self) as state:
            self._check_line(station)
            keys = {(station, tag, block.start_us, block.sha256) for block in blocks}
            return {block.sha256: block.content for key, block in state.trend.items() if key in keys}

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        with self._Call(self) as state:
            self._check_line(station)
            since_us = {
                kind: max(from_us, to_us - FOUR_DAYS_US) if kind in OFTEN else from_us for kind in BESIDE_TRENDS
            }
            rows = [
                logged.row
                for (of, of_chan, _), logs in state.logs.items()
                if (of, of_chan) == (station, chan)
                for logged in logs
                if logged.row.kind in BESIDE_TRENDS.intersection(kinds)
                and since_us[logged.row.kind] <= logged.row.wall_us < to_us
            ]
            rows = sorted(rows, key=lambda row: (row.wall_us, row.epoch, row.seq))[-newest:] if newest else []
            return sorted(rows, key=lambda row: (row.epoch, row.seq))

    def line_remarks(self, station: str, newest: int) -> list[Row]:
        with self._Call(self) as state:
            self._check_line(station)
            found = [
                (fact.at_us, logged.row)
                for logged, fact in self._facts(state)
                if isinstance(fact, LineTrendComment) and fact.about_station == station
                and logged.station.rpartition("/")[0] == station.rpartition("/")[0]
            ]  # fmt: skip
            found.sort(key=lambda pair: (pair[0], pair[1].rec_id))
            return [row for _, row in found[-newest:]]

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


def _arrived(block: TrendBlock) -> ArrivedBlock:
    return ArrivedBlock(
        block.start_us, block.end_us, block.count, block.bad, block.minimum, block.maximum, block.mean, block.sha256
    )
