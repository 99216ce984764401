"""The page of gauges driven through real widgets on a station with a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import Quality
from drivers.gauges.reading import PRESSED, Reading
from station_app.domain.chain import REC
from station_app.domain.records import Fact, GaugeCalibrated, GaugeStatusChanged, GaugeStudyEnded, GaugeStudyReading
from station_app.services.gauges import GaugeView
from station_app.services.recording import read_rows
from station_app.ui.fields_dialog import FieldsDialog
from station_app.ui.gauges_page import GaugesPage
from station_app.ui.page import GAUGES, RECORDS
from station_app.ui.posting import QtPost
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector
from tests.quality_bench import quality_station
from tests.spc_bench import characteristic_of, sample


class Metrologist(Inspector):
    """Sits before the page of gauges."""

    @property
    def gauges(self) -> GaugesPage:
        """The page."""
        page = self.window.page
        assert isinstance(page, GaugesPage)
        return page

    def rows(self) -> list[str]:
        """The list, as a screen reader says it."""
        model = self.gauges.list.view.model()
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    def row(self, gauge: str) -> str:
        """The row of one gauge."""
        return next(row for row in self.rows() if gauge in row)

    def select(self, gauge: str) -> None:
        """Scan a gauge."""
        assert self.gauges.on_scan(gauge)

    def touch(self, button: object) -> None:
        """Press a button."""
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # any widget

    def dialog(self) -> FieldsDialog:
        """The form that is open."""
        form = self.gauges.dialog
        assert isinstance(form, FieldsDialog) and form.isVisible()
        return form

    def saved(self) -> None:
        """Wait until nothing is being saved."""
        self.until(lambda: not self.services.ledger.busy)

    def recorded(self, kind: type[Fact]) -> list[Fact]:
        """All records of a kind."""
        rows = read_rows(self.station.journal.all_rows(REC))
        return [row.fact for row in rows if isinstance(row.fact, kind)]


@pytest.fixture
def metrologist(qtbot: QtBot, tmp_path: Path) -> Iterator[Metrologist]:
    """INS-30 with three gauges, one of them past its day."""
    post = QtPost()
    station = quality_station(tmp_path / "s", post)
    person = Metrologist(qtbot, station)
    person.sign_in(JONAS, JONAS_PIN)
    person.window.open_page(GAUGES)
    yield person
    person.window.close()
    station.close()
    post.close()


def test_the_list_says_class_day_and_what_may_not_be_used(metrologist: Metrologist) -> None:
    caliper, old, micrometer = (metrologist.row(name) for name in ("CAL-7", "M-090", "M-114"))
    assert "CAL-7 Caliper 150" in caliper and "caliper 0.01" in caliper and "2031-05-01" in caliper
    assert "2020-01-31" in old and "failed" in old and "2031-02-01" in micrometer
    metrologist.select("M-090")
    assert "its calibration ended on 2020-01-31" in metrologist.gauges.table.text()


def test_a_calibration_is_recorded_and_brings_a_gauge_back(metrologist: Metrologist) -> None:
    metrologist.select("M-090")
    metrologist.touch(metrologist.gauges.calibrate_button)
    form = metrologist.dialog()
    form.line("certificate").setText("C-77")
    form.line("until").setText("soon")
    form.line("as_found").setText("+0.001 mm")
    metrologist.touch(form.confirm_button)
    assert "“soon” is no date" in form.message.text(), "what was typed stays"
    form.line("until").setText("2031-06-30")
    metrologist.touch(form.confirm_button)
    metrologist.until(lambda: not metrologist.services.ledger.busy and "2031-06-30" in metrologist.row("M-090"))
    (fact,) = metrologist.recorded(GaugeCalibrated)
    assert isinstance(fact, GaugeCalibrated) and (fact.certificate, fact.found_in_order) == ("C-77", True)


def test_a_gauge_is_held_with_its_reason_and_released(metrologist: Metrologist) -> None:
    metrologist.select("CAL-7")
    metrologist.touch(metrologist.gauges.hold_button)
    form = metrologist.dialog()
    metrologist.touch(form.confirm_button)
    assert "Say why" in form.message.text()
    form.line("reason").setText("Dropped")
    metrologist.touch(form.confirm_button)
    metrologist.until(lambda: "held" in metrologist.row("CAL-7"))
    assert "Dropped" in metrologist.gauges.table.text()
    metrologist.touch(metrologist.gauges.hold_button)
    metrologist.dialog().line("reason").setText("Checked")
    metrologist.touch(metrologist.dialog().confirm_button)
    metrologist.until(lambda: "held" not in metrologist.row("CAL-7"))
    assert [f.status for f in metrologist.recorded(GaugeStatusChanged) if isinstance(f, GaugeStatusChanged)] == [
        "held",
        "in service",
    ]


def test_what_was_measured_with_a_gauge_leads_to_each_record(metrologist: Metrologist) -> None:
    shaft = characteristic_of(metrologist.station, "shaft_diameter")
    metrologist.services.ledger.commit([sample(metrologist.station, shaft, 20.002, n) for n in (1, 2)])
    metrologist.saved()
    metrologist.select("M-114")
    metrologist.touch(metrologist.gauges.affected_button)
    metrologist.until(lambda: "2 units" in metrologist.gauges.table.text())
    assert "shaft_diameter 20.002" in metrologist.gauges.table.text()
    metrologist.gauges.table.link_opened.emit("GX40-000002")
    assert metrologist.window.page.page_id == RECORDS


def begin_study(metrologist: Metrologist, parts: str = "1, 2, 3") -> None:
    metrologist.select("M-114")
    metrologist.touch(metrologist.gauges.study_button)
    form = metrologist.dialog()
    form.line("what").setText("Shaft Ø")
    form.line("parts").setText(parts)
    form.line("operators").setText("Anna, Tom")
    form.line("tolerance").setText("0.030")
    metrologist.touch(form.confirm_button)


def test_a_gauge_study_is_measured_in_random_order_and_its_result_recorded(metrologist: Metrologist) -> None:
    begin_study(metrologist)
    page = metrologist.gauges
    metrologist.until(lambda: page.study_view.cell is not None)
    parts = {"1": 19.995, "2": 20.002, "3": 20.010}
    order = []
    for number in range(12):
        cell = page.study_view.cell
        assert cell is not None
        order.append(cell)
        metrologist.type(f"{parts[cell[0]] + (number % 3) / 1000:.3f}")
        metrologist.key(Qt.Key.Key_Return)
        metrologist.saved()
    assert len(set(order)) == 12
    text = page.study_view.table.text()
    assert "Analysis of variance" in text and "Average and range" in text
    assert "Distinct categories" in text and "% of the study variation" in text
    metrologist.touch(page.finish_button)
    metrologist.until(lambda: len(metrologist.recorded(GaugeStudyEnded)) == 1)
    assert len(metrologist.recorded(GaugeStudyReading)) == 12


def test_a_study_that_cannot_be_is_refused_with_what_was_typed_kept(metrologist: Metrologist) -> None:
    begin_study(metrologist, "1")
    form = metrologist.dialog()
    assert "A study needs 2 to 50 parts" in form.message.text() and form.line("operators").text() == "Anna, Tom"


def test_what_is_no_reading_of_a_study_is_refused(metrologist: Metrologist) -> None:
    begin_study(metrologist)
    metrologist.until(lambda: metrologist.gauges.study_view.cell is not None)
    for text in ("20,001", "1e400", "20.0.1"):
        metrologist.gauges.study_view.entry.set_text(text)
        metrologist.key(Qt.Key.Key_Return)
        metrologist.until(metrologist.banner)
        assert metrologist.gauges.study_view.entry.text() == text
        metrologist.window.banners.hush()
    assert metrologist.recorded(GaugeStudyReading) == []


def test_a_gauges_key_is_the_next_reading_of_a_study(metrologist: Metrologist) -> None:
    begin_study(metrologist)
    metrologist.until(lambda: metrologist.gauges.study_view.cell is not None)
    readings = metrologist.services.gauges
    readings.views["M-114"] = GaugeView("Micrometer", "mm", PRESSED)
    readings.take(
        [Reading("M-114", "20.001", None, "mm", Quality.BAD, "BadOutOfRange", "M-114 says ERR6.", "ERR6", 0.0)]
    )
    assert "M-114 says ERR6" in metrologist.banner()
    readings.take([Reading("M-114", "+20.001", Decimal("20.001"), "mm", Quality.GOOD, "Good", "", "+20.001", 0.0)])
    metrologist.saved()
    (fact,) = metrologist.recorded(GaugeStudyReading)
    assert isinstance(fact, GaugeStudyReading) and (fact.value_text, fact.source) == ("+20.001", "gauge")
    readings.views["CAL-7"] = GaugeView("Caliper", "mm", PRESSED)
    readings.take([Reading("CAL-7", "20.01", Decimal("20.01"), "mm", Quality.GOOD, "Good", "", "20.01", 0.0)])
    assert "CAL-7 sent 20.01; this study is of M-114" in metrologist.banner()
    assert len(metrologist.recorded(GaugeStudyReading)) == 1
