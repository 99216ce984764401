"""Hypothesis drives the synchronization: any order of records, cuts, restarts, clones and restored backups.

What must hold, and what the words mean here:

- *saved*: the journal answered. A saved record counts as long as the server or any copy of the journal has it; a backup
  put back over the only copy takes records with it, and nobody can deliver those.
- *nothing lost*: after every copy was in contact once more, the server has every record that counts.
- *nothing doubled*: a rec_id stands at one place of the server's log. In ``SyncMachine`` contact is exclusive: a copy
  that comes into contact finds the other ones cut off. In ``RacingMachine`` copies are in contact at the same moment,
  each acting on a hello that the other has made untrue; then a record may land at two places, with the same content,
  and the reporting tables take it once.
- *equal*: the copy that was in contact last has the server's rows, hash for hash, and all chains hold.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from station_app.domain.chain import CHANNELS, REC, Row, check_chain, genesis
from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment, Fact, SettingChanged
from station_app.services.deliver_records import content
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase
from station_app.services.synchronize import build_synchronizer
from station_app.services.synchronizer import Synchronizer
from tests.fakes.clock import FakeClock
from tests.fakes.evidence import FakeEvidenceStore
from tests.fakes.journal import FakeJournal
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.fakes.shared_server import Cut, ServerState

STATION = "plant/line1/ASM-10"
COPIES = st.integers(0, 2)
STEPS_TO_IDLE = 400


@dataclass
class Copy:
    """One copy of the station: its journal is durable, its synchronizer is not."""

    journal: FakeJournal
    evidence: FakeEvidenceStore
    recorder: Recorder
    synchronizer: Synchronizer
    backups: list[FakeJournal] = field(default_factory=list)


class SyncMachine(RuleBasedStateMachine):
    """Up to three copies of one station and one server."""

    exclusive = True

    def __init__(self) -> None:
        super().__init__()
        self.server = FakeServer()
        self.clock = FakeClock()
        self.server.now_us = self.clock.wall_us
        self.ids = RecordIds()
        self.copies: list[Copy] = []
        self.backups: list[ServerState] = []
        self.saved: set[str] = set()
        self.files: set[str] = set()
        self.in_contact = 0
        self.texts = 0

    def _run(self, journal: FakeJournal, evidence: FakeEvidenceStore) -> Copy:
        recorder = Recorder(journal, self.clock, self.ids)
        database = FakeSharedDatabase(self.server, STATION)
        synchronizer = build_synchronizer(journal, database, evidence, recorder, self.clock)
        return Copy(journal, evidence, recorder, synchronizer)

    def _restart(self, number: int) -> None:
        one = self.copies[number]
        self.copies[number] = self._run(one.journal, one.evidence)
        self.copies[number].backups = one.backups

    def _copy(self, number: int) -> int:
        return number % len(self.copies)

    def _server_rows(self) -> list[Row]:
        return [row for chan in CHANNELS for row in self._server_chan(chan)]

    def _server_chan(self, chan: str) -> list[Row]:
        epochs = sorted(epoch for station, of, epoch in self.server.state.logs if (station, of) == (STATION, chan))
        return [row for epoch in epochs for row in self.server.rows(STATION, chan, epoch)]

    def _after_a_disaster(self) -> None:
        """Only records that somebody still has can be asked for."""
        somewhere = {row.rec_id for row in self._server_rows()}
        for one in self.copies:
            somewhere |= {row.rec_id for chan in CHANNELS for row in one.journal.all_rows(chan)}
        self.saved &= somewhere

    # --- what may happen ----------------------------------------------------------------------------------------

    @initialize()
    def first_start(self) -> None:
        self.copies = [self._run(FakeJournal(STATION), FakeEvidenceStore())]

    @rule(number=COPIES, chan=st.sampled_from(CHANNELS), count=st.sampled_from([1, 2, 7, 600]))
    def record(self, number: int, chan: str, count: int) -> None:
        facts: list[Fact] = []
        for _ in range(count):
            self.texts += 1
            text = str(self.texts)
            facts.append(Comment(text=text) if chan == REC else SettingChanged(setting="s", old="", new=text))
        rows = self.copies[self._copy(number)].recorder.record(facts, "P-1").result()
        self.saved |= {row.rec_id for row in rows}

    @rule(number=COPIES, size=st.sampled_from([10, 300_000, 600_000]))
    def capture_evidence(self, number: int, size: int) -> None:
        one = self.copies[self._copy(number)]
        self.texts += 1
        content = f"{self.texts} ".encode() * (size // 4)
        sha256 = one.evidence.put(content)
        one.journal.put_blob(Blob(sha256, len(content), "image/png", BlobState.WAITING)).result()
        self.files.add(sha256)

    @rule(number=COPIES, steps=st.integers(1, 9))
    def synchronize(self, number: int, steps: int) -> None:
        number = self._copy(number)
        if self.exclusive and number != self.in_contact:
            self._restart(self.in_contact % len(self.copies))  # cut off
            self.in_contact = number
        for _ in range(steps):
            result = self.copies[number].synchronizer.step()
            self.clock.advance(result.delay_s)

    @rule(where=st.sampled_from(["before", "after"]), good_calls=st.integers(0, 4))
    def cut(self, where: Cut, good_calls: int) -> None:
        self.server.cuts.extend([*[None] * good_calls, where])

    @rule(number=COPIES)
    def kill_and_start(self, number: int) -> None:
        self._restart(self._copy(number))

    @precondition(lambda self: len(self.copies) < 3)
    @rule(number=COPIES)
    def clone(self, number: int) -> None:
        one = self.copies[self._copy(number)]
        self.copies.append(self._run(copy.deepcopy(one.journal), copy.deepcopy(one.evidence)))

    @rule(number=COPIES)
    def back_up_journal(self, number: int) -> None:
        one = self.copies[self._copy(number)]
        one.backups.append(copy.deepcopy(one.journal))

    @rule(number=COPIES, which=st.integers(0, 9))
    def restore_journal(self, number: int, which: int) -> None:
        number = self._copy(number)
        one = self.copies[number]
        if one.backups:
            backup = copy.deepcopy(one.backups[which % len(one.backups)])
            self.copies[number] = self._run(backup, one.evidence)
            self.copies[number].backups = one.backups
            self._after_a_disaster()

    @rule()
    def back_up_server(self) -> None:
        self.backups.append(self.server.backup())

    @precondition(lambda self: bool(self.backups))
    @rule(which=st.integers(0, 9))
    def restore_server(self, which: int) -> None:
        self.server.restore(self.backups[which % len(self.backups)])
        for number in range(len(self.copies)):  # a restored server has no connections
            self._restart(number)
        self._after_a_disaster()

    @rule(item=st.sampled_from(["A", "B"]), op=st.sampled_from(["put", "put", "remove"]))
    def publish(self, item: str, op: str) -> None:
        self.texts += 1
        in_force = {change.id: change.op for change in self.server.state.master}
        if op == "put" or in_force.get(item) == "put":
            self.server.publish("reasons", item, str(self.texts).encode() if op == "put" else b"", op)

    @rule(years=st.sampled_from([-20, -1, 1, 20]))
    def set_the_clock(self, years: int) -> None:
        self.clock.step_wall(years * 365 * 86_400)

    # --- what must hold -----------------------------------------------------------------------------------------

    @invariant()
    def all_chains_hold(self) -> None:
        for chan in CHANNELS:
            _check(self._server_chan(chan), chan)
            for one in self.copies:
                _check(list(one.journal.all_rows(chan)), chan)

    @invariant()
    def nothing_doubled(self) -> None:
        contents: dict[str, set[tuple[object, ...]]] = {}
        for row in self._server_rows():
            contents.setdefault(row.rec_id, set()).add(content(row))
        assert all(len(found) == 1 for found in contents.values())
        if not self.exclusive:
            return
        twice = [rec_id for rec_id, count in Counter(row.rec_id for row in self._server_rows()).items() if count > 1]
        assert not twice, f"doubled at the server: {twice}"

    def teardown(self) -> None:
        self.server.cuts.clear()
        for number in range(len(self.copies)):
            self._restart(number)
            self._until_idle(self.copies[number])
        delivered = {row.rec_id for row in self._server_rows()}
        assert not self.saved - delivered, f"lost: {self.saved - delivered}"
        self.nothing_doubled()
        if self.copies:
            self._equal(self.copies[-1])
        self.all_chains_hold()

    def _until_idle(self, one: Copy) -> None:
        for _ in range(STEPS_TO_IDLE):
            result = one.synchronizer.step()
            if one.synchronizer.state.name is SyncPhase.IDLE:
                return
            self.clock.advance(result.delay_s)
        raise AssertionError(f"does not come to rest: {one.synchronizer.state}")

    def _equal(self, last: Copy) -> None:
        state = last.synchronizer.state
        assert state.waiting == 0
        assert not [fault for fault in state.alarms if not fault.code.startswith("rehomed")], state.faults
        for chan in CHANNELS:
            assert list(last.journal.all_rows(chan)) == self._server_chan(chan)
        assert last.journal.master_cursor() == len(self.server.state.master)
        in_force: dict[str, bytes] = {}
        for change in self.server.state.master:
            in_force.pop(change.id, None)
            if change.op == "put":
                in_force[change.id] = change.body
        assert {change.id: change.body for change in last.journal.master("reasons")} == in_force
        for blob in last.journal.blobs(BlobState.SEALED):
            assert blob.sha256 in self.server.state.sealed
        assert not last.journal.blobs(BlobState.WAITING)


def _check(rows: list[Row], chan: str) -> None:
    for epoch in {row.epoch for row in rows}:
        check_chain([row for row in rows if row.epoch == epoch], genesis(STATION, chan, epoch), 1)


class RacingMachine(SyncMachine):
    """Copies in contact at the same moment."""

    exclusive = False


RacingMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestRacingMachine = RacingMachine.TestCase
SyncMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSyncMachine = SyncMachine.TestCase
