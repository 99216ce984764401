"""How the windows of benchmarks speak to the benchmark: JSON lines, the ticks of a timer, and an end with the input."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, QTimer

TICK_MS = 33


def tell(said: dict[str, Any]) -> None:
    """Say one line on standard output."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def tell_painted() -> None:
    """Say that the window is painted, and how much processor time the process has used until then (``cpu_s``)."""
    tell({"painted": True, "cpu_s": time.process_time()})


def end_with_input(application: QCoreApplication) -> None:
    """Quit when standard input is closed."""

    def wait() -> None:
        sys.stdin.read()
        # queued, so that it is the main thread that quits
        QMetaObject.invokeMethod(application, "quit", Qt.ConnectionType.QueuedConnection)

    threading.Thread(target=wait, name="input", daemon=True).start()


def tell_ticks(owner: QObject, seconds: float, more: Callable[[], dict[str, Any]] = dict) -> None:
    """Measure the intervals of a 33 ms precise timer for that long, then say them (``ticks_ms``) and ``more()``."""
    timer = QTimer(owner)
    timer.setInterval(TICK_MS)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    times_s: list[float] = []

    def tick() -> None:
        times_s.append(time.perf_counter())
        if times_s[-1] - times_s[0] >= seconds:
            timer.stop()
            intervals = [round((b - a) * 1e3, 3) for a, b in itertools.pairwise(times_s)]
            tell({"ticks_ms": intervals, **more()})

    timer.timeout.connect(tick)
    timer.start()
