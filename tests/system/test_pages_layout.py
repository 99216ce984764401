"""Every page at both sizes: it fits the window, every control has a name, no line of text is cut."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from drivers.simulation.scene import Scene
from station_app.ui.page import ALARMS, GAUGES, INSPECT, LOTS, RECORDS, SETTINGS, SPC, TRENDS, ShowUnit
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from tests.bench_station import UNIT
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector, inspection_station
from widgets.buttons import BigButton
from widgets.text import Line

SIZES = [(1920, 1080), (1280, 800)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def inspector(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[Inspector]:
    """A station in the middle of its work, with a lost device, values and an alarm."""
    post = QtPost()
    station = inspection_station(tmp_path / "s", post)
    person = Inspector(qtbot, station, *request.param)
    person.sign_in(JONAS, JONAS_PIN)
    person.hold_before_camera(Scene(UNIT))
    person.scan(UNIT)
    person.type("20.5")
    person.key(Qt.Key.Key_Return)
    person.settled()
    now_s = time.time()
    for back in range(300, 0, -5):
        station.sample("press.force", 16.0 if back == 50 else 3.0, at_s=now_s - back)
    station.sample("press.position", None, Quality.BAD, "BadCommunicationError", now_s)
    station.device("press", Connection.LOST)
    station.services.alarms.connection(station.contact.devices["press"])
    person.until(lambda: len(station.services.alarms.listed()) == 2)
    yield person
    person.window.close()
    station.close()
    post.close()


@pytest.mark.parametrize("page_id", [INSPECT, TRENDS, ALARMS, RECORDS, SETTINGS, SPC, GAUGES, LOTS])
def test_a_page_fits_is_named_and_cuts_nothing(inspector: Inspector, page_id: str) -> None:
    window = inspector.window
    size = window.size()
    window.open_page(page_id, ShowUnit(UNIT) if page_id == RECORDS else None)
    page = window.page
    if isinstance(page, RecordsPage):
        inspector.until(lambda: page.trace is not None)
    inspector.qtbot.wait(150)
    assert window.size() == size, "the page needs more room than the window has"
    assert window.minimumSizeHint().width() <= size.width() and window.minimumSizeHint().height() <= size.height()
    stops = [w for w in page.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    nameless = [
        (type(w).__name__, w.parent())
        for w in stops
        if not w.accessibleName() and w.objectName() != "qt_scrollarea_viewport"
    ]
    assert nameless == []
    cut = [line.text() for line in page.findChildren(Line) if line.isVisible() and line.is_shortened()]
    assert cut == []
    assert [b.caption() for b in page.findChildren(BigButton) if b.isVisible() and b.is_shortened()] == []
    assert page.help_text and page.title and page.accessibleName() == page.title
