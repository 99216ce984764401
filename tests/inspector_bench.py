"""Driving the inspector's window as a person does, with pictures held before the camera."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene, SceneRenderer
from station_app.services.lookups import UnitKnowledge
from station_app.services.ports import UnitStatus
from station_app.services.posting import Post
from station_app.ui.inspect_measure import CharacteristicView
from station_app.ui.inspect_page import InspectPage
from tests.bench_station import ASM_20, INS_30, BenchStation
from tests.operator_bench import Operator
from widgets.buttons import BigButton

JONAS, JONAS_PIN = "DEMO-BADGE-19be44d7-jonas-weber", "3030"
GOOD_VALUES = ("20.0061", "14.01", "20.004", "0.011", "1.1", "8.5")


def inspection_station(folder: Path, post: Post) -> BenchStation:
    """INS-30, with a server that says every unit has passed the test run."""
    station = BenchStation(folder, post, INS_30, "inspection")
    passed = UnitStatus("", "4711-03", "test_run", ASM_20, "j", "Ended", "PASS", 0)
    station.lookup.knowledge = UnitKnowledge(True, (passed,))
    return station


class Inspector(Operator):
    """Sits before the window of an inspection station."""

    def __init__(self, qtbot: QtBot, station: BenchStation, width_px: int = 1280, height_px: int = 800) -> None:
        super().__init__(qtbot, station, width_px, height_px)
        self._renderer = SceneRenderer()

    @property
    def inspect(self) -> InspectPage:
        """The inspection page."""
        page = self.window.page
        assert isinstance(page, InspectPage)
        return page

    @property
    def big(self) -> BigButton:
        """The one big button."""
        return self.inspect.buttons.big

    @property
    def entry(self) -> CharacteristicView:
        """The characteristic that is measured now."""
        view = self.inspect.step_view.column.views[0]
        assert isinstance(view, CharacteristicView)
        return view

    def press_back(self) -> None:
        """The Back button."""
        QTest.mouseClick(self.inspect.buttons.back_button, Qt.MouseButton.LeftButton)

    def row_texts(self) -> list[str]:
        """The rows of the list, as a screen reader says them."""
        model = self.inspect.step_view.characteristics.view.model()
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    def hold_before_camera(self, scene: Scene) -> None:
        """Bring a unit before the camera."""
        self.station.cameras["bench"].jpeg = self._renderer.render(scene, 1)
