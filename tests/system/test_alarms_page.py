"""Alarms answered through the real page, and followed to the trend at their moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from station_app.domain.alarm import Alarm, AlarmState
from station_app.domain.chain import REC
from station_app.domain.records import AlarmTransition
from station_app.services.recording import read_rows
from station_app.ui.alarm_words import counts_per_ten_minutes
from station_app.ui.alarms_page import AlarmsPage
from station_app.ui.page import ALARMS, TRENDS, ShowAlarm
from station_app.ui.posting import QtPost
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import BenchStation
from tests.operator_bench import Operator


class Seat(Operator):
    """Somebody before the window, on the alarms page."""

    @property
    def alarms(self) -> AlarmsPage:
        page = self.window.page
        assert isinstance(page, AlarmsPage)
        return page

    @property
    def trends(self) -> TrendsPage:
        page = self.window.page
        assert isinstance(page, TrendsPage)
        return page

    def lose_press(self) -> Alarm:
        """The press stops answering."""
        self.station.device("press", Connection.LOST)
        self.services.alarms.connection(self.services.contact.devices["press"])
        self.until(self.services.alarms.listed)
        return self.services.alarms.listed()[0]

    def transitions(self) -> list[AlarmTransition]:
        """What is recorded of alarms."""
        rows = read_rows(self.station.journal.all_rows(REC))
        return [r.fact for r in rows if isinstance(r.fact, AlarmTransition)]


@pytest.fixture
def seat(qtbot: QtBot, tmp_path: Path) -> Iterator[Seat]:
    post = QtPost()
    person = Seat(qtbot, BenchStation(tmp_path / "station", post))
    person.sign_in()
    person.window.open_page(ALARMS)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def test_nothing_to_do_is_said(seat: Seat) -> None:
    assert seat.alarms.list.is_empty
    assert not seat.alarms.shelved.isVisible()


def test_acknowledging_is_recorded_with_the_person(seat: Seat) -> None:
    alarm = seat.lose_press()
    acknowledge, _ = seat.alarms.list.buttons(alarm.alarm_id)
    QTest.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    seat.until(lambda: [t.transition for t in seat.transitions()] == ["raised", "acknowledged"])
    seat.until(lambda: not acknowledge.isVisible())
    row = next(row for row in seat.station.journal.all_rows(REC) if b'"acknowledged"' in row.body)
    assert row.actor == "anna.keller"


def test_shelving_needs_a_reason_and_a_time_and_is_recorded(seat: Seat) -> None:
    alarm = seat.lose_press()
    _, shelve = seat.alarms.list.buttons(alarm.alarm_id)
    QTest.mouseClick(shelve, Qt.MouseButton.LeftButton)
    dialog = seat.alarms.dialog
    assert dialog is not None and not dialog.confirm_button.isEnabled()
    dialog.duration_button(1800).click()
    dialog.button("Being repaired").click()
    dialog.confirm_button.click()
    seat.until(lambda: [t.transition for t in seat.transitions()] == ["raised", "shelved"])
    shelved = seat.transitions()[-1]
    assert shelved.reason == "Being repaired" and shelved.until_us is not None
    assert abs(shelved.until_us / 1e6 - time.time() - 1800) < 30
    seat.until(lambda: seat.alarms.shelved.isVisible() and seat.alarms.list.is_empty)
    assert seat.services.alarms.listed()[0].state(seat.station.clock.wall_us()) is AlarmState.SHELVED
    _, back = seat.alarms.shelved.buttons(alarm.alarm_id)
    assert back.caption() == "Bring back"
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    seat.until(lambda: [t.transition for t in seat.transitions()][-1] == "unshelved" and not seat.alarms.list.is_empty)


def test_without_a_person_the_sign_in_is_asked_for(seat: Seat) -> None:
    alarm = seat.lose_press()
    seat.services.people.sign_out()
    acknowledge, _ = seat.alarms.list.buttons(alarm.alarm_id)
    QTest.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    assert seat.window.signing_in.is_open
    assert [t.transition for t in seat.transitions()] == ["raised"]


def test_a_touch_on_the_row_opens_the_trend_at_that_moment(seat: Seat) -> None:
    now_s = time.time()
    for second in range(60):
        seat.station.sample("press.force", 3.0, at_s=now_s - 60 + second)
    seat.station.sample("press.force", None, Quality.BAD, "BadCommunicationError", at_s=now_s)
    alarm = seat.lose_press()
    QTest.mouseClick(seat.alarms.list.row(alarm.alarm_id), Qt.MouseButton.LeftButton, pos=_left_edge(seat, alarm))
    seat.until(lambda: seat.window.page.page_id == TRENDS)
    view = seat.trends.view
    assert view is not None and view.frame.cursor_s == pytest.approx(alarm.since_us / 1e6)
    assert not view.is_live
    assert (view.frame.start_s + view.frame.end_s) / 2 == pytest.approx(alarm.since_us / 1e6, abs=0.5)
    assert "does not answer" in seat.trends.marks.rows[0].text


def test_a_burst_is_summed_up_and_opened_by_a_touch(seat: Seat) -> None:
    for number in range(18):
        seat.services.alarms.condition(f"channel {number}", "device lost", True, f"channel {number} is silent", "low")
    seat.lose_press()
    seat.until(lambda: len(seat.services.alarms.listed()) == 19)
    seat.alarms.refresh()
    assert seat.alarms.list.more_text == "11 more"
    first = seat.alarms.list.first_button()
    assert first is not None and "Press" in first.accessibleName(), "the urgent one stands above"
    seat.alarms.list.more_pressed.emit()
    assert seat.alarms.list.more_text == ""
    raised = counts_per_ten_minutes(seat.services)
    assert sum(row.value for row in raised) == 19


def test_a_link_brings_an_alarm_into_sight(seat: Seat) -> None:
    for number in range(18):
        seat.services.alarms.condition(f"channel {number}", "device lost", True, f"channel {number} is silent", "low")
    seat.until(lambda: len(seat.services.alarms.listed()) == 18)
    hidden = min(seat.services.alarms.listed(), key=lambda alarm: alarm.since_us)
    seat.window.open_page(ALARMS, ShowAlarm(hidden.alarm_id))
    assert seat.keys() is seat.alarms.list.row(hidden.alarm_id)


def _left_edge(seat: Seat, alarm: Alarm) -> QPoint:
    return QPoint(20, seat.alarms.list.row(alarm.alarm_id).height() // 2)
