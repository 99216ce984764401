"""The field loop: one asyncio loop in a thread of its own, on which all network drivers run.

Samples and states cross to the rest of the application through bounded queues that another thread drains with
a timer; a sample that finds its queue full pushes the oldest out and is counted, never silently. Commands go
the other way with :meth:`FieldLoop.submit`. Nothing is global: two field loops can live in one process.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import contextlib
import logging
import threading
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from drivers.base import AddressError, Connection, ConnectionState, Driver, Sample, Tag, TagDescription
from drivers.connection import BAD_COMMUNICATION, Backoff, bad_sample

_logger = logging.getLogger("drivers.field")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_STOP_TIMEOUT_S = 10.0
_CANCEL_AGAIN_S = 0.5
INTERNAL_ERROR = "internal error, see log"
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0


class BoundedQueue(Generic[_Item]):
    """First in, first out, at most ``maxlen``: when full the oldest is dropped and ``overflowed`` counts it.

    One thread puts, another drains; both are single operations of a deque and need no lock.
    """

    def __init__(self, maxlen: int) -> None:
        if maxlen < 1:
            raise ValueError(f"maxlen is {maxlen}; allowed: 1 and more")
        self._items: collections.deque[_Item] = collections.deque()
        self._maxlen = maxlen
        self.overflowed = 0

    def put(self, item: _Item) -> None:
        """Append; drops the oldest when full. From the putting thread only."""
        self._items.append(item)
        if len(self._items) > self._maxlen:
            try:
                self._items.popleft()
            except IndexError:  # drained meanwhile by the other thread
                return
            self.overflowed += 1

    def put_all(self, items: Sequence[_Item]) -> None:
        """Append in order; drops the oldest when full. From the putting thread only."""
        self._items.extend(items)
        for _ in range(len(self._items) - self._maxlen):
            try:
                self._items.popleft()
            except IndexError:  # drained meanwhile by the other thread
                return
            self.overflowed += 1

    def drain(self, limit: int | None = None) -> list[_Item]:
        """Take what is there, oldest first, at most ``limit``. From the draining thread only."""
        wanted = len(self._items) if limit is None else min(limit, len(self._items))
        taken: list[_Item] = []
        take = self._items.popleft
        with contextlib.suppress(IndexError):  # an overflow took it
            for _ in range(wanted):
                taken.append(take())
        return taken

    def __len__(self) -> int:
        return len(self._items)


SampleQueue = BoundedQueue[Sample]
StateQueue = BoundedQueue[ConnectionState]
DescriptionQueue = BoundedQueue[TagDescription]


@runtime_checkable
class Listener(Protocol):
    """A driver that is also given the samples of all drivers, on the field loop's thread: derived tags are computed so.

    ``take`` only keeps them; it must neither wait nor raise.
    """

    def take(self, samples: Sequence[Sample]) -> None: ...


@dataclass
class _Driving:
    """A driver with the task that runs it; ``told_closed`` is False while it is only given other tags."""

    driver: Driver
    task: asyncio.Task[None]
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    told_closed: bool = True


class FieldLoop:
    """Runs drivers until stopped. ``samples``, ``states`` and ``descriptions`` are drained by one other thread.

    ``further_samples`` are queues that get every sample as well, for example a historian's. A driver that ends by an error of
    our own begins anew after ``first_wait_s``, later after up to five minutes.
    """

    def __init__(
        self,
        maxlen: int = 100_000,
        *,
        further_samples: Iterable[SampleQueue] = (),
        name: str = "field loop",
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self.samples: SampleQueue = BoundedQueue(maxlen)
        self.states: StateQueue = BoundedQueue(10_000)
        self.descriptions: DescriptionQueue = BoundedQueue(100_000)
        self._queues = (self.samples, *further_samples)
        self._listeners: list[Listener] = []
        self._name = name
        self._first_wait_s = first_wait_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ended: asyncio.Event | None = None
        self._driving: list[_Driving] = []

    def start(self, work: Sequence[tuple[Driver, Sequence[Tag]]]) -> None:
        """Start the thread and one task per driver with its tags.

        Raises RuntimeError when already started.
        """
        if self._thread is not None:
            raise RuntimeError("the field loop is already running")
        self._listeners = [driver for driver, _ in work if isinstance(driver, Listener)]
        ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, args=(list(work), ready), name=self._name, daemon=True)
        self._thread.start()
        ready.result()

    def stop(self) -> None:
        """Close every driver and end the thread. Raises TimeoutError when a driver does not let go."""
        thread, loop, ended = self._thread, self._loop, self._ended
        if thread is None or loop is None or ended is None:
            return
        loop.call_soon_threadsafe(ended.set)
        thread.join(_STOP_TIMEOUT_S)
        if thread.is_alive():
            raise TimeoutError(f"the field loop did not end within {_STOP_TIMEOUT_S:g} s")
        self._thread = self._loop = self._ended = None

    def submit(self, work: Coroutine[Any, Any, _Result]) -> concurrent.futures.Future[_Result]:
        """Run a driver's coroutine (read, write, browse) on the loop.

        Raises RuntimeError when not running.
        """
        if self._loop is None:
            work.close()
            raise RuntimeError("the field loop is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def change_tags(self, driver: Driver, tags: Sequence[Tag]) -> concurrent.futures.Future[None]:
        """Let one of the drivers go on with other tags: it ends softly and begins again; the others are not touched.

        While it does so its tags wait for their first value. The future fails with KeyError for a driver that is not
        one of this loop's. Raises RuntimeError when not running.
        """
        return self.submit(self._change(driver, list(tags)))

    def _run(self, work: list[tuple[Driver, Sequence[Tag]]], ready: concurrent.futures.Future[None]) -> None:
        asyncio.run(self._main(work, ready))

    async def _main(self, work: list[tuple[Driver, Sequence[Tag]]], ready: concurrent.futures.Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._driving = [_Driving(driver, self._begin(driver, tags)) for driver, tags in work]
        ready.set_result(None)
        await self._ended.wait()
        await _end([driving.task for driving in self._driving])
        self._driving = []

    def _begin(self, driver: Driver, tags: Sequence[Tag]) -> asyncio.Task[None]:
        return asyncio.create_task(self._drive(driver, tags), name=driver.device)

    async def _change(self, driver: Driver, tags: Sequence[Tag]) -> None:
        driving = next((driving for driving in self._driving if driving.driver is driver), None)
        if driving is None:
            raise KeyError(driver.device)
        async with driving.changing:
            driving.told_closed = False
            try:
                await _end([driving.task])
                if self._ended is not None and not self._ended.is_set():
                    driving.task = self._begin(driver, tags)
            finally:
                driving.told_closed = True

    def _put_state(self, driver: Driver, state: ConnectionState) -> None:
        """A driver that only changes its tags is not closed for those who look on: an alarm would clear and come back."""
        if state.connection is Connection.CLOSED and any(
            driving.driver is driver and not driving.told_closed for driving in self._driving
        ):
            return
        self.states.put(state)

    async def _drive(self, driver: Driver, tags: Sequence[Tag]) -> None:
        """One driver for ever; an exception is our own fault: shown on screen, told in full in the log, and begun anew."""
        backoff = Backoff(self._first_wait_s, LONGEST_WAIT_S)
        while True:
            begun_s = time.monotonic()
            try:
                await driver.run(
                    tags, self._put_samples, lambda state: self._put_state(driver, state), self.descriptions.put
                )
                return
            except AddressError:
                _logger.exception("%s: an address cannot be used", driver.device)
                self._tell_broken(driver, tags, None)
                return
            except Exception:
                _logger.exception("%s: the driver ended by an internal error; it begins anew", driver.device)
            finally:
                await driver.close()
            if time.monotonic() - begun_s > LONGEST_WAIT_S:
                backoff.reset()
            wait_s = backoff.next_s()
            self._tell_broken(driver, tags, time.time() + wait_s)
            await asyncio.sleep(wait_s)

    def _tell_broken(self, driver: Driver, tags: Sequence[Tag], retry_at: float | None) -> None:
        self._put_samples([bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags])
        self.states.put(ConnectionState(driver.device, Connection.LOST, INTERNAL_ERROR, time.time(), retry_at))

    def _put_samples(self, samples: Sequence[Sample]) -> None:
        for queue in self._queues:
            queue.put_all(samples)
        for listener in self._listeners:
            listener.take(samples)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until every task has ended: on Python 3.11 asyncio.wait_for can lose a cancellation (fixed in 3.12)."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
