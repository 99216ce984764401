"""The field loop: its thread, its queues, and what happens when a driver breaks."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence

import pytest

from drivers.base import (
    Connection,
    ConnectionState,
    DescriptionSink,
    DeviceNode,
    Quality,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.field import INTERNAL_ERROR, BoundedQueue, FieldLoop, SampleQueue
from tests.waiting import wait_until

TAG = Tag("counter", "sim://counter")


class CountingDriver:
    """Counts on the loop, and breaks at ``breaks_at``."""

    def __init__(self, device: str, breaks_at: int = -1) -> None:
        self.device = device
        self.closed = False
        self.thread: threading.Thread | None = None
        self._breaks_at = breaks_at

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        self.thread = threading.current_thread()
        on_state(ConnectionState(self.device, Connection.CONNECTED, "", time.time()))
        count = 0
        while True:
            if count == self._breaks_at:
                raise ZeroDivisionError("a fault of our own")
            on_samples([Sample(tags[0].name, count, Quality.GOOD, "Good", None, time.time())])
            count += 1
            await asyncio.sleep(0.001)

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        return [Sample(tag.name, 42, Quality.GOOD, "Good", None, time.time()) for tag in tags]

    async def write(self, tag: Tag, value: Value) -> Sample:
        return Sample(tag.name, value, Quality.GOOD, "Good", None, time.time())

    async def browse(self, address: str = "") -> list[DeviceNode]:
        return []

    async def close(self) -> None:
        self.closed = True


def test_samples_cross_in_order_and_the_thread_ends() -> None:
    loop, driver = FieldLoop(), CountingDriver("a")
    loop.start([(driver, [TAG])])
    wait_until(lambda: len(loop.samples) > 20, 5, "samples")
    loop.stop()
    seen = [sample.value for sample in loop.samples.drain()]
    assert seen == list(range(len(seen)))
    assert driver.closed
    assert driver.thread is not None
    assert driver.thread is not threading.current_thread()
    assert not driver.thread.is_alive()
    loop.stop()


class DeafDriver(CountingDriver):
    """Loses its first cancellation, as asyncio.wait_for of Python 3.11 can."""

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        try:
            await super().run(tags, on_samples, on_state, on_description)
        except asyncio.CancelledError:
            await super().run(tags, on_samples, on_state, on_description)


def test_a_lost_cancellation_does_not_keep_the_loop_alive() -> None:
    driver, loop = DeafDriver("deaf"), FieldLoop()
    loop.start([(driver, [TAG])])
    wait_until(lambda: len(loop.samples) > 0, 2.0, "samples")
    loop.stop()
    assert driver.closed


def test_putting_many_at_once_drops_the_oldest_and_counts_them() -> None:
    queue: BoundedQueue[int] = BoundedQueue(5)
    queue.put_all([1, 2, 3])
    queue.put_all([4, 5, 6, 7])
    assert (queue.drain(), queue.overflowed) == ([3, 4, 5, 6, 7], 2)


def test_two_loops_live_side_by_side() -> None:
    loops = [FieldLoop(name=f"field {number}") for number in range(2)]
    drivers = [CountingDriver("a"), CountingDriver("b")]
    for loop, driver in zip(loops, drivers, strict=True):
        loop.start([(driver, [TAG])])
    wait_until(lambda: all(len(loop.samples) > 3 for loop in loops), 5, "both count")
    loops[0].stop()
    taken = len(loops[1].samples)
    wait_until(lambda: len(loops[1].samples) > taken, 5, "the other one goes on")
    loops[1].stop()


def test_submit_runs_on_the_loop() -> None:
    loop, driver = FieldLoop(), CountingDriver("a")
    with pytest.raises(RuntimeError, match="not running"):
        loop.submit(driver.read([TAG]))
    loop.start([(driver, [TAG])])
    (sample,) = loop.submit(driver.read([TAG])).result(5)
    assert sample.value == 42
    with pytest.raises(RuntimeError, match="already running"):
        loop.start([])
    loop.stop()


@pytest.mark.expected_log(r"^broken: the driver ended by an internal error")
def test_a_broken_driver_is_seen_and_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    loop = FieldLoop()
    broken, sound = CountingDriver("broken", breaks_at=2), CountingDriver("sound")
    with caplog.at_level(logging.ERROR, logger="drivers"):
        loop.start([(broken, [TAG]), (sound, [Tag("other", "sim://other")])])
        wait_until(lambda: broken.closed, 5, "the broken one is closed")
        loop.samples.drain()
        wait_until(lambda: len(loop.samples) > 3, 5, "the sound one goes on")
        loop.stop()
    lost = [state for state in loop.states.drain() if state.connection is Connection.LOST]
    assert [(state.device, state.reason) for state in lost] == [("broken", INTERNAL_ERROR)]
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.expected_log(r"^broken: the driver ended by an internal error")
def test_a_broken_driver_begins_anew() -> None:
    """One answer that we did not think of must not take a machine's values away until the next start."""
    loop = FieldLoop(first_wait_s=0.05)
    loop.start([(CountingDriver("broken", breaks_at=2), [TAG])])
    taken: list[Sample] = []

    def twice() -> bool:
        taken.extend(loop.samples.drain())
        return [sample.value for sample in taken].count(1) >= 2

    wait_until(twice, 5, "values after the error")
    loop.stop()
    assert [(sample.value, sample.quality) for sample in taken[:4]] == [
        (0, Quality.GOOD), (1, Quality.GOOD), (None, Quality.BAD), (0, Quality.GOOD)
    ]  # fmt: skip
    lost = next(state for state in loop.states.drain() if state.connection is Connection.LOST)
    assert lost.retry_at is not None


