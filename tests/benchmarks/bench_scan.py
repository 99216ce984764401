"""From the last key of a scan to the painted step, picture included, in a real window on a real journal.

Painted means that Qt has given control back after painting: a little late rather than early. Cold: the picture has to be
read, decoded and drawn, as for the first unit after a start. Warm: the picture is kept decoded, as for every other unit.
The bare side renders the same drawing to an image of the same size once and commits the same bytes to a bare SQLite.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from station_app.domain.chain import REC, Row
from station_app.ui.decoding import decode
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from station_app.ui.step_pictures import StepPictures
from station_app.ui.work_page import WorkPage
from tests.benchmarks.desk import Desk, serial
from tests.benchmarks.measuring import BareCommits, line, percentile

GOAL_MS = 100.0
SIZE_PX = (1920, 1080)
PICTURE_PX = (1792, 1536)
WARM_UP = 3
BEHIND_SCAN_S = 0.06
WAKE_MS = 20


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """p95 in milliseconds, cold and warm; ``cpu_ms`` is the median of the processor time of a scan, all threads."""
    scans = 60 if quick else 300
    for name, cold in (("cold picture", True), ("warm picture", False)):
        with tempfile.TemporaryDirectory() as folder:
            product_s, bare_s, cpu_s = _measure(Path(folder), scans, cold)
        product, bare = percentile(product_s, 0.95) * 1e3, percentile(bare_s, 0.95) * 1e3
        median = round(percentile(product_s, 0.5) * 1e3, 1)
        yield line(
            f"scan to step on screen, {name}, p95 (ms)",
            product,
            bare,
            f"<= {GOAL_MS:g} ms",
            product <= GOAL_MS,
            median_ms=median,
            cpu_ms=round(percentile(cpu_s, 0.5) * 1e3, 1),
        )


def _measure(folder: Path, scans: int, cold: bool) -> tuple[list[float], list[float], list[float]]:
    screen = Screen(folder, WARM_UP + scans)
    bare = BareCommits(folder / "bare.db")
    product_s: list[float] = []
    bare_s: list[float] = []
    cpu_s: list[float] = []
    try:
        for n in range(WARM_UP + scans):
            began_cpu_s = time.process_time()
            shown_s = screen.scan(serial(n), cold)
            used_s = time.process_time() - began_cpu_s
            drawn_s = _render_and_commit(bare, screen)
            if n >= WARM_UP:
                product_s.append(shown_s)
                bare_s.append(drawn_s)
                cpu_s.append(used_s)
            screen.put_aside()
    finally:
        screen.close()
        bare.close()
    return product_s, bare_s, cpu_s


def _render_and_commit(bare: BareCommits, screen: Screen) -> float:
    drawing, rows = screen.drawing(), screen.written
    began_s = time.perf_counter()
    image = decode(drawing, *PICTURE_PX, "image/svg+xml")
    bare.commit(rows)
    took_s = time.perf_counter() - began_s
    if image.isNull():
        raise RuntimeError("the drawing cannot be rendered")
    return took_s


class Painted(QObject):
    """Calls ``told`` after each time that Qt has painted the watched widget and all around it."""

    def __init__(self, watched: QObject, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A paint event: the rest of the window is painted before Qt runs the timer."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._told)
        return False


class Screen:
    """The window of a station, scanned at as by a keyboard-wedge scanner. ``written`` is what the last scan recorded."""

    def __init__(self, folder: Path, units: int) -> None:
        self._application = QApplication.instance() or QApplication([])
        self._post = QtPost()
        self._desk = Desk(folder / "station", self._post, self._serve, units)
        self._services = self._desk.station.services
        self._window = StationWindow(self._services, sized_look("light", "en", *SIZE_PX))
        self._window.resize(*SIZE_PX)
        self._window.show()
        assert isinstance(self._window.page, WorkPage)
        self._page = self._window.page
        self._wanted = ""
        self._painted_s = 0.0
        self.written: list[Row] = []
        self._watch = Painted(self._page.step_view.instruction.picture, self._note)
        # the event loop must come by even when nothing happens, to see that a time is over
        self._wake = QTimer()
        self._wake.start(WAKE_MS)

    def scan(self, unit: str, cold: bool) -> float:
        """Scan a unit; seconds from its last key until its step is painted."""
        view = self._page.step_view
        if cold:
            view.media._pictures = StepPictures(PictureStore(self._services))
            view.media._shown = None
            view.instruction.picture.set_image(None)
        self._painted_s = 0.0
        before = self._desk.station.journal.head(REC)
        target = QApplication.focusWidget() or self._window
        QTest.keyClicks(target, unit)
        self._wanted = unit
        began_s = time.perf_counter()
        QTest.keyClick(target, Qt.Key.Key_Return)
        self._desk.until(lambda: self._painted_s > 0)
        self.written = self._desk.station.journal.rows(REC, before.epoch, before.seq, 100)
        return self._painted_s - began_s

    def put_aside(self) -> None:
        """Interrupt the unit, let the screen follow, and wait until a scanner can send again."""
        self._wanted = ""
        self._desk.finish(self._services.execution.interrupt("break"))
        ready_s = time.monotonic() + BEHIND_SCAN_S
        self._desk.until(lambda: time.monotonic() > ready_s)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def drawing(self) -> bytes:
        """The SVG that is on the screen."""
        job = self._services.execution.job
        assert job is not None and job.current is not None
        return self._services.library.picture(job.current.step.pictures[0].sha256)

    def close(self) -> None:
        """Close the window and end the station."""
        self._wake.stop()
        self._window.close()
        self._desk.close()
        self._post.close()

    def _serve(self) -> None:
        self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _note(self) -> None:
        """Something was painted: was it the step of the scanned unit, with its picture?"""
        job = self._services.execution.job
        picture = self._page.step_view.instruction.picture
        if self._painted_s or not self._wanted or job is None or not job.running or job.serial != self._wanted:
            return
        if picture.isVisible() and picture.has_picture:
            self._painted_s = time.perf_counter()
