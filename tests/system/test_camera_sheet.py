"""Setting a camera for a view through the real window: limits, what is not supported, and the lines for station.toml."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene, SceneRenderer
from station_app.domain.view import ControlLimit, Crop, ViewSettings
from station_app.services.pictures import CameraAway
from station_app.ui.camera_sheet import CameraSheet
from station_app.ui.page import SETTINGS
from station_app.ui.posting import QtPost
from station_app.ui.settings_page import SettingsPage
from tests.bench_station import UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.theme import TARGET_MM

LIMITS = (
    ControlLimit("exposure", True, 120.0, 20.0, 420.0),
    ControlLimit("focus", False),
    ControlLimit("gain", True, 1.0),
)
VIEWS = {"bench": {"": ViewSettings(), "label": ViewSettings(crop=Crop(0.6, 0.2, 0.3, 0.4))}}


class Engineer(Operator):
    """Somebody who sets up the camera. ``asked`` are the settings that the camera got."""

    away = False

    def prepare(self) -> None:
        """A camera with views, limits, and a picture."""
        self.asked: list[ViewSettings] = []
        pictures = self.services.pictures
        pictures._views = VIEWS
        pictures._set_camera = lambda _name, settings: self.asked.append(settings)
        pictures._ask_limits = self._limits
        self.station.cameras["bench"].jpeg = SceneRenderer().render(Scene(UNIT), 1)

    def _limits(self, _camera: str) -> Future[tuple[ControlLimit, ...]]:
        answer: Future[tuple[ControlLimit, ...]] = Future()
        if self.away:
            answer.set_exception(CameraAway("the camera is not connected"))
        else:
            answer.set_result(LIMITS)
        return answer

    def sheet(self) -> CameraSheet:
        self.window.open_page(SETTINGS)
        page = self.window.page
        assert isinstance(page, SettingsPage)
        QTest.mouseClick(page.camera_button, Qt.MouseButton.LeftButton)
        return self.window.findChildren(CameraSheet)[-1]


@pytest.fixture
def engineer(qtbot: QtBot, tmp_path: Path) -> Iterator[Engineer]:
    post = QtPost()
    person = Engineer(qtbot, BenchStation(tmp_path / "station", post))
    person.prepare()
    person.sign_in()
    yield person
    person.window.close()
    person.station.close()
    post.close()


def row(sheet: CameraSheet, name: str) -> tuple[str, str, bool]:
    shown = sheet._rows[name]
    if not shown.more.isVisible():
        return "", shown.alone.text(), False
    return shown.value.text(), shown.remark.text(), True


def test_limits_are_shown_and_kept_to(engineer: Engineer) -> None:
    sheet = engineer.sheet()
    engineer.until(lambda: row(sheet, "exposure") == ("automatic", "20 to 420", True))
    assert row(sheet, "focus") == ("", "not supported by this camera", False)
    assert row(sheet, "gain") == ("automatic", "no limits told", True)
    engineer.until(lambda: sheet.picture.has_picture)
    for _ in range(2):
        QTest.mouseClick(sheet._rows["exposure"].more, Qt.MouseButton.LeftButton)
    steppers = [button for shown in sheet._rows.values() for button in (shown.less, shown.more) if button.isVisible()]
    least = sheet.look.mm(TARGET_MM)
    assert all(min(button.width(), button.height()) >= least for button in steppers), "pressed with gloves"
    assert [settings.exposure for settings in engineer.asked] == [120.0, 130.0]
    for _ in range(60):
        sheet.change_control("exposure", 1)
    assert sheet.settings.exposure == 420.0, "no further than the camera goes"
    sheet.change_control("focus", 1)
    assert sheet.settings.focus is None
    assert sheet.lines.text() == "[cameras.bench]\nexposure = 420"


def test_crop_and_rotation_stay_possible_and_the_view_is_put_back(engineer: Engineer) -> None:
    sheet = engineer.sheet()
    sheet.step(1)
    assert sheet.place == ("bench", "label")
    for _ in range(9):
        sheet.change_crop("x", 1)
        sheet.change_crop("height", -1)
    sheet.turn(1)
    assert sheet.settings.crop == Crop(0.7, 0.2, 0.3, 0.05)
    assert sheet.lines.text().splitlines() == [
        "[cameras.bench.views.label]",
        "rotation = 90",
        "crop = { x = 0.7, y = 0.2, width = 0.3, height = 0.05 }",
    ]
    assert engineer.services.pictures.shown("bench") == sheet.settings, "the preview shows it"
    assert engineer.services.pictures.settings("bench", "label") == VIEWS["bench"]["label"], "nothing is kept"
    QTest.mouseClick(sheet.back, Qt.MouseButton.LeftButton)
    assert engineer.services.pictures.shown("bench") == VIEWS["bench"]["label"]


def test_a_camera_that_is_away_says_so(engineer: Engineer) -> None:
    engineer.away = True
    engineer.station.cameras["bench"].jpeg = b""
    sheet = engineer.sheet()
    assert row(sheet, "exposure") == ("", "the camera is not connected", False)
    assert sheet.picture.accessibleName() == "The camera delivers no picture."
    engineer.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_nobody_signed_in_sets_nothing(engineer: Engineer) -> None:
    engineer.services.people.sign_out()
    engineer.until(lambda: engineer.services.people.person is None)
    engineer.window.open_page(SETTINGS)
    page = engineer.window.page
    assert isinstance(page, SettingsPage) and not page.camera_button.isEnabled()