@pytest.mark.expected_log(r"^broken: the driver ended by an internal error")
def test_its_tags_turn_bad_with_it() -> None:
    loop = FieldLoop()
    loop.start([(CountingDriver("broken", breaks_at=0), [TAG])])
    wait_until(lambda: len(loop.samples) > 0, 5, "a sample")
    loop.stop()
    assert [(sample.tag, sample.quality) for sample in loop.samples.drain()] == [("counter", Quality.BAD)]


def test_further_queues_get_every_sample() -> None:
    historian: SampleQueue = BoundedQueue(1000)
    loop = FieldLoop(further_samples=[historian])
    loop.start([(CountingDriver("a"), [TAG])])
    wait_until(lambda: len(historian) > 5, 5, "samples")
    loop.stop()
    assert [sample.value for sample in historian.drain(5)] == [0, 1, 2, 3, 4]
    assert len(loop.samples) > 5


def test_a_full_queue_drops_the_oldest_and_counts() -> None:
    queue: BoundedQueue[int] = BoundedQueue(3)
    for number in range(5):
        queue.put(number)
    assert queue.overflowed == 2
    assert queue.drain(2) == [2, 3]
    assert queue.drain() == [4]
    assert queue.drain() == []
    with pytest.raises(ValueError, match="maxlen"):
        BoundedQueue(0)


def test_nothing_is_lost_between_two_threads() -> None:
    queue: BoundedQueue[int] = BoundedQueue(500)
    total = 50_000
    taken: list[int] = []

    def produce() -> None:
        for number in range(total):
            queue.put(number)

    producer = threading.Thread(target=produce)
    producer.start()
    while producer.is_alive() or len(queue):
        taken += queue.drain()
    producer.join()
    assert taken == sorted(taken)
    assert len(taken) + queue.overflowed == total


class RestingDriver(CountingDriver):
    """Says once which tags it was given, and when it was closed."""

    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.runs: list[list[str]] = []

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        self.runs.append([tag.name for tag in tags])
        on_state(ConnectionState(self.device, Connection.CONNECTED, "", time.time()))
        try:
            await asyncio.Event().wait()
        finally:
            on_state(ConnectionState(self.device, Connection.CLOSED, "", time.time()))


def test_a_driver_goes_on_with_other_tags_and_is_not_told_closed_in_between() -> None:
    loop = FieldLoop()
    changed, other = RestingDriver("changed"), RestingDriver("other")
    loop.start([(changed, [TAG]), (other, [TAG])])
    try:
        loop.change_tags(changed, [TAG, Tag("second", "sim://second")]).result(5.0)
        loop.change_tags(changed, []).result(5.0)
        wait_until(lambda: len(changed.runs) == 3, 5.0, "the driver to run again")
        assert changed.runs == [["counter"], ["counter", "second"], []]
        assert other.runs == [["counter"]]
        assert Connection.CLOSED not in {state.connection for state in loop.states.drain()}
        with pytest.raises(KeyError):
            loop.change_tags(RestingDriver("unknown"), []).result(5.0)
    finally:
        loop.stop()
    closed = [state.device for state in loop.states.drain() if state.connection is Connection.CLOSED]
    assert sorted(closed) == ["changed", "other"]
