"""A station's window under load: ``station run FILE`` with the trends page open on four pens, measured on command.

``python -m tests.benchmarks.programs.loaded_station FILE`` says when its page is painted, then follows commands,
one JSON line each:

    {"do": "measure", "seconds": 20}   the intervals of a 33 ms precise timer over that time, and what came meanwhile
    {"do": "count"}                    what came and what was dropped until now

It ends with its input.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtWidgets import QApplication

from station_app.app.runtime import StationRuntime
from station_app.app.windows import run_station_window
from station_app.cli.output import settings
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from tests.benchmarks.programs.four_pens import show_four_pens
from tests.benchmarks.programs.station_window import FirstPaint
from tests.benchmarks.programs.telling import tell, tell_ticks

LEAST_SHARE = 0.001


def thread_times_s() -> dict[str, float]:
    """The processor time of each of this process's threads by name, in seconds."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    times: dict[str, float] = {}
    for thread in psutil.Process().threads():
        name = names.get(thread.id, "others")
        times[name] = times.get(name, 0.0) + thread.user_time + thread.system_time
    return times


class Measuring:
    """Does what the benchmark asks, on the main thread."""

    def __init__(self, window: StationWindow, runtime: StationRuntime) -> None:
        self._window, self._runtime = window, runtime
        self._post = QtPost(window)

    def follow(self) -> None:
        """Obey every command that arrives; the end of the input ends the window."""

        def read() -> None:
            for text in sys.stdin:
                self._post(lambda text=text: self._obey(json.loads(text)))  # type: ignore[misc]  # bound now, not later
            self._post(QApplication.quit)

        threading.Thread(target=read, name="commands", daemon=True).start()

    def _obey(self, command: dict[str, Any]) -> None:
        if command["do"] == "measure":
            before, threads_s, since_s = self._shown(), thread_times_s(), time.perf_counter()
            tell_ticks(self._window, float(command["seconds"]), lambda: self._since(before, threads_s, since_s))
        else:
            tell(self._counts())

    def _since(self, before: int, threads_s: dict[str, float], since_s: float) -> dict[str, Any]:
        passed_s = time.perf_counter() - since_s
        shares = {name: (now_s - threads_s.get(name, 0.0)) / passed_s for name, now_s in thread_times_s().items()}
        return {
            "shown_per_s": (self._shown() - before) / passed_s,
            "threads": {name: round(share, 3) for name, share in shares.items() if share >= LEAST_SHARE},
            **self._counts(),
        }

    def _shown(self) -> int:
        tags = self._runtime.services.tags
        histories = (tags.history(tag) for tag in tags.tags)
        return sum(history.count for history in histories if history is not None)

    def _counts(self) -> dict[str, Any]:
        state = self._runtime.history.historian.state
        return {
            "shown": self._shown(),
            "stored": state.written,
            "dropped": state.dropped + state.overflowed,
            "lost_on_the_way": sum(device.gaps + device.overflows for device in self._runtime.contact.devices.values()),
        }


def main(arguments: list[str]) -> int:
    """Run the station until the input ends."""

    def ready(window: StationWindow, runtime: StationRuntime) -> None:
        show_four_pens(window)
        FirstPaint(window, Measuring(window, runtime).follow)

    return run_station_window(settings(Path(arguments[0])), ready)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
