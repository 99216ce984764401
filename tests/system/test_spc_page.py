"""The page of control charts driven through real widgets on a station with a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station_app.domain.chain import REC
from station_app.domain.records import ControlLimitsSet, Fact, SignalCause
from station_app.domain.spc.points import WHOLE_LINE
from station_app.domain.status import StationStatus
from station_app.services.recording import read_rows
from station_app.ui.line_trend import LineTrend
from station_app.ui.page import RECORDS, SPC, ShowChart
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from station_app.ui.spc_limits import LimitsHistory
from station_app.ui.spc_page import SpcPage
from tests.fakes.shared_database import FakeSharedDatabase
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector, inspection_station
from tests.shared_database import ChainWriter
from tests.spc_bench import PAUL, PAUL_PASSWORD, SHAFT, characteristic_of, sample, signal
from widgets.choice_dialog import ChoiceDialog
from widgets.step_list import StepMark

INS_31 = "Demo/Plant/Hall1/Line1/INS-31"
RISING = "6 points in a row steadily rising or falling"


class Engineer(Inspector):
    """Sits before the page of control charts."""

    @property
    def spc(self) -> SpcPage:
        """The page."""
        page = self.window.page
        assert isinstance(page, SpcPage)
        return page

    def rows(self) -> list[str]:
        """The list, as a screen reader says it."""
        model = self.spc.list.view.model()
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    def record(self, facts: list[Fact]) -> None:
        """Facts of the past."""
        self.services.ledger.commit(facts)
        self.until(lambda: not self.services.ledger.busy)

    def recorded(self, kind: type[Fact]) -> list[Fact]:
        """All records of a kind."""
        rows = read_rows(self.station.journal.all_rows(REC))
        return [row.fact for row in rows if isinstance(row.fact, kind)]

    def choose_point(self, index: int) -> None:
        """Choose a point by the arrow keys, from the one before."""
        self.spc.chart.setFocus()
        self.spc.chart.select(index - 1)
        self.key(Qt.Key.Key_Right)
        assert self.spc.chart.selected == index

    def sign(self, name: str, password: str) -> None:
        """Sign what is asked for, by name and password."""
        panel = self.window.approving.panel
        self.until(lambda: self.window.approving.is_open)
        if not panel.uses_password:
            panel.switch_button.click()
        panel.name.setText(name)
        panel.password.setText(password)
        panel.sign_in_button.click()
        self.until(lambda: not panel.sign_in_button.is_busy)


@pytest.fixture
def engineer(qtbot: QtBot, tmp_path: Path) -> Iterator[Engineer]:
    """INS-30 with sixty shafts measured, the last of them drifting; two signals wait for their cause."""
    post = QtPost()
    station = inspection_station(tmp_path / "s", post)
    person = Engineer(qtbot, station)
    person.sign_in(JONAS, JONAS_PIN)
    values = np.random.default_rng(3).normal(20.002, 0.003, 60)
    values[-8:] = 20.0005 + 0.0019 * np.arange(8)
    shaft = characteristic_of(station, "shaft_diameter")
    facts: list[Fact] = [
        sample(station, shaft, value, number + 1, machine=f"GRD-{number % 2 + 1}")
        for number, value in enumerate(values)
    ]
    runout = characteristic_of(station, "runout")
    facts += [sample(station, runout, 0.01 + number / 1000, number + 1) for number in range(4)]
    facts += [signal(station, shaft, number, "nelson-3", RISING) for number in (58, 59)]
    person.record(facts)
    person.window.open_page(SPC)
    yield person
    person.window.close()
    station.close()
    post.close()


def test_the_list_says_how_every_chart_stands(engineer: Engineer) -> None:
    shaft, runout, torque = engineer.rows()
    assert "Shaft Ø" in shaft and "2 open" in shaft and StepMark.FAILED.value in shaft
    assert "Runout" in runout and "4 of 20" in runout
    assert "Cover torque" in torque and "0 of 20" in torque
    assert "60 points" in engineer.spc.chart.accessibleName()
    assert engineer.spc.chart_card.note_text() == "provisional limits from the first 20"


def test_a_broken_rule_is_named_with_its_reaction_and_its_cause_recorded(engineer: Engineer) -> None:
    card = engineer.spc.signal_card
    assert f"Rule 3: {RISING}" in card.text() and "change insert T7" in card.text()
    QTest.mouseClick(card.cause_button, Qt.MouseButton.LeftButton)
    dialog = engineer.spc.dialog
    assert isinstance(dialog, ChoiceDialog)
    dialog.button("Tool worn").click()
    dialog.comment.setText("T7 turned")
    dialog.confirm_button.click()
    engineer.until(lambda: "1 open" in engineer.rows()[0])
    (cause,) = engineer.recorded(SignalCause)
    assert isinstance(cause, SignalCause) and (cause.cause, cause.text) == ("Tool worn", "T7 turned")
    assert engineer.spc.signal_card.cause_button.isVisible(), "the other signal is next"


def test_a_point_leads_to_its_units_record_by_the_keys_alone(engineer: Engineer) -> None:
    chart = engineer.spc.chart
    chart.setFocus()
    engineer.key(Qt.Key.Key_Left)
    engineer.key(Qt.Key.Key_Left)
    assert chart.selected == 58
    button = engineer.spc.point_card.record_button
    button.setFocus()
    engineer.key(Qt.Key.Key_Return)
    assert engineer.window.page.page_id == RECORDS
    page = engineer.window.page
    assert isinstance(page, RecordsPage)
    engineer.until(lambda: page.trace is not None)
    assert page.trace is not None and page.trace.serial == "GX40-000059"


def test_a_filter_shows_the_points_of_one_machine_alone(engineer: Engineer) -> None:
    filters = engineer.spc.filters
    assert not filters.button("tool").isEnabled()
    filters.button("machine").click()
    assert filters.dialog is not None
    filters.dialog.button("GRD-2").click()
    assert "30 points" in engineer.spc.chart.accessibleName()
    assert filters.button("machine").text() == "Machine: GRD-2"


def choose_baseline(engineer: Engineer) -> None:
    """Limits from all points but the drift, without point 5."""
    page = engineer.spc
    page.limits_button.click()
    engineer.choose_point(51)
    page.limits_card.until_button.click()
    engineer.choose_point(4)
    page.limits_card.toggle_button.click()


def test_limits_are_frozen_by_the_signature_of_a_quality_engineer(engineer: Engineer) -> None:
    choose_baseline(engineer)
    page = engineer.spc
    assert not page.limits_card.sign_button.isEnabled(), "the reason is missing"
    page.limits_card.reason.setText("New insert")
    page.limits_card.sign_button.click()
    engineer.sign(PAUL, PAUL_PASSWORD)
    engineer.until(lambda: len(engineer.recorded(ControlLimitsSet)) == 1)
    (limits,) = engineer.recorded(ControlLimitsSet)
    assert isinstance(limits, ControlLimitsSet)
    assert (limits.baseline_points, limits.printed_name, limits.reason) == (51, "Paul Oster", "New insert")
    engineer.until(lambda: page.chart_card.note_text().startswith("limits 1, frozen"))
    page.history_button.click()
    assert isinstance(page.dialog, LimitsHistory)
    assert "New insert" in page.dialog.table.text() and "Paul Oster" in page.dialog.table.text()


def test_who_may_not_set_limits_is_told_so_and_nothing_is_set(engineer: Engineer) -> None:
    choose_baseline(engineer)
    engineer.spc.limits_card.reason.setText("Because")
    engineer.spc.limits_card.sign_button.click()
    engineer.sign("Mara Lindt", "demo-mara-lindt")
    assert "may not set control limits" in engineer.window.approving.panel.message.text()
    assert engineer.recorded(ControlLimitsSet) == []


def test_too_few_points_make_no_limits_and_it_is_said(engineer: Engineer) -> None:
    page = engineer.spc
    page.limits_button.click()
    engineer.choose_point(2)
    page.limits_card.until_button.click()
    assert "at least 5 points" in page.limits_card.message.text()
    page.limits_card.reason.setText("Because")
    assert not page.limits_card.sign_button.isEnabled()
    engineer.key(Qt.Key.Key_Escape)
    assert page.limits_button.isVisible()


def test_a_link_opens_a_chart_at_a_point(engineer: Engineer) -> None:
    engineer.window.open_page(SPC, ShowChart(SHAFT, "shaft_diameter-40"))
    assert engineer.spc.chart.selected == 39
    assert engineer.spc.capability.panel.text().startswith("Not stable, Cp ")


def test_a_new_result_is_drawn_at_once(engineer: Engineer) -> None:
    shaft = characteristic_of(engineer.station, "shaft_diameter")
    engineer.record([sample(engineer.station, shaft, 20.002, 61)])
    assert "61 points" in engineer.spc.chart.accessibleName()
    assert engineer.spc.chart.in_sight[1] == 61


def test_an_earlier_result_that_was_measured_again_is_drawn_at_once_and_counts_in_capability(
    engineer: Engineer,
) -> None:
    shaft = characteristic_of(engineer.station, "shaft_diameter")
    points = engineer.services.quality.control.points(SHAFT)
    before = engineer.spc.capability.panel.text()
    again = sample(engineer.station, shaft, 20.051, 30)
    engineer.record([msgspec.structs.replace(again, sample_id="again-30", supersedes=points[29].rec_id)])
    assert engineer.spc.capability.panel.text() != before
    assert len(engineer.services.quality.control.points(SHAFT)) == 60


# --- the whole line ------------------------------------------------------------------------------------------------


def at_other_station(engineer: Engineer, count: int, machine: str = "GRD-9") -> FakeSharedDatabase:
    """Shafts that the second inspection station measured, as the server has them."""
    shaft = characteristic_of(engineer.station, "shaft_diameter")
    chain = ChainWriter(INS_31, wall_us=engineer.station.clock.wall_us() - 3_600_000_000)
    for number in range(count):
        chain.row(sample(engineer.station, shaft, 20.001 + number % 3 / 1000, 900 + number, machine=machine))
    other = FakeSharedDatabase(engineer.station.line_server, INS_31)
    other.append_batch(REC, 1, 1, chain.rows)
    other.status(StationStatus(station=INS_31, name="INS-31", state=1000, state_text="producing", sent_us=1))
    return other


def show_stations(engineer: Engineer, answer: str) -> None:
    """Leave the page and come back, so that it asks; then choose whose points are shown."""
    engineer.window.open_page(RECORDS)
    engineer.window.open_page(SPC)
    engineer.until(lambda: engineer.spc.filters.button("station").isEnabled())
    engineer.spc.filters.button("station").click()
    assert engineer.spc.filters.dialog is not None
    engineer.spc.filters.dialog.button(answer).click()


def test_a_chart_takes_the_points_of_every_station(engineer: Engineer) -> None:
    at_other_station(engineer, 30)
    show_stations(engineer, WHOLE_LINE)
    assert "90 points" in engineer.spc.chart.accessibleName()
    assert engineer.spc.chart_card.message.text() == "", "nobody's points are missing"
    show_stations(engineer, INS_31)
    assert "30 points" in engineer.spc.chart.accessibleName()
    assert engineer.spc.filters.button("station").text() == "Station: INS-31"
    engineer.choose_point(4)
    labels = [label.text() for label in engineer.spc.point_card.findChildren(QLabel)]
    assert "INS-31" in labels and "GRD-9" in labels
    engineer.spc.point_card.trend_button.click()
    trend = engineer.spc.dialog
    assert isinstance(trend, LineTrend) and trend.isVisible(), "the trend of the station that made it"
    trend.dismiss()
    engineer.spc.point_card.record_button.click()
    assert engineer.window.page.page_id == RECORDS


def test_own_points_are_there_at_once_and_offline_says_whose_may_be_missing(engineer: Engineer) -> None:
    at_other_station(engineer, 30)
    show_stations(engineer, WHOLE_LINE)
    engineer.station.server(False)
    shaft = characteristic_of(engineer.station, "shaft_diameter")
    engineer.record([sample(engineer.station, shaft, 20.002, 61)])
    assert "91 points" in engineer.spc.chart.accessibleName()
    engineer.spc.shown()
    engineer.until(lambda: "Points may be missing" in engineer.spc.chart_card.message.text())
    assert "of INS-31 since" in engineer.spc.chart_card.message.text()
