"""What the tests of the operator's page share: working up to a step, and looking at what came of it."""

from __future__ import annotations

import threading

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from drivers.vision.codes import write_datamatrix
from station_app.domain.chain import REC
from station_app.domain.records import Fact
from station_app.services.recording import read_rows
from station_app.ui.machine_view import MachineView
from station_app.ui.work_cards import MeasureView
from tests.bench_station import BEARING_LOT, HOUSING, SEAL_LOT, UNIT
from tests.operator_bench import Operator


def facts(operator: Operator) -> list[Fact]:
    return [r.fact for r in read_rows(operator.station.journal.all_rows(REC)) if r.fact is not None]


def of_kind(operator: Operator, kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts(operator) if isinstance(fact, kind)]


def held_journal(operator: Operator) -> threading.Event:
    """Nothing is committed until the event is set."""
    go_on = threading.Event()
    operator.station.journal._writer.submit(lambda _: go_on.wait(20))
    return go_on


class WindowsShown(QObject):
    """Notes every widget that comes up as a window of its own: it would flash on the screen and take the keys away."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(repr(watched))
        return False


def picture_of(code: str) -> bytes:
    """A sharp picture as the bench camera takes it, with the unit's DataMatrix."""
    image = np.full((480, 640, 3), 180, np.uint8)
    image[120:360, 200:440] = write_datamatrix(code, 240)[..., None]
    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


def open_step(operator: Operator, no: int) -> None:
    """Sign in, scan the first unit, and work up to a step."""
    operator.sign_in()
    operator.scan(UNIT)
    if no >= 2:
        operator.scan(HOUSING)
    if no >= 3:
        operator.press("Confirm")
    if no >= 4:
        operator.scan(BEARING_LOT)
        operator.station.sample("press.peak_force", 12.4)
        operator.press("Capture value")
    if no >= 7:
        operator.type("0.10")
        operator.key(Qt.Key.Key_Return)
        operator.settled()
        operator.scan(SEAL_LOT)
        operator.type("8.5")
        operator.key(Qt.Key.Key_Return)
        operator.settled()
    assert operator.step_title().startswith(f"{no} ")


def machine_view(operator: Operator) -> MachineView:
    view = operator.page.step_view.column.views[1]
    assert isinstance(view, MachineView)
    return view


def measure_view(operator: Operator) -> MeasureView:
    view = operator.page.step_view.column.views[0]
    assert isinstance(view, MeasureView)
    return view
