"""A station's window as ``station run FILE`` starts it, that tells the benchmark what it needs to know.

``python -m tests.benchmarks.programs.station_window FILE [SECONDS]`` says when its first page is painted. With SECONDS it shows
the trends of four tags, and says the intervals of a 33 ms precise timer over that time and how many samples arrived meanwhile.
Without, it plays the commands of :mod:`station_app.demo.player`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from station_app.app.runtime import StationRuntime
from station_app.app.windows import run_station_window
from station_app.cli.output import settings
from station_app.ui.station_window import StationWindow
from tests.benchmarks.programs.telling import end_with_input, tell_painted, tell_ticks

SETTLE_S = 5.0


class FirstPaint(QObject):
    """Says that the page is painted, once Qt has given control back after painting it; then calls ``then``."""

    def __init__(self, window: StationWindow, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._then = then
        self._page = window.page
        self._page.installEventFilter(self)
        self._page.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The first paint event is enough."""
        if event.type() == QEvent.Type.Paint:
            self._page.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        tell_painted()
        self._then()


class Arrivals:
    """Counts the samples of a station from its start."""

    def __init__(self, runtime: StationRuntime) -> None:
        self._tags = runtime.services.tags
        self._before, self._since_s = self._count(), time.perf_counter()

    def per_second(self) -> dict[str, Any]:
        """How many samples a second have arrived."""
        return {"samples_per_s": round((self._count() - self._before) / (time.perf_counter() - self._since_s))}

    def _count(self) -> int:
        histories = (self._tags.history(tag) for tag in self._tags.tags)
        return sum(history.count for history in histories if history is not None)


def main(arguments: list[str]) -> int:
    """Run the station until the input ends or it is told to quit."""
    config = settings(Path(arguments[0]))
    seconds = float(arguments[1]) if len(arguments) > 1 else None

    def ready(window: StationWindow, runtime: StationRuntime) -> None:
        if seconds is None:
            # what only driven windows need must not weigh on the start that is measured
            FirstPaint(window, lambda: _play(window))
            return
        from tests.benchmarks.programs.four_pens import show_four_pens

        show_four_pens(window)
        FirstPaint(window, lambda: end_with_input(QApplication.instance() or QApplication([])))
        QTimer.singleShot(int(SETTLE_S * 1000), lambda: _measure(window, runtime, seconds))

    return run_station_window(config, ready)


def _measure(window: StationWindow, runtime: StationRuntime, seconds: float) -> None:
    tell_ticks(window, seconds, Arrivals(runtime).per_second)


def _play(window: StationWindow) -> None:
    from station_app.demo.player import Player

    Player(window, sys.stdout).follow(sys.stdin)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
