"""The file and the stand-in in memory agree after any sequence of verbs, also when the file is closed and opened again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from station_app.domain.chain import CHANNELS, Row, genesis, place
from station_app.services.ports import Head, MasterChange
from station_app.storage.journal import SqliteJournal, verify_local
from tests.drafts import draft, epoch_start
from tests.fakes.journal import FakeJournal

STATION = "plant/line1/ASM-10"
chans = st.sampled_from(CHANNELS)


class Agreement(RuleBasedStateMachine):
    """Every verb is applied to both; a refusal must be a refusal of both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.file = SqliteJournal(self.folder / "journal.db", STATION)
        self.memory = FakeJournal(STATION)

    @rule(parts=st.lists(chans, max_size=4), body=st.binary(max_size=50))
    def append(self, parts: list[str], body: bytes) -> None:
        drafts = [draft(chan, body) for chan in parts]
        assert self.file.append(drafts).result() == self.memory.append(drafts).result()

    @rule(chan=chans, data=st.data(), step=st.integers(1, 3), pulled_count=st.integers(0, 3))
    def rehome(self, chan: str, data: st.DataObject, step: int, pulled_count: int) -> None:
        rows = list(self.memory.all_rows(chan))
        nothing = Head(0, 0, b"")
        after = data.draw(st.sampled_from([nothing, *(Head(row.epoch, row.seq, row.hash) for row in rows)]))
        new_epoch = self.memory.head(chan).epoch + step
        pulled = self._servers_rows(chan, after, pulled_count) if new_epoch > max(after.epoch, 1) else []
        first = epoch_start(after, chan)
        answers = [journal.rehome(chan, after, new_epoch, first, pulled) for journal in (self.file, self.memory)]
        assert answers[0].result() == answers[1].result()

    def _servers_rows(self, chan: str, after: Head, count: int) -> list[Row]:
        epoch, previous = max(after.epoch, 1), after.hash or genesis(STATION, chan, 1)
        rows: list[Row] = []
        for seq in range(after.seq + 1, after.seq + 1 + count):
            rows.append(place(draft(chan, b"only at the server"), epoch, seq, previous))
            previous = rows[-1].hash
        return rows

    @rule(chan=chans, epoch=st.integers(0, 4), seq=st.integers(0, 9), offset_ms=st.none() | st.integers(-5, 5))
    def set_peer(self, chan: str, epoch: int, seq: int, offset_ms: int | None) -> None:
        seq = min(seq, self.memory.head(chan, epoch).seq)
        for journal in (self.file, self.memory):
            journal.set_peer(chan, epoch, seq, offset_ms).result()

    @rule(snapshot=st.booleans(), names=st.lists(st.sampled_from("abc"), max_size=3), cursor=st.integers(0, 99))
    def apply_master(self, snapshot: bool, names: list[str], cursor: int) -> None:
        changes = [MasterChange(cursor, "order", name, name.encode(), "0" * 64) for name in names]
        for journal in (self.file, self.memory):
            journal.apply_master(changes, cursor, snapshot).result()

    @rule()
    def open_again(self) -> None:
        self.file.close()
        self.file = SqliteJournal(self.folder / "journal.db", STATION)

    @invariant()
    def they_agree(self) -> None:
        for chan in CHANNELS:
            assert list(self.file.all_rows(chan)) == list(self.memory.all_rows(chan))
            assert self.file.epochs(chan) == self.memory.epochs(chan)
            assert self.file.peer(chan) == self.memory.peer(chan)
        assert self.file.waiting() == self.memory.waiting()
        assert self.file.master("order") == self.memory.master("order")
        assert self.file.master_cursor() == self.memory.master_cursor()

    @precondition(lambda self: self.memory.head("rec").seq > 0)
    @invariant()
    def the_chain_holds(self) -> None:
        assert verify_local(self.folder / "journal.db", STATION) == []

    def teardown(self) -> None:
        self.file.close()
        shutil.rmtree(self.folder)


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
