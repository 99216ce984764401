"""The camera's card of the inspection page, large, on a real station; it says how smooth the window is.

``python -m tests.benchmarks.programs.camera_window FILE SECONDS`` says when its first picture is shown, then after SECONDS the
intervals of a 33 ms precise timer, how many pictures a second were shown, and the share of a processor that was used.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from station_app.app.runtime import StationRuntime
from station_app.app.windows import run_station_window
from station_app.cli.output import settings
from station_app.ui.inspect_camera import CameraView
from station_app.ui.inspect_page import PREVIEW_MS
from station_app.ui.look import sized_look
from station_app.ui.station_window import StationWindow
from tests.benchmarks.programs.telling import tell, tell_ticks

SETTLE_S = 3.0
SIZE_PX = (1600, 900)


class CountingView(CameraView):
    """Counts the pictures that it shows."""

    pictures = 0

    def _frame(self, image: QImage) -> None:
        super()._frame(image)
        if not self.pictures:
            tell({"shown": True})
        self.pictures += not image.isNull()


def main(arguments: list[str]) -> int:
    """Run the station until the input ends."""
    seconds = float(arguments[1])

    def ready(window: StationWindow, runtime: StationRuntime) -> None:
        from PySide6.QtWidgets import QApplication

        from tests.benchmarks.programs.telling import end_with_input

        view = CountingView(runtime.services, sized_look("light", "en", *SIZE_PX))
        view.card.setParent(window)
        view.card.setGeometry(20, 60, 900, 700)
        view.card.show()
        view.card.raise_()
        timer = QTimer(window)
        timer.setInterval(PREVIEW_MS)
        timer.timeout.connect(lambda: view.follow(time.time(), "GX40-000101", None))
        timer.start()
        end_with_input(QApplication.instance() or QApplication([]))
        QTimer.singleShot(int(SETTLE_S * 1000), lambda: _measure(window, view, seconds))

    return run_station_window(settings(Path(arguments[0])), ready)


def _measure(window: StationWindow, view: CountingView, seconds: float) -> None:
    before, began_s, cpu_s = view.pictures, time.perf_counter(), time.process_time()

    def more() -> dict[str, Any]:
        took_s = time.perf_counter() - began_s
        return {
            "pictures_per_s": round((view.pictures - before) / took_s, 1),
            "cpu_share": round((time.process_time() - cpu_s) / took_s, 2),
        }

    tell_ticks(window, seconds, more)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
