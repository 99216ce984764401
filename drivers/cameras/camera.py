"""The camera protocol, and the thread that every kind of camera shares.

The thread opens a source, takes pictures as they come, and keeps only the newest. What fails is told once, with a
reason, and tried again after a growing wait with jitter. A picture that was seen before is no new picture: its age
grows, nothing can be captured from it, and after ``still_after_s`` the camera is LOST because it stands still.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from drivers.base import StateSink
from drivers.cameras.frame import Frame, Shot
from drivers.connection import Backoff, DeviceReport
from drivers.vision.headers import PictureError

if TYPE_CHECKING:
    from drivers.cameras.controls import ControlSettings, ControlState

T = TypeVar("T")
STILL = "the picture stands still: the camera sends the same again and again"
REMEMBERED_PICTURES = 128
AFTER_OUR_FAULT_S = 30.0
_STOP_TIMEOUT_S = 5.0


class CameraLost(Exception):
    """The source cannot be used further; the text is for a person."""


class Camera(Protocol):
    """A camera on its own thread; the newest frame wins, nobody waits for it."""

    @property
    def device(self) -> str:
        """Its name in states and messages."""
        ...

    @property
    def reason(self) -> str:
        """Why there is no new picture, for a person; empty while pictures come."""
        ...

    def start(self) -> None:
        """Begin to read; states come to ``on_state`` on the camera's thread."""
        ...

    def latest(self, max_age_s: float | None = None) -> Frame | None:
        """The newest frame; None when there is none, or none younger than ``max_age_s``."""
        ...

    def apply(self, settings: ControlSettings) -> Future[tuple[ControlState, ...]]:
        """Ask for exposure, focus and gain, now and after every reconnect; what the camera made of it."""
        ...

    def limits(self) -> Future[tuple[ControlState, ...]]:
        """What can be set, and how far. Disturbs the picture for a moment."""
        ...

    def close(self) -> None:
        """Stop reading and end the thread."""
        ...


class Source(Protocol):
    """One connection to a camera. All but :meth:`interrupt` is used on the camera's thread only."""

    def next(self) -> Shot:
        """The next picture; blocks for a bounded time. Raises CameraLost, PictureError."""
        ...

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]: ...

    def limits(self) -> tuple[ControlState, ...]: ...

    def interrupt(self) -> None:
        """Wake a blocked :meth:`next` where that can be done; from any thread, at any time."""
        ...

    def close(self) -> None: ...


OpenSource = Callable[[], Source]


class RepeatWatch:
    """Tells new pictures from repeated ones, and for how long nothing new came.

    More than the last picture is remembered: an encoder that is fed a standing picture repeats its key frames.
    """

    def __init__(self, still_after_s: float | None) -> None:
        self._still_after_s = still_after_s
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._moved_s = time.monotonic()

    def is_new(self, mark: int) -> bool:
        """Whether this picture was not seen lately; always so where standing still is allowed."""
        if self._still_after_s is None:
            return True
        repeated = mark in self._seen
        self._seen[mark] = None
        self._seen.move_to_end(mark)
        if len(self._seen) > REMEMBERED_PICTURES:
            self._seen.popitem(last=False)
        if not repeated:
            self._moved_s = time.monotonic()
        return not repeated

    def stands_still(self) -> bool:
        """Whether nothing new has come for too long."""
        return self._still_after_s is not None and time.monotonic() - self._moved_s > self._still_after_s


