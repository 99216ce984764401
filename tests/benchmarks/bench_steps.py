"""From the press of "Next" to the painted next step with its 4K photograph, and memory while 500 of them are leafed through.

The pictures are decoded ahead while somebody works on the step before: each step is looked at until what comes next is
decoded. The bare side is Qt reading the same JPEG at full size once, which the page would have to wait for without that.
"At once": pressed as soon as the step stands there, nothing is waited for.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from station_app.domain.work_master import Step, WorkMaster
from station_app.services.library import MasterLibrary
from station_app.ui.look import sized_look
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from station_app.ui.work_page import WorkPage
from tests.bench_station import ANNA, ANNA_PIN
from tests.benchmarks.bench_scan import SIZE_PX, Painted
from tests.benchmarks.measuring import line, percentile
from tests.every_check_bench import UNIT, every_check_master, every_check_station, master, picture

GOAL_MS = 100.0
GOAL_MB = 150.0
WIDTH_PX, HEIGHT_PX = 3840, 2160
DIFFERENT = 12
"""So many different photographs; 500 names for them, because a picture is known by its hash."""
LEAFED = 500
WAKE_MS = 5
GIVE_UP_S = 30.0


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """p95 in milliseconds, decoded ahead and pressed at once; then the growth of memory in MB."""
    steps = 40 if quick else 200
    photographs = [_photograph(n) for n in range(DIFFERENT)]
    bare_s = [_read_bare(photographs[n % DIFFERENT]) for n in range(20)]
    bare = percentile(bare_s, 0.95) * 1e3
    for name, ahead in (("decoded ahead", True), ("pressed at once", False)):
        with tempfile.TemporaryDirectory() as folder:
            work = _Work(Path(folder), photographs, steps)
            taken = work.press_through(ahead)
            work.close()
        product = percentile([each.picture_s for each in taken], 0.95) * 1e3
        more = {
            "median_ms": round(percentile([each.picture_s for each in taken], 0.5) * 1e3, 1),
            "text_and_checks_p95_ms": round(percentile([each.text_s for each in taken], 0.95) * 1e3, 1),
        }
        if ahead:
            more["fine_picture_p95_ms"] = round(percentile([each.fine_s for each in taken], 0.95) * 1e3, 1)
        name = f"press to next step with a 4K picture, {name}, p95 (ms)"
        yield line(name, product, bare, f"<= {GOAL_MS:g} ms", product <= GOAL_MS, **more)
    with tempfile.TemporaryDirectory() as folder:
        work = _Work(Path(folder), photographs, LEAFED)
        grown, kept = work.leaf()
        work.close()
    full_mb = LEAFED * WIDTH_PX * HEIGHT_PX * 4 / 1e6
    name = f"memory grown while leafing through {LEAFED} 4K pictures (MB RSS)"
    yield line(name, grown, full_mb, f"<= {GOAL_MB:g} MB", grown <= GOAL_MB, kept_mb=round(kept))


@dataclass(slots=True)
class _Painted:
    """When a step was on the screen, seconds after its press: its text and checks, any picture of it, and the fine one."""

    began_s: float = 0.0
    text_s: float = 0.0
    picture_s: float = 0.0
    fine_s: float = 0.0


def _photograph(number: int) -> bytes:
    """A 4K JPEG with edges and noise in it, as a camera makes them."""
    noise = np.random.default_rng(number).integers(0, 60, (HEIGHT_PX // 4, WIDTH_PX // 4, 3), np.uint8)
    image = cv2.resize(noise, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    for ring in range(12):
        cv2.circle(image, (WIDTH_PX // 2, HEIGHT_PX // 2), 80 + 80 * ring, (200, 180, 160 + number * 5), 12)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())


def _read_bare(content: bytes) -> float:
    began_s = time.perf_counter()
    if QImage.fromData(content).isNull():
        raise RuntimeError("the photograph cannot be read")
    return time.perf_counter() - began_s


def _steps(photographs: list[bytes], count: int) -> tuple[tuple[Step, ...], dict[str, bytes]]:
    """Steps to go through with "Next"; each picture is one of the photographs with a number of its own behind its end."""
    steps, media = list[Step](), dict[str, bytes]()
    for number in range(count):
        content = photographs[number % DIFFERENT] + number.to_bytes(4, "big")
        shown = picture(f"{number}.jpg", content, "image/jpeg")
        media[shown.sha256] = content
        title = {"en": f"Step {number}"}
        steps.append(Step(id=f"s{number}", title=title, text={"en": "Look at the picture."}, pictures=(shown,)))
    return tuple(steps), media


class _Work:
    """Somebody at a unit with that many steps. The photographs come from memory: reading a file is not measured here."""

    def __init__(self, folder: Path, photographs: list[bytes], steps: int) -> None:
        self._application = QApplication.instance() or QApplication([])
        made, self._media = _steps(photographs, steps)
        document: WorkMaster = msgspec.structs.replace(master(), steps=made)
        self._post = QtPost()
        self._station = every_check_station(folder / "station", self._post, every_check_master(document))
        self._give_pictures(self._station.services.library)
        self._window = StationWindow(self._station.services, sized_look("light", "en", *SIZE_PX))
        self._window.resize(*SIZE_PX)
        self._window.show()
        assert isinstance(self._window.page, WorkPage)
        self._page = self._window.page
        self._wake = QTimer()
        self._wake.start(WAKE_MS)
        self._painted = _Painted()
        self._wanted = 0
        self._watch = Painted(self._page.step_view.instruction.picture, self._note)
        people = self._station.services.people
        people.sign_in_badge(ANNA, ANNA_PIN)
        self._until(lambda: people.person is not None)
        self._window.scan(UNIT)
        self._until(lambda: self._no() == 1)
        self._until(self._ready)

    def _give_pictures(self, library: MasterLibrary) -> None:
        evidence = self._station.evidence
        for content in self._media.values():
            evidence.put(content)
        self._media.clear()

    def press_through(self, ahead: bool) -> list[_Painted]:
        """Press to the last step; from each press to the next step on the screen.

        Without ``ahead`` it is pressed as soon as any picture of the step stands there; the fine one may never come then.
        """
        job = self._station.services.execution.job
        assert job is not None
        taken = []
        for number in range(1, len(job.steps)):
            if ahead:
                self._until(self._ready)
            self._wanted, self._painted = number + 1, _Painted(time.perf_counter())
            self._page.press()
            self._until(lambda: (self._painted.fine_s if ahead else self._painted.picture_s) > 0)
            taken.append(self._painted)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return taken

    def leaf(self) -> tuple[float, float]:
        """Go through all steps; how many MB the process has grown by since the first tenth, and how many pictures keep."""
        before_mb = 0.0
        job = self._station.services.execution.job
        assert job is not None
        for number in range(1, len(job.steps)):
            self._wanted, self._painted = number + 1, _Painted(time.perf_counter())
            self._page.press()
            self._until(lambda: self._painted.fine_s > 0)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if number == len(job.steps) // 10:
                gc.collect()
                before_mb = _rss_mb()
        gc.collect()
        return max(_rss_mb() - before_mb, 0.1), self._page.step_view.media.store.kept_bytes / 1e6

    def close(self) -> None:
        """End the station."""
        self._wake.stop()
        self._window.close()
        self._station.close()
        self._post.close()

    def _ready(self) -> bool:
        """The step is painted and what comes next is decoded."""
        return self._page.step_view.instruction.picture.has_picture and not self._page.step_view.media.store.decoding

    def _no(self) -> int:
        job = self._station.services.execution.job
        return job.current.no if job is not None and job.current is not None else 0

    def _note(self) -> None:
        view, painted = self._page.step_view, self._painted
        if self._wanted != self._no() or not view.instruction.heading().startswith(f"{self._wanted} "):
            return
        taken_s = time.perf_counter() - painted.began_s
        painted.text_s = painted.text_s or taken_s
        if view.instruction.picture.has_picture:
            painted.picture_s = painted.picture_s or taken_s
        if view.media.current() is not None:
            painted.fine_s = painted.fine_s or taken_s

    def _until(self, condition: Any) -> None:
        give_up_s = time.monotonic() + GIVE_UP_S
        while not condition():
            if time.monotonic() > give_up_s:
                raise TimeoutError(f"step {self._no()} of {self._wanted}: it did not come within {GIVE_UP_S:g} s")
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _rss_mb() -> float:
    """Resident memory of this process, MB."""
    return float(psutil.Process().memory_info().rss) / 1e6
