"""Ending a program that was asked to: SIGTERM is taken as an end in good order, as Ctrl-C is."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def ended_by_sigterm(exit_code: int = 0) -> Iterator[None]:
    """SIGTERM, from whoever keeps the service, ends what runs inside; once only, so that stopping is not broken off."""

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(exit_code)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is end:
            signal.signal(signal.SIGTERM, before)
