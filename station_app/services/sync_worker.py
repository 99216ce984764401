"""The thread that synchronizes: it does the waiting that the state machine asks for."""

from __future__ import annotations

import logging
import threading
import time

from station_app.services.ports import SharedDatabase, SharedDatabaseError
from station_app.services.sync_state import SyncPhase, SyncState
from station_app.services.synchronize import StepResult, Synchronizer

HINT_POLL_S = 0.5
BUG_RETRY_S = 60.0
STOP_TIMEOUT_S = 10.0

_log = logging.getLogger(__name__)


class SyncWorker:
    """Runs a :class:`Synchronizer` in a thread of its own until stopped, and closes the database connection with it."""

    def __init__(self, synchronizer: Synchronizer, database: SharedDatabase) -> None:
        self._synchronizer = synchronizer
        self._database = database
        self._woken = threading.Event()
        self._retrying = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

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
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                try:
                    result = self._synchronizer.step()
                except Exception:  # noqa: BLE001  an error of our own is told loudly and must not end the delivery for good
                    _log.exception("the synchronization failed with an error of the program; it goes on in a minute")
                    result = StepResult(BUG_RETRY_S, wakeable=False)
                self._wait(result)
        finally:
            self._database.close()

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

    For the command line, without a worker. ``state.phase`` is IDLE when everything was delivered.
    """
    until = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        result = synchronizer.step()
        state = synchronizer.state
        left_s = until - time.monotonic()
        if state.phase is SyncPhase.IDLE or left_s <= 0:
            return state
        if result.delay_s > 0:
            pause.wait(min(result.delay_s, left_s))
