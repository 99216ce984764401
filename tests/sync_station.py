"""A station's synchronization on stand-ins, driven step by step without waiting."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence

from station_app.domain.chain import CHANNELS, REC, Row
from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment, SettingChanged
from station_app.domain.trend import TrendBlock
from station_app.services.ports import Blob, BlobState, SharedDatabaseError, TrendOutbox
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase, SyncState
from station_app.services.synchronize import build_synchronizer
from station_app.services.synchronizer import SyncListener
from tests.fakes.clock import FakeClock
from tests.fakes.evidence import FakeEvidenceStore
from tests.fakes.journal import FakeJournal
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase

STATION = "plant/line1/ASM-10"


class FailingDatabase(FakeSharedDatabase):
    """A stand-in whose next calls can be made to fail with any error: ``errors``, one a call, None for none."""

    def __init__(self, server: FakeServer, station: str) -> None:
        super().__init__(server, station)
        self.errors: deque[SharedDatabaseError | None] = deque()
        self.batches: list[tuple[str, int, int, int]] = []
        self.chunks: list[int] = []
        self.blocks: list[str] = []
        self.tails: list[str] = []

    def _fail(self) -> None:
        error = self.errors.popleft() if self.errors else None
        if error is not None:
            raise error

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        self._fail()
        self.batches.append((chan, epoch, first_seq, len(rows)))
        return super().append_batch(chan, epoch, first_seq, rows)

    def trend_put(self, block: TrendBlock) -> None:
        self._fail()
        super().trend_put(block)
        self.blocks.append(block.sha256)

    def trend_tail_put(self, block: TrendBlock) -> None:
        self._fail()
        super().trend_tail_put(block)
        self.tails.append(block.tag)

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        self._fail()
        self.chunks.append(chunk_no)
        super().blob_put(sha256, chunk_no, content)


class SyncStation:
    """One station; :meth:`restart` forgets everything that is not durable."""

    def __init__(
        self, server: FakeServer | None = None, journal: FakeJournal | None = None, trends: TrendOutbox | None = None
    ) -> None:
        self.trends = trends
        self.server = server or FakeServer()
        self.clock = FakeClock()
        self.server.now_us = self.clock.wall_us
        self.journal = journal or FakeJournal(STATION)
        self.evidence = FakeEvidenceStore()
        self.ids = RecordIds()
        self.states: list[SyncState] = []
        self.offsets: list[int] = []
        self.rehomed: list[str] = []
        self.restart()

    def restart(self) -> None:
        """Start the application again."""
        self.recorder = Recorder(self.journal, self.clock, self.ids)
        self.database = FailingDatabase(self.server, STATION)
        listener = SyncListener(
            state=self.states.append, clock_offset_ms=self.offsets.append, rehomed=self.rehomed.append
        )
        self.synchronizer = build_synchronizer(
            self.journal, self.database, self.evidence, self.recorder, self.clock, listener, self.trends
        )
        self.synchronizer._chance = random.Random(7)

    @property
    def state(self) -> SyncState:
        """The synchronizer's state."""
        return self.synchronizer.state

    def record(self, count: int = 1, chan: str = REC) -> list[Row]:
        """Record facts in one commit."""
        facts = [
            Comment(text=str(number)) if chan == REC else SettingChanged(setting="s", old="", new=str(number))
            for number in range(count)
        ]
        return self.recorder.record(facts, "P-1").result()

    def capture(self, content: bytes) -> Blob:
        """Keep a file as evidence."""
        blob = Blob(self.evidence.put(content), len(content), "image/png", BlobState.WAITING)
        self.journal.put_blob(blob).result()
        return blob

    def until_idle(self, steps: int = 200) -> None:
        """Step, letting time pass where a wait is asked for, until there is nothing to do."""
        for _ in range(steps):
            result = self.synchronizer.step()
            if self.state.name is SyncPhase.IDLE:
                return
            self.clock.advance(result.delay_s)
        raise AssertionError(f"does not come to rest: {self.state}")

    def next_poll(self) -> None:
        """Let the idle time pass and see the next contact through."""
        self.clock.advance(15.0)
        self.synchronizer.step()
        self.until_idle()

    def server_rows(self, chan: str = REC) -> list[Row]:
        """The server's rows of this station in order."""
        epochs = sorted(epoch for station, of, epoch in self.server.state.logs if (station, of) == (STATION, chan))
        return [row for epoch in epochs for row in self.server.rows(STATION, chan, epoch)]

    def assert_equal(self) -> None:
        """Both sides have the same rows."""
        for chan in CHANNELS:
            assert list(self.journal.all_rows(chan)) == self.server_rows(chan)
        assert self.state.waiting == 0