class CameraThread:
    """Reads one camera from :meth:`start` to :meth:`close`; ``open_source`` is called for every attempt.

    ``still_after_s`` None allows a standing picture (files). ``on_state`` is called on the camera's thread.
    """

    def __init__(
        self,
        device: str,
        open_source: OpenSource,
        on_state: StateSink,
        *,
        still_after_s: float | None = 3.0,
        backoff: Backoff | None = None,
        logger: logging.Logger | None = None,
    ) -> None:
        self.device = device
        self._open_source = open_source
        self._logger = logger or logging.getLogger("drivers.cameras")
        self._report = DeviceReport(device, [], lambda sample: None, on_state, self._logger)
        self._watch = RepeatWatch(still_after_s)
        self._backoff = backoff or Backoff()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._source: Source | None = None
        self._latest: Frame | None = None
        self._reason = ""
        self._wanted: ControlSettings | None = None
        self._requests: list[Callable[[Source | None], None]] = []
        self._thread = threading.Thread(target=self._run, name=f"camera {device}", daemon=True)

    @property
    def reason(self) -> str:
        """Why there is no new picture, for a person; empty while pictures come."""
        return self._reason

    def start(self) -> None:
        self._thread.start()

    def latest(self, max_age_s: float | None = None) -> Frame | None:
        """The newest frame; None when there is none, or none younger than ``max_age_s``."""
        frame = self._latest
        if frame is None or (max_age_s is not None and time.time() - frame.received_time > max_age_s):
            return None
        return frame

    def apply(self, settings: ControlSettings) -> Future[tuple[ControlState, ...]]:
        """Set exposure, focus and gain, now and after every reconnect; fails with CameraLost while not connected."""
        self._wanted = settings
        return self._ask(lambda source: self._apply_at(source, settings))

    def limits(self) -> Future[tuple[ControlState, ...]]:
        """What can be set and how far; fails with CameraLost while not connected."""
        return self._ask(lambda source: source.limits())

    def close(self) -> None:
        """Stop reading and end the thread. Raises TimeoutError when it does not end."""
        self._ended.set()
        with self._lock:
            if self._source is not None:
                self._source.interrupt()
        if self._thread.ident is not None:
            self._thread.join(_STOP_TIMEOUT_S)
            if self._thread.is_alive():
                raise TimeoutError(f"camera {self.device} did not end within {_STOP_TIMEOUT_S:g} s")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: Callable[[Source], T]) -> Future[T]:
        """Have the camera's thread ask its source, between two pictures."""
        future: Future[T] = Future()

        def answer(source: Source | None) -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if source is None:
                    raise CameraLost(f"the camera {self.device} is not connected")
                found = question(source)
            except BaseException as error:
                future.set_exception(error)
                if not isinstance(error, CameraLost):
                    raise
            else:
                future.set_result(found)

        with self._lock:
            if not self._ended.is_set() and self._source is not None:
                self._requests.append(answer)
                return future
        answer(None)
        return future

    def _run(self) -> None:
        self._report.connecting()
        while not self._ended.is_set():
            try:
                self._read_until_closed()
            except Exception:
                # our own fault is told in full, and must not take the camera away until the next start
                self._logger.exception(
                    "%s: the camera's thread ended by an internal error; it begins anew", self.device
                )
                self._report.lost("internal error, see log", time.time() + AFTER_OUR_FAULT_S)
                self._ended.wait(AFTER_OUR_FAULT_S)
        self._report.closed()

    def _read_until_closed(self) -> None:
        while not self._ended.is_set():
            try:
                self._read_source()
            except (CameraLost, PictureError) as lost:
                if self._ended.is_set():
                    break
                wait_s = self._backoff.next_s()
                self._reason = str(lost)
                self._report.lost(str(lost), time.time() + wait_s)
                self._ended.wait(wait_s)

    def _read_source(self) -> None:
        """Connect and take pictures until something fails or the camera is closed."""
        source = self._open_source()
        with self._lock:
            self._source = source
        try:
            if self._ended.is_set():
                return
            if self._wanted is not None:
                self._apply_at(source, self._wanted)
            while not self._ended.is_set():
                self._answer_requests(source)
                self._take(source.next())
        finally:
            with self._lock:
                self._source = None
            self._answer_requests(None)
            source.close()

    def _apply_at(self, source: Source, settings: ControlSettings) -> tuple[ControlState, ...]:
        """Set the source; what it did not take is in the log too, because nobody may wait for the answer."""
        states = source.apply(settings)
        for state in states:
            if state.note:
                self._logger.info("%s: %s %s: %s", self.device, state.name, state.asked, state.note)
        return states

    def _answer_requests(self, source: Source | None) -> None:
        with self._lock:
            requests, self._requests = self._requests, []
        for answer in requests:
            answer(source)

    def _take(self, shot: Shot) -> None:
        """Publish a picture as the newest frame, or say that it is none."""
        self._backoff.reset()
        if not self._watch.is_new(shot.mark):
            if self._watch.stands_still():
                self._reason = STILL
                self._report.lost(STILL, None)
            return
        number = 1 if self._latest is None else self._latest.number + 1
        self._latest = Frame(shot, time.time(), number)
        self._reason = ""
        self._report.connected()
