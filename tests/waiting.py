"""Waiting for a condition, the only way a test may wait: never a sleep of a guessed length."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_INTERVAL_S = 0.01


def wait_until(condition: Callable[[], object], timeout_s: float, what: str) -> None:
    """Return as soon as ``condition()`` is true, polled every 10 ms; it is asked at least once.

    ``what`` completes the sentence "waited in vain for ...". Raises AssertionError after ``timeout_s``.
    Does not run the Qt event loop: a test of windows uses ``qtbot.waitUntil``.
    """
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= deadline_s:
            raise AssertionError(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(POLL_INTERVAL_S)
