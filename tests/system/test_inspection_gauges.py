"""Gauges at the inspector's page, and readings that come many at once: from a gauge, from the clipboard."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drivers.base import Quality
from drivers.gauges.reading import PRESSED, Reading
from station_app.domain.records import (
    GaugeStatusChanged,
    SampleMeasured,
)
from station_app.services.gauges import GaugeView
from station_app.ui.import_sheet import ImportSheet
from tests.bench_station import UNIT
from tests.quality_bench import MICROMETER
from tests.system.plan_inspector import PlanInspector


def test_a_gauges_key_lands_in_the_characteristic_that_is_shown(measured: PlanInspector) -> None:
    measured.scan(UNIT)
    measured.show("width")
    for text in ("+12.001", "+12.000", "+12.002"):
        measured.gauge(MICROMETER.id, text)
    (fact,) = measured.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured)
    assert (fact.characteristic, fact.gauge, fact.source, fact.raw_text) == (
        "width",
        "M-114",
        "gauge",
        "+12.001 +12.000 +12.002",
    )


def test_a_gauge_that_may_not_measure_is_refused_at_the_reading(measured: PlanInspector) -> None:
    measured.scan(UNIT)
    for gauge, unit, good, reason in (
        ("CAL-7", "mm", True, "is a caliper 0.01; this characteristic needs a micrometer 0.001"),
        ("M-090", "mm", True, "its calibration ended on 2020-01-31"),
        ("M-999", "mm", True, "is not known here"),
        ("M-114", "inch", True, "M-114 sends inch; “Flange width” is measured in mm"),
        ("M-114", "mm", False, "M-114 says 12.001"),
    ):
        view = measured.show("width")
        for _ in range(3):
            measured.gauge(gauge, "12.001", unit, good)
        measured.says(reason)
        view.again()
    assert measured.recorded(SampleMeasured) == []


def test_a_held_gauge_is_refused_with_why_it_is_held(measured: PlanInspector) -> None:
    measured.services.ledger.commit([GaugeStatusChanged(gauge="M-114", status="held", reason="Dropped")])
    measured.saved()
    measured.scan(UNIT)
    measured.show("width")
    for _ in range(3):
        measured.gauge("M-114", "12.001")
    measured.until(lambda: "M-114 Micrometer 0-25 is held (Dropped)" in measured.banner())
    assert measured.recorded(SampleMeasured) == []


def test_ten_readings_at_once_fill_one_characteristic_and_the_rest_is_said(measured: PlanInspector) -> None:
    measured.scan(UNIT)
    measured.show("width")
    readings = measured.services.gauges
    readings.views["M-114"] = GaugeView("M-114", "mm", PRESSED)
    batch = [
        Reading("M-114", f"12.00{n}", Decimal(f"12.00{n}"), "mm", Quality.GOOD, "Good", "", f"12.00{n}", 0.0)
        for n in range(10)
    ]
    readings.take(batch)
    measured.saved()
    (fact,) = measured.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured) and fact.readings == ("12.000", "12.001", "12.002")
    assert "while the last result was being saved" in measured.banner()


def paste(inspector: PlanInspector, text: str) -> None:
    QApplication.clipboard().setText(text)
    inspector.until(lambda: not inspector.window.scan_filter.is_withholding)
    QTest.keyClick(inspector.keys(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    inspector.until(lambda: not inspector.window.scan_filter.is_withholding)


def test_readings_from_the_clipboard_are_those_of_the_characteristic(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.show("width")
    paste(inspector, "12.001\n12.002\n12.003\n")
    inspector.until(lambda: inspector.recorded(SampleMeasured))
    (fact,) = inspector.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured) and (fact.readings, fact.source) == (
        ("12.001", "12.002", "12.003"),
        "paste",
    )


def test_a_table_from_the_clipboard_is_recorded_when_the_person_says_so(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    paste(inspector, "characteristic\tvalue\nBore depth\t14.01\nShaft Ø\t20.001\nNobody\t3\n")
    inspector.until(lambda: any(d.isVisible() for d in inspector.window.findChildren(ImportSheet)))
    (sheet,) = (d for d in inspector.window.findChildren(ImportSheet) if d.isVisible())
    assert "2 results, all inside the limits" in sheet.table.text() and "Nobody" in sheet.table.text()
    assert sheet.record_button.text() == "Record 2 results"
    QTest.mouseClick(sheet.record_button, Qt.MouseButton.LeftButton)
    inspector.saved()
    facts = [f for f in inspector.recorded(SampleMeasured) if isinstance(f, SampleMeasured)]
    assert [(f.characteristic, f.value_text) for f in facts] == [("bore_depth", "14.01"), ("shaft_diameter", "20.001")]


def test_a_clipboard_that_cannot_be_taken_over_is_refused(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.show("width")
    for text, reason in (
        ("12.001\n12.0x\n12.003", "12.0x"),
        ("12.001\n12.002", "2 readings were pasted"),
        ("characteristic,value\nBore depth,abc", "abc"),
        ("characteristic,value\nNobody,1.0", "Nothing in the table"),
        ("characteristic,value,part\nBore depth,14.0,GX40-000999", "the unit here is GX40-000124"),
    ):
        paste(inspector, text)
        inspector.says(reason)
    assert inspector.recorded(SampleMeasured) == []
