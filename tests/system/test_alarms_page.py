"""Alarms answered through the real page, and followed to the trend at their moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from station_app.domain.alarm import Alarm, AlarmState
from station_app.domain.chain import REC
from station_app.domain.master import Person
from station_app.domain.records import AlarmTransition, MaintenanceRequested
from station_app.services.recording import read_rows
from station_app.ui.alarm_details import ASK, AlarmDetails
from station_app.ui.alarm_words import counts_per_ten_minutes
from station_app.ui.alarms_page import AlarmsPage
from station_app.ui.horn import Horn
from station_app.ui.page import ALARMS, RECORDS, TRENDS, ShowAlarm
from station_app.ui.posting import QtPost
from station_app.ui.shelve_dialog import ShelveDialog
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import HOUSING, ORDER, UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog


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
    dialog = seat.alarms.answering.dialog
    assert isinstance(dialog, ShelveDialog) and not dialog.confirm_button.isEnabled()
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
    assert view is not None and list(view.cursors_s) == pytest.approx([alarm.since_us / 1e6])
    assert not view.is_live
    assert (view.frame.start_s + view.frame.end_s) / 2 == pytest.approx(alarm.since_us / 1e6, abs=0.5)
    seat.until(lambda: seat.trends.parts.marks.rows)
    assert "does not answer" in seat.trends.parts.marks.rows[0].text


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


# --- more answers, the flood, the journal ---------------------------------------------------------------------------


def overload(seat: Seat) -> Alarm:
    """The press is overloaded: a critical alarm that stops the step, and the plain limit with it."""
    seat.station.sample("press.force", 101.0)
    seat.until(lambda: len(seat.services.alarms.listed()) == 2)
    return next(alarm for alarm in seat.services.alarms.listed() if alarm.priority == "critical")


def supervisor(seat: Seat) -> None:
    seat.services.ledger.person = Person(id="mara", name="Mara Lindt", roles=("supervisor",))


def click(button: BigButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_more_says_what_to_do_and_asks_for_maintenance(seat: Seat) -> None:
    alarm = overload(seat)
    click(seat.alarms.list.details_button(alarm.alarm_id))
    details = seat.alarms.answering.dialog
    assert isinstance(details, AlarmDetails)
    assert "Stop the press." in " ".join(label.text() for label in details.findChildren(QLabel))
    click(details.button(ASK))
    seat.until(lambda: seat.services.alarms.listed()[0].asked_by or seat.services.alarms.listed()[1].asked_by)
    seat.alarms.refresh()
    assert "maintenance asked for by Anna Keller" in seat.alarms.list.row(alarm.alarm_id).accessibleName()
    asked = [r.fact for r in read_rows(seat.station.journal.all_rows(REC)) if isinstance(r.fact, MaintenanceRequested)]
    assert [(fact.equipment, fact.alarm_id) for fact in asked] == [("Press 1", alarm.alarm_id)]


def test_out_of_service_is_for_supervisors_and_can_be_brought_back(seat: Seat) -> None:
    alarm = overload(seat)
    seat.alarms.answering.open_disabling(alarm.alarm_id)
    _confirm(seat, "Sensor is broken")
    assert "may not take an alarm out of service" in seat.banner()
    supervisor(seat)
    seat.alarms.answering.open_disabling(alarm.alarm_id)
    _confirm(seat, "Sensor is broken")
    seat.until(lambda: len(seat.services.alarms.listed()) == 1 and seat.alarms.shelved.isVisible())
    (entry,) = seat.services.alarms.out_of_service()
    assert (entry.reason, entry.by) == ("Sensor is broken", "mara")
    _, back = seat.alarms.shelved.buttons("disabled|press.force|high-high limit")
    click(back)
    seat.until(lambda: len(seat.services.alarms.listed()) == 2)
    assert not seat.services.alarms.out_of_service()


def _confirm(seat: Seat, reason: str) -> None:
    dialog = seat.alarms.answering.dialog
    assert isinstance(dialog, ChoiceDialog)
    dialog.button(reason).click()
    dialog.confirm_button.click()


def test_the_horn_is_silenced_by_one_press(seat: Seat, tmp_path: Path) -> None:
    horn = Horn(seat.services.alarms, tmp_path / "none.wav", seat.window, silent=True)
    assert not seat.alarms.silence.isVisible()
    overload(seat)
    seat.until(lambda: horn.is_sounding and seat.alarms.silence.isVisible())
    click(seat.alarms.silence)
    seat.until(lambda: not horn.is_sounding and not seat.alarms.silence.isVisible())
    assert seat.transitions()[-1].transition == "silenced"


def test_a_stopped_step_says_why_and_refuses(seat: Seat) -> None:
    seat.window.open_main()
    seat.scan(UNIT)
    overload(seat)
    seat.until(seat.window.banners.lasting.isVisible)
    assert "The step is stopped by an alarm: The press is overloaded (101 kN)." in seat.window.banners.lasting.text()
    seat.scan(HOUSING)
    assert "stopped by an alarm" in seat.banner()
    seat.station.sample("press.force", 3.0)
    seat.until(lambda: not seat.window.banners.lasting.isVisible())


def test_an_alarm_without_a_value_says_so(seat: Seat) -> None:
    alarm = overload(seat)
    seat.station.sample("press.force", None, Quality.BAD, "BadCommunicationError")
    seat.alarms.refresh()
    assert "no value now" in seat.alarms.list.row(alarm.alarm_id).accessibleName()


def test_a_flood_is_summed_up_by_origin_and_hides_nothing_critical(seat: Seat) -> None:
    for number in range(12):
        priority = "high" if number == 7 else "low"
        seat.services.alarms.condition("mill", f"channel {number}", True, f"channel {number} is silent", priority)
    seat.until(lambda: len(seat.services.alarms.listed()) == 12)
    seat.alarms.refresh()
    assert seat.alarms.list.more_text == "10 more", "the first and the worst are shown"
    names = [
        widget.accessibleName()
        for widget in seat.alarms.list.findChildren(QWidget)
        if "channel" in widget.accessibleName()
    ]
    assert any("channel 0" in name and "10 more followed" in name for name in names)
    assert any("channel 7" in name for name in names)
    assert "12 in 10 min: a flood" in seat.alarms.counts.note_text()
    seat.alarms.list.more_pressed.emit()
    assert seat.alarms.list.more_text == ""


def test_of_500_alarms_some_are_listed_with_each_touch_and_what_is_listed_can_be_seen(seat: Seat) -> None:
    for number in range(500):
        seat.services.alarms.condition("mill", f"channel {number}", True, f"channel {number} is silent", "low")
    seat.until(lambda: len(seat.services.alarms.listed()) == 500)
    seat.alarms.refresh()
    assert seat.alarms.list.more_text == "499 more", "the first stands for its origin"
    assert "500 in 10 min: a flood" in seat.alarms.counts.note_text()
    for listed in (50, 100, 150, 200):
        seat.alarms.list.more_pressed.emit()
        assert seat.alarms.list.more_text == f"{500 - listed} more"
    seat.alarms.list.more_pressed.emit()
    assert "No more than 200" in seat.banner() and seat.alarms.list.more_text == "300 more"
    oldest = min(seat.services.alarms.listed(), key=lambda alarm: alarm.since_us)
    seat.window.open_main()
    seat.window.open_page(ALARMS, ShowAlarm(oldest.alarm_id))
    row = seat.alarms.list.row(oldest.alarm_id)
    assert seat.keys() is row and not row.visibleRegion().isEmpty()
    picture = seat.alarms.list.grab().toImage()
    colors = {picture.pixel(x, 40) for x in range(0, picture.width(), 7)}
    assert len(colors) > 3, "rows beyond what a toolkit can draw would be one grey"


def test_the_journal_finds_and_leads_to_the_trend_and_the_unit(seat: Seat) -> None:
    seat.window.open_main()
    seat.scan(UNIT)
    seat.window.open_page(ALARMS)
    alarm = overload(seat)
    seat.station.sample("press.force", 3.0)
    seat.until(lambda: not any(a.active for a in seat.services.alarms.listed()))
    click(seat.alarms.journal_tab)
    journal = seat.alarms.journal
    seat.until(lambda: len(journal.list.rows()) == 4)
    journal.text.setText("overloaded")
    click(journal.find_button)
    seat.until(lambda: len(journal.list.rows()) == 2)
    came = journal.list.rows()[-1]
    assert came.link_text == UNIT and "Critical" in came.sub_text and f"Order {ORDER}" in came.sub_text
    journal.choose_priority("low")
    seat.until(lambda: journal.list.rows() == [] and "Nothing found" in journal.count_text())
    journal.choose_priority("low")
    seat.until(lambda: len(journal.list.rows()) == 2)
    click(journal.export_button)
    seat.until(lambda: "Written: " in seat.banner())
    (written,) = (seat.services.identity.folder / "exports").glob("alarms-*.csv")
    assert len(written.read_text(encoding="utf-8-sig").splitlines()) == 3
    QTest.mouseClick(journal.list.row_widget(1), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    seat.until(lambda: seat.window.page.page_id == TRENDS)
    view = seat.trends.view
    assert view is not None and list(view.cursors_s) == pytest.approx([alarm.since_us / 1e6])
    seat.window.open_page(ALARMS)
    click(journal.list.link_button(1))
    seat.until(lambda: seat.window.page.page_id == RECORDS)


def test_the_journal_is_left_with_escape_and_worked_with_keys(seat: Seat) -> None:
    overload(seat)
    seat.alarms.show_journal()
    assert seat.keys() is seat.alarms.journal.text
    seat.type("force")
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: len(seat.alarms.journal.list.rows()) == 2)
    seat.key(Qt.Key.Key_Escape)
    assert seat.window.page.page_id == ALARMS and seat.alarms.now_tab.isChecked()


def test_the_journal_is_paged(seat: Seat) -> None:
    for number in range(60):
        seat.services.alarms.condition("mill", f"channel {number}", True, f"channel {number} is silent", "low")
    seat.until(lambda: len(seat.services.alarms.listed()) == 60)
    seat.alarms.show_journal()
    journal = seat.alarms.journal
    seat.until(lambda: len(journal.list.rows()) == 50)
    click(journal.older)
    seat.until(lambda: len(journal.list.rows()) == 10 and not journal.older.isEnabled())
    click(journal.newer)
    seat.until(lambda: len(journal.list.rows()) == 50 and not journal.newer.isEnabled())
