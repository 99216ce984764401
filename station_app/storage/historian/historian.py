"""The historian's thread: takes samples from its queue, saves them once a second, removes what is old, watches the room.

It opens the file by itself and goes on trying: lost trends never stop the work. A failure is one log line and a standing
fault, its end one more. What was met in one kind of work (storing, looking after the room) is over when that comes through:
on a full disk a small save may succeed where a removal does not.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from drivers.base import Sample
from station_app.domain.history_rule import HistoryRule
from station_app.domain.trend import GapKind
from station_app.services.ports import Clock, HistorianError, HistorianState, Room
from station_app.storage.historian.gap_book import Losses
from station_app.storage.historian.recording import Recording, Work
from station_app.storage.historian.retention import (
    DAY_US,
    STEADY_CLOCK_NS,
    THINNED_INTERVAL_S,
    HistoryLimits,
    give_back,
    remove_older,
    remove_oldest,
    room_for,
    used_bytes,
)
from station_app.storage.historian.schema import file_identity, open_file
from station_app.storage.sqlite import CORRUPT, FULL, NOT_A_DATABASE, primary_code, sqlite_module

_log = logging.getLogger(__name__)

SAVE_EVERY_S = 1.0
LOOK_EVERY_S = 5.0
OPEN_AGAIN_S = 5.0
WAKE_AT = 20_000
STOP_TIMEOUT_S = 10.0
_STORING, _ROOM = "storing", "room"


class SampleIntake(Protocol):
    """A bounded queue between two threads: one puts, one drains; what it had to drop is counted."""

    overflowed: int

    def put(self, item: Sample) -> None: ...

    def drain(self, limit: int | None = None) -> list[Sample]: ...

    def __len__(self) -> int: ...


class SqliteHistorian:
    """The Historian port on a SQLite file. ``intake`` is also filled from elsewhere (the field loop).

    ``rules`` are by tag; samples of other tags are not kept. ``deliver``: blocks wait for the shared database.
    """

    def __init__(
        self, path: Path, station: str, *, rules: Mapping[str, HistoryRule], limits: HistoryLimits, clock: Clock,
        intake: SampleIntake, deliver: bool, free_bytes: Callable[[Path], int] | None = None,
    ) -> None:  # fmt: skip
        self.path = path
        self._station = station
        self._rules = dict(rules)
        self._new_tags: deque[str] = deque()
        self._limits = limits
        self._clock = clock
        self._intake = intake
        self._deliver = deliver
        self._free_bytes = free_bytes or _free_bytes
        self._state = HistorianState()
        self._works: deque[Work] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._recording: Recording | None = None
        self._connection: Any = None
        self._identity: tuple[int, int] | None = None
        self._faults: dict[str, str] = {}  # by the kind of work
        self._remark = self._room_text = self._damaged = ""
        self._room = Room.ENOUGH
        self._losses = Losses()
        self._overflowed = self._waiting = self._used_bytes = self._written_before = 0
        self._drained_us = self._saved_us = clock.wall_us()
        self._look_due_ns = self._open_due_ns = 0
        self._started_ns, self._steady_offset_us = clock.mono_ns(), 0
        self._thread = threading.Thread(target=self._run, name="historian", daemon=True)

    # --- from any thread -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def write(self, samples: Sequence[Sample]) -> None:
        """Hand over samples; never waits."""
        for sample in samples:
            self._intake.put(sample)
        if len(self._intake) > WAKE_AT:
            self._wake.set()

    @property
    def state(self) -> HistorianState:
        """The state after the last save."""
        return self._state

    def submit(self, work: Work) -> None:
        """Do something on the writing connection with the next save; again if that save fails."""
        self._works.append(work)

    def keep(self, tag: str, rule: HistoryRule) -> None:
        """Keep one more tag's samples from now on."""
        # a new value: the historian's thread may be going over the old one
        self._rules = {**self._rules, tag: rule}
        self._new_tags.append(tag)

    def wake(self) -> None:
        """Save now."""
        self._wake.set()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Save what is there and end; False when it did not end in time (a disk that does not answer)."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                due_s = time.monotonic() + SAVE_EVERY_S
                self._cycle(closing=False)
                self._wake.wait(max(0.0, due_s - time.monotonic()))
                self._wake.clear()
            self._cycle(closing=True)
            self._carry_over()
        finally:
            self._close()

    def _cycle(self, *, closing: bool) -> None:
        self._guarded(_STORING, lambda: self._store(closing))
        if not closing and self._recording is not None and self._clock.mono_ns() >= self._look_due_ns:
            self._look_due_ns = self._clock.mono_ns() + int(LOOK_EVERY_S * 1e9)
            self._guarded(_ROOM, self._look_after_room)
        self._tell()

    def _guarded(self, work: str, act: Callable[[], bool]) -> None:
        """Do one kind of work, which answers whether it proved that it can be done; what fails stands as a fault until then."""
        try:
            proved = act()
        except (HistorianError, sqlite_module().Error, OSError) as error:
            self._failed(work, error)
        except Exception as error:  # noqa: BLE001  an error of our own is told loudly and must not end the storing for good
            _log.exception("the historian failed with an error of the program; it begins anew")
            self._close()
            self._faults[work] = f"machine data is not stored: an error of the program ({type(error).__name__})"
        else:
            if proved and self._faults.pop(work, "") and not self._faults:
                _log.warning("machine data is stored again")

    def _store(self, closing: bool) -> bool:
        opened = self._open()
        self._begin_new_tags()
        self._take()
        return self._save(closing) or opened

    def _open(self) -> bool:
        """Open the file, True when it was; without it samples are dropped and counted."""
        if self._recording is not None or self._clock.mono_ns() < self._open_due_ns:
            return False
        self._open_due_ns = self._clock.mono_ns() + int(OPEN_AGAIN_S * 1e9)
        connection, remark = open_file(self.path, self._station, self._damaged)
        self._damaged = ""
        try:
            self._recording = Recording(
                connection, self._rules, self._clock, self._deliver, self._losses, self._started_ns
            )
        except BaseException:
            connection.close()
            raise
        self._connection, self._identity = connection, file_identity(self.path)
        if remark:
            self._remark = remark
            _log.warning("%s", remark)
        return True

    def _begin_new_tags(self) -> None:
        """Make room for the tags that came since; one that cannot be entered now is tried again."""
        while self._new_tags and self._recording is not None and self._room is not Room.STOPPED:
            tag = self._new_tags[0]
            self._recording.keep(tag, self._rules[tag])
            self._new_tags.popleft()

    def _take(self) -> None:
        recording, since_us, self._drained_us = self._recording, self._drained_us, self._clock.wall_us()
        overflowed = self._intake.overflowed
        samples = self._intake.drain()
        if overflowed > self._overflowed:
            self._losses.add(GapKind.OVERFLOW, overflowed - self._overflowed, since_us)
            self._overflowed = overflowed
        if samples and recording is None:
            self._losses.add(GapKind.NOT_STORED, len(samples), since_us)
        elif samples and self._room is Room.STOPPED:
            self._losses.add(GapKind.DISK_FULL, len(samples), since_us)
        elif recording is not None:
            recording.take(samples, THINNED_INTERVAL_S if self._room is Room.THINNED else 0.0)

    def _save(self, closing: bool) -> bool:
        """Whether something was saved."""
        recording = self._recording
        if recording is None:
            return False
        works = list(self._works)
        saved = recording.save(works, closing=closing)
        for _ in works:
            self._works.popleft()
        self._saved_us = self._clock.wall_us()
        return saved

    def _failed(self, work: str, error: Exception) -> None:
        full = primary_code(error) == FULL or isinstance(error, OSError)
        advice = "Free some space; it goes on by itself." if full else "It is tried again."
        fault = f"machine data cannot be stored: {error}. {advice}"
        if not self._faults:
            _log.warning("%s", fault)
        self._faults[work] = fault
        if primary_code(error) in (CORRUPT, NOT_A_DATABASE):
            self._close()
            self._damaged, self._open_due_ns = str(error), 0  # set aside with the next attempt

    # --- room ----------------------------------------------------------------------------------------------------

    def _look_after_room(self) -> bool:
        """Remove what is old enough or more than allowed, some blocks at a time, and judge the room."""
        connection, recording, limits = self._connection, self._recording, self._limits
        if connection is None or recording is None:
            return False
        if file_identity(self.path) != self._identity:
            self._close()
            raise HistorianError(f"{self.path} was removed or replaced while in use")
        free = self._free_bytes(self.path.parent)
        removed = 0
        (self._waiting,) = connection.execute("SELECT count(*) FROM waiting").fetchone()
        if self._clock_is_steady():
            before_us = self._clock.wall_us() - int(limits.keep_days * DAY_US)
            removed += self._remove(lambda: remove_older(connection, before_us))
        wanted = limits if self._room is Room.ENOUGH else limits.for_better()
        if used_bytes(connection) > limits.max_bytes or free < wanted.min_free_bytes:
            removed += self._remove(lambda: remove_oldest(connection))
        if removed:
            recording.forget_summaries()
            give_back(connection)
            self._look_due_ns = self._clock.mono_ns()  # there may be more
        before = self._room
        self._used_bytes = used_bytes(connection)
        self._room, self._room_text = room_for(limits, free, self._used_bytes, before)
        if self._room is not before:
            _log.warning("room for machine data: %s %s", self._room.name.lower(), self._room_text)
        return True

    def _remove(self, remove: Callable[[], int]) -> int:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            removed = remove()
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return removed

    def _clock_is_steady(self) -> bool:
        """Whether the clock ran on for an hour without a step: a clock set years ahead must not remove years of data."""
        offset_us = self._clock.wall_us() - self._clock.mono_ns() // 1000
        if abs(offset_us - self._steady_offset_us) > 60_000_000:
            self._steady_offset_us, self._started_ns = offset_us, self._clock.mono_ns()
        return self._clock.mono_ns() - self._started_ns >= STEADY_CLOCK_NS

    # --- state ---------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        recording = self._recording
        self._state = HistorianState(
            fault=self._faults.get(_STORING) or self._faults.get(_ROOM, ""),
            remark=self._remark,
            room=self._room,
            room_text=self._room_text,
            dropped=self._losses.total,
            overflowed=self._overflowed,
            waiting=self._waiting,
            size_bytes=self._used_bytes,
            written=self._written_before + (recording.written if recording else 0),
        )

    def _carry_over(self) -> None:
        """Bring the write-ahead log into the file, so that a station that stands still is one file."""
        if self._connection is None:
            return
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite_module().Error as error:
            _log.warning("%s: the write-ahead log could not be carried over yet (%s)", self.path, error)

    def _close(self) -> None:
        connection, recording = self._connection, self._recording
        if recording is not None:
            self._written_before += recording.written
            if recording.unsaved:
                self._losses.add(GapKind.NOT_STORED, recording.unsaved, self._saved_us)
        self._connection = self._recording = None
        if connection is not None:
            connection.close()


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
