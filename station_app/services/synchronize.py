"""The thread that synchronizes: it does the waiting that the state machine asks for."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable

from station_app.domain.chain import Draft
from station_app.domain.records import Fact
from station_app.services.ledger import STATION_ACTOR
from station_app.services.ports import Clock, EvidenceStore, Journal, SharedDatabase, SharedDatabaseError, TrendOutbox
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase, SyncState
from station_app.services.synchronizer import StepResult, Synchronizer, SyncListener

__all__ = ["SyncPhase", "SyncState", "SyncWorker", "Synchronizer", "build_synchronizer", "drain"]

HINT_POLL_S = 0.5
BUG_RETRY_S = 60.0
STOP_TIMEOUT_S = 10.0

_log = logging.getLogger(__name__)


def build_synchronizer(
    journal: Journal,
    database: SharedDatabase,
    evidence: EvidenceStore,
    recorder: Recorder,
    clock: Clock,
    listener: SyncListener | None = None,
    trends: TrendOutbox | None = None,
) -> Synchronizer:
    """A synchronizer that stamps its own records, and the measured clock offset, through the station's recorder."""
    listener = listener or SyncListener()

    def draft(fact: Fact, chan: str) -> Draft:
        return recorder.draft(fact, STATION_ACTOR, chan)

    def measured(offset_ms: int) -> None:
        recorder.clock_offset_ms = offset_ms
        listener.clock_offset_ms(offset_ms)

    return Synchronizer(
        journal=journal, database=database, evidence=evidence, clock=clock, draft=draft,
        listener=dataclasses.replace(listener, clock_offset_ms=measured), trends=trends,
    )  # fmt: skip


class SyncWorker:
    """Synchronizes in a thread of its own until stopped. Journal, database and store are closed by who opened them.

    ``on_state``, ``on_rehomed`` and ``on_master_applied`` are called on that thread; after ``on_rehomed(chan)`` the journal
    has rows that the station did not know, and what was folded from it must be folded anew; after ``on_master_applied()``
    it has other master data, of a restored server also under the same revision.
    """

    def __init__(
        self,
        journal: Journal,
        database: SharedDatabase,
        evidence: EvidenceStore,
        recorder: Recorder,
        clock: Clock,
        *,
        on_state: Callable[[SyncState], None] = lambda state: None,
        on_rehomed: Callable[[str], None] = lambda chan: None,
        on_master_applied: Callable[[], None] = lambda: None,
        trends: TrendOutbox | None = None,
    ) -> None:
        def tell(state: SyncState) -> None:
            self._state = state
            on_state(state)

        self._database = database
        listener = SyncListener(state=tell, rehomed=on_rehomed, master_applied=on_master_applied)
        self._synchronizer = build_synchronizer(journal, database, evidence, recorder, clock, listener, trends)
        self._state = self._synchronizer.state
        self._woken = threading.Event()
        self._retrying = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    @property
    def state(self) -> SyncState:
        """The last state told; from any thread."""
        return self._state

    def wake(self) -> None:
        """Something was recorded: look at the journal now. From any thread; cheap."""
        self._woken.set()

    def retry_now(self) -> None:
        """Somebody does not want to wait for the next attempt. From any thread."""
        self._retrying.set()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """End after the step that is under way; False when it did not end in time (a server that does not answer)."""
        self._stopping.set()
        self._woken.set()
        self._retrying.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                result = self._synchronizer.step()
            except Exception:  # noqa: BLE001  an error of our own is told loudly and must not end the delivery for good
                _log.exception("the synchronization failed with an error of the program; it goes on in a minute")
                result = StepResult(BUG_RETRY_S, wakeable=False)
            self._wait(result)

    def _wait(self, result: StepResult) -> None:
        """Wait for the delay, a commit, a notification or the end."""
        until = time.monotonic() + result.delay_s
        while not self._stopping.is_set() and (left_s := until - time.monotonic()) > 0:
            if not result.wakeable:
                if self._retrying.wait(left_s):
                    self._retrying.clear()
                    self._synchronizer.retry_now()
                    return
            elif self._woken.wait(min(left_s, HINT_POLL_S)) or self._hinted():
                return

    def _hinted(self) -> bool:
        """Whether the server notified; a lost connection counts, the next step finds out."""
        try:
            hinted = self._database.wait_hint(0.0)
        except SharedDatabaseError:
            hinted = True
        if hinted:
            self._synchronizer.hint()
        return hinted


def drain(synchronizer: Synchronizer, timeout_s: float) -> SyncState:
    """Synchronize here and now until nothing waits any more or the time is over; answers the last state.

    For the command line, without a worker. ``state.name`` is IDLE when everything was delivered.
    """
    until = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        result = synchronizer.step()
        state = synchronizer.state
        left_s = until - time.monotonic()
        if state.name is SyncPhase.IDLE or left_s <= 0:
            return state
        if result.delay_s > 0:
            pause.wait(min(result.delay_s, left_s))
