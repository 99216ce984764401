"""The second crossing between threads: a call posted to the main thread, where services and pages live."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
Post = Callable[[Callable[[], None]], None]


def when_done(
    future: Future[T], post: Post, done: Callable[[T], None], failed: Callable[[BaseException], None]
) -> None:
    """Post the future's result to ``done`` or its exception to ``failed``; neither for one that was cancelled."""

    def deliver(finished: Future[T]) -> None:
        if finished.cancelled():
            return
        error = finished.exception()
        if error is not None:
            post(lambda: failed(error))
        else:
            result = finished.result()
            post(lambda: done(result))

    future.add_done_callback(deliver)


class PostQueue:
    """The main thread of a station without windows: calls are run where :meth:`run_one` is called."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, call: Callable[[], None]) -> None:
        """Queue a call from any thread."""
        self._calls.put(call)

    def run_one(self, timeout_s: float) -> bool:
        """Run the next call; False when none came in time."""
        try:
            call = self._calls.get(timeout=timeout_s)
        except queue.Empty:
            return False
        call()
        return True
