"""Lots at the inspector's page: from the number to the signed decision, left in between and taken up again."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from station_app.domain.inspection.plan import Sampling, SamplingRule
from station_app.domain.records import (
    SampleMeasured,
    Signature,
)
from station_app.ui.page import LOTS
from tests.inspector_bench import JONAS, JONAS_PIN
from tests.quality_bench import LOT_PLAN, SURFACE, WIDTH, publish
from tests.system.plan_inspector import PlanInspector


def test_a_lot_s_half_entered_sample_and_its_gauge_outlive_another_piece(measured: PlanInspector) -> None:
    plan = msgspec.structs.replace(
        LOT_PLAN,
        id="rings",
        product="RING",
        characteristics=(
            msgspec.structs.replace(WIDTH, sampling=Sampling(rule=SamplingRule.FIRST_LAST), chart=None, place=None),
            msgspec.structs.replace(SURFACE, place=None),
        ),
    )
    publish(measured.station, plan)
    measured.window.open_page(LOTS)
    lots = measured.services.quality.inspecting
    lots.start_lot("rings", "L-1", 10)
    measured.saved()
    measured.lots.lots.row_activated.emit(0)
    view = measured.lots.entry_view
    assert view is not None and view.wanted.id == "width"
    assert view.card.note_text() == "Scan the micrometer 0.001 · 3 readings"
    measured.wedge("M-090")
    measured.until(lambda: "its calibration ended on 2020-01-31" in measured.banner())
    measured.wedge("M-114")
    measured.until(lambda: view.card.note_text() == "micrometer 0.001 · M-114 · 3 readings")
    for value in ("12.001", "12.003"):
        measured.type(value)
        measured.key(Qt.Key.Key_Return)
    measured.lots.characteristics.row_activated.emit(1)
    assert measured.lots.entry_view is not view
    measured.lots.characteristics.row_activated.emit(0)
    measured.type("12.002")
    measured.key(Qt.Key.Key_Return)
    measured.saved()
    (fact,) = measured.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured)
    assert (fact.readings, fact.gauge, fact.lot) == (("12.001", "12.003", "12.002"), "M-114", "L-1")


def begin_lot(inspector: PlanInspector, size: str) -> None:
    inspector.window.open_page(LOTS)
    inspector.scan("L-77")
    inspector.lots.form._choose("bolts")
    inspector.lots.form.pieces.setFocus()
    inspector.type(size)
    inspector.until(inspector.lots.big.isEnabled)
    QTest.mouseClick(inspector.lots.big, Qt.MouseButton.LeftButton)
    inspector.until(lambda: inspector.lots.entry_view is not None)


def test_a_lot_goes_from_its_number_to_the_signed_acceptance(inspector: PlanInspector) -> None:
    begin_lot(inspector, "8")
    page = inspector.lots
    assert "L-77 · 8 pieces · piece 1" in page.headline.text()
    assert any("Ac 0, Re 1" in line.text() for line in page.verdicts)
    for _ in range(30):
        view = page.entry_view
        if view is None:
            break
        if view.wanted.id == "length":
            inspector.type("20.01")
        inspector.key(Qt.Key.Key_Return)
        inspector.saved()
    assert page.big.caption() == "Decide and sign"
    inspector.key(Qt.Key.Key_Return)
    inspector.sign(JONAS, JONAS_PIN)
    inspector.until(lambda: "Lot L-77 is accepted" in inspector.banner())
    signatures = [f for f in inspector.recorded(Signature) if isinstance(f, Signature)]
    assert [(f.printed_name, f.meaning) for f in signatures] == [("Jonas Weber", "inspection of lot L-77: accepted")]


def test_a_bad_lot_is_rejected_and_held_and_may_be_left_in_between(inspector: PlanInspector) -> None:
    begin_lot(inspector, "4")
    page = inspector.lots
    inspector.enter("20.31")
    assert page.confirm_button.isVisible() and not page.big.isEnabled()
    QTest.mouseClick(page.leave_button, Qt.MouseButton.LeftButton)
    assert page.lots.view.model().rowCount() == 1
    page.lots.row_activated.emit(0)
    QTest.mouseClick(page.confirm_button, Qt.MouseButton.LeftButton)
    inspector.choose("Out of limits")
    inspector.saved()
    for _ in range(20):
        view = page.entry_view
        if view is None:
            break
        if view.wanted.id == "length":
            inspector.type("20.01")
        inspector.key(Qt.Key.Key_Return)
        inspector.saved()
    QTest.mouseClick(page.big, Qt.MouseButton.LeftButton)
    inspector.sign(JONAS, JONAS_PIN)
    inspector.until(lambda: "Lot L-77 is not accepted" in inspector.banner())
    assert [hold.subject for hold in inspector.services.ledger.fold.holds.values()] == ["L-77"]


def test_a_number_of_pieces_that_cannot_be_begins_no_lot(inspector: PlanInspector) -> None:
    inspector.window.open_page(LOTS)
    inspector.scan("L-77")
    inspector.lots.form.pieces.setFocus()
    for size in ("0", "2.5", "100001"):
        inspector.lots.form.pieces.clear()
        inspector.type(size)
        assert not inspector.lots.form.complete and not inspector.lots.big.isEnabled()
