"""What the driver tests share: waiting for a condition, and recording what a driver reports."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from drivers.base import Connection, ConnectionState, Driver, Quality, Sample, Tag, TagDescription
from drivers.connection import Backoff

POLL_S = 0.01


def quick() -> Backoff:
    """Attempts that follow each other quickly, where the waiting is not what is tested."""
    return Backoff(0.05, 0.2)


async def eventually(condition: Callable[[], bool], within_s: float, what: str) -> float:
    """Wait until the condition holds; returns how long it took. Fails after ``within_s``."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < within_s, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(POLL_S)
    return time.monotonic() - begun


class Recorder:
    """Every sample and state of a running driver."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.states: list[ConnectionState] = []
        self.descriptions: dict[str, TagDescription] = {}

    def described(self, description: TagDescription) -> None:
        self.descriptions[description.tag] = description

    def last(self, tag: str) -> Sample | None:
        return next((sample for sample in reversed(self.samples) if sample.tag == tag), None)

    def quality(self, tag: str) -> Quality | None:
        last = self.last(tag)
        return None if last is None else last.quality

    def status(self, tag: str) -> str:
        last = self.last(tag)
        return "" if last is None else last.status

    def all_have(self, status: str, tags: Sequence[Tag]) -> bool:
        return all(self.status(tag.name) == status for tag in tags)

    @property
    def connection(self) -> Connection | None:
        return self.states[-1].connection if self.states else None

    @property
    def reason(self) -> str:
        return next((state.reason for state in reversed(self.states) if state.reason), "")


@contextlib.asynccontextmanager
async def running(driver: Driver, tags: Sequence[Tag]) -> AsyncIterator[Recorder]:
    """The driver running its tags; ended and closed at the end, and no task of it may be left."""
    before = asyncio.all_tasks()
    recorder = Recorder()
    task = asyncio.create_task(driver.run(tags, recorder.samples.extend, recorder.states.append, recorder.described))
    try:
        yield recorder
        assert not task.done(), f"the driver ended by itself: {task}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await driver.close()
    await eventually(lambda: not left_over(before), 2.0, f"tasks end: {left_over(before)}")


def left_over(before: set[asyncio.Task[object]]) -> set[str]:
    """Tasks of the drivers and of asyncua's client; a server on the test's loop has tasks of its own."""
    return {
        code.co_qualname
        for task in asyncio.all_tasks() - before
        if (code := getattr(task.get_coro(), "cr_code", None)) is not None
        and any(
            part in Path(code.co_filename).as_posix()
            for part in ("asyncua/client/", "/drivers/opcua/", "/drivers/modbus/", "/drivers/mtconnect/")
        )
        and "/tests/" not in Path(code.co_filename).as_posix()
    }
