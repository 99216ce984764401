"""Inspecting by a plan at the window: every kind of characteristic, gauges, the clipboard, lots, the signed result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.demo.walks import GAUGES
from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.quality.rounding import Rounding
from station_app.domain.records import (
    AttributeInspected,
    InspectionDecided,
    JobState,
    Nonconformance,
    ResultConfirmed,
    SampleMeasured,
    ToolUsed,
)
from station_app.resources import shipped
from station_app.services.lookups import UnitKnowledge
from station_app.services.ports import UnitStatus
from station_app.services.recording import read_rows
from station_app.storage.master_files import read_master_path
from station_app.ui.posting import QtPost
from tests.bench_station import ASM_20, INS_30, UNIT, BenchStation
from tests.inspector_bench import GOOD_VALUES, JONAS, JONAS_PIN
from tests.operator_bench import BEHIND_SCAN_MS
from tests.quality_bench import publish
from tests.spc_bench import PAUL, PAUL_PASSWORD
from tests.system.plan_inspector import PAUL_BADGE, PAUL_PIN, PlanInspector, seated
from tests.touch import Finger
from widgets.answer_cards import ChecklistLine
from widgets.buttons import BigButton
from widgets.card import CardState
from widgets.choice_dialog import ChoiceDialog

LENA_BADGE, LENA_PIN = "DEMO-BADGE-d3709be6-lena-vogt", "6060"


def test_from_scan_to_signed_result_by_the_keyboard_alone(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    for value in GOOD_VALUES:
        inspector.enter(value)
    for _ in range(2):
        inspector.until(lambda: inspector.big.caption() == "Take photo" and inspector.big.isEnabled())
        inspector.key(Qt.Key.Key_Space)
        inspector.settled()
    inspector.until(lambda: inspector.inspect.step_view.loose is not None)
    for reading in ("12.001", "11.999", "12.003"):
        assert inspector.loose().wanted.id == "width"
        inspector.enter(reading)
    assert inspector.loose().wanted.id == "surface" and inspector.big.caption() == "In order"
    inspector.key(Qt.Key.Key_Return)
    inspector.saved()
    inspector.enter("0")
    inspector.until(lambda: inspector.inspect.step_view.loose is None and inspector.big.caption() == "Sign")
    inspector.key(Qt.Key.Key_Space)
    inspector.sign(JONAS, JONAS_PIN)
    inspector.until(inspector.inspect.between.isVisible)
    (width,) = [
        f for f in inspector.recorded(SampleMeasured) if isinstance(f, SampleMeasured) and f.characteristic == "width"
    ]
    assert (width.readings, width.value_text, width.range_text) == (("12.001", "11.999", "12.003"), "12.0010", "0.004")
    attributes = [f for f in inspector.recorded(AttributeInspected) if isinstance(f, AttributeInspected)]
    assert [(f.characteristic, f.outcome) for f in attributes] == [
        ("surface", Outcome.PASS),
        ("scratches", Outcome.PASS),
    ]
    ended = inspector.recorded(JobState)[-1]
    assert isinstance(ended, JobState) and ended.outcome is Outcome.PASS
    (decided,) = inspector.recorded(InspectionDecided)
    assert isinstance(decided, InspectionDecided) and decided.outcome is Outcome.PASS


@pytest.fixture
def demo(qtbot: QtBot, tmp_path: Path) -> Iterator[PlanInspector]:
    """INS-30 with everything that is shipped for the demo."""
    post = QtPost()
    station = BenchStation(tmp_path / "s", post, INS_30, "inspection")
    files = read_master_path(shipped("instructions"), str)
    # the same people are there already; to hash their secrets once more takes its time
    work = tuple(item for item in files.publications if item.kind != "person")
    station.publish(replace(files, publications=work))
    station.services.library.reload()
    passed = UnitStatus("", "4711-03", "test_run", ASM_20, "j", "Ended", "PASS", 0)
    station.lookup.knowledge = UnitKnowledge(True, (passed,))
    person = seated(qtbot, station)
    yield person
    person.window.close()
    station.close()
    post.close()


def test_the_demo_goes_from_scan_to_signed_result_by_the_keyboard_alone(demo: PlanInspector) -> None:
    demo.scan(UNIT)
    for gauge, value in zip(GAUGES.values(), GOOD_VALUES, strict=True):
        demo.scan(gauge)
        demo.enter(value)
    answers = {"weigh": "12.0", "remark": "fine"}
    typed: set[str] = set()
    for _ in range(30):
        job = demo.services.execution.job
        assert job is not None
        if job.current is None or demo.big.caption() == "Sign":
            break
        step = job.current.step.id
        if step in answers and step not in typed:
            typed.add(step)
            demo.type(answers[step])
        demo.key(Qt.Key.Key_Space if demo.big.caption() == "Take photo" else Qt.Key.Key_Return)
        demo.settled()
        demo.qtbot.wait(BEHIND_SCAN_MS)
    demo.until(lambda: demo.big.caption() == "Sign" and demo.big.isEnabled())
    demo.key(Qt.Key.Key_Space)
    panel = demo.window.approving.panel
    demo.until(lambda: demo.window.approving.is_open)
    panel.switch_button.setFocus()
    demo.key(Qt.Key.Key_Return)
    for text in (PAUL, PAUL_PASSWORD):
        demo.type(text)
        demo.key(Qt.Key.Key_Return)
    demo.until(demo.inspect.between.isVisible)
    ended = demo.recorded(JobState)[-1]
    assert isinstance(ended, JobState) and ended.outcome is Outcome.PASS
    (decided,) = demo.recorded(InspectionDecided)
    assert isinstance(decided, InspectionDecided) and decided.outcome is Outcome.PASS


def test_a_reading_waits_for_its_gauge_and_an_expired_one_is_refused(demo: PlanInspector) -> None:
    demo.scan(UNIT)
    for title, value in zip(list(GAUGES)[:2], GOOD_VALUES, strict=False):
        demo.scan(GAUGES[title])
        demo.enter(value)
    assert demo.entry.card.note_text() == "Scan the micrometer 0.001"
    demo.enter("20.004")
    demo.until(lambda: "Scan the gauge first: “Shaft Ø” needs a micrometer 0.001" in demo.banner())
    demo.scan("MC-0308")
    demo.until(lambda: "its calibration ended on 2025-06-30" in demo.banner())
    assert demo.entry.card.note_text() == "Scan the micrometer 0.001" and demo.entry.typed() == "20.004"
    demo.scan("DG-0304")
    demo.until(lambda: "this characteristic needs a micrometer 0.001" in demo.banner())
    demo.scan("MC-0303")
    assert demo.entry.card.note_text() == "micrometer 0.001 · MC-0303" and demo.banner() == ""
    demo.key(Qt.Key.Key_Return)
    demo.until(lambda: len(demo.recorded(SampleMeasured)) == 3)
    fact = demo.recorded(SampleMeasured)[-1]
    assert isinstance(fact, SampleMeasured) and (fact.value_text, fact.gauge) == ("20.004", "MC-0303")
    refused = [f for f in demo.recorded(ToolUsed) if isinstance(f, ToolUsed) and f.outcome is Outcome.FAIL]
    assert [f.tool for f in refused] == ["MC-0308", "DG-0304"]


def ticks(demo: PlanInspector) -> list[BigButton]:
    """The buttons that answer the lines of a checklist: in order."""
    lines = demo.inspect.step_view.column.findChildren(ChecklistLine)
    return [line.yes for line in lines if line.isVisible()]


def test_the_demo_goes_from_scan_to_signed_result_by_touch_alone(demo: PlanInspector) -> None:
    """No key is pressed but the scanner's: unit, gauges, badge."""
    finger = Finger(demo.window, demo.window.look, demo.settled)
    view = demo.inspect.step_view
    demo.scan(UNIT)
    demo.scan(GAUGES["Bore Ø"])
    finger.key_in(view.keypad, "20.5")
    finger.touch(view.keypad.button("backspace"))
    finger.key_in(view.keypad, "1")
    finger.touch(demo.big)
    demo.until(lambda: demo.entry.card.state is CardState.FAILED)
    finger.press("Measure again")
    for gauge, value in zip(GAUGES.values(), GOOD_VALUES, strict=True):
        demo.scan(gauge)
        finger.key_in(view.keypad, value)
        demo.until(lambda: demo.big.caption() == "Enter" and demo.big.isEnabled())
        finger.touch(demo.big)
    for _ in range(2):
        demo.until(lambda: demo.big.caption() == "Take photo" and demo.big.isEnabled())
        finger.touch(demo.big)
        demo.qtbot.wait(BEHIND_SCAN_MS)
    finger.press("Good")
    demo.until(lambda: demo.services.execution.job.current.step.id == "weigh")  # type: ignore[union-attr]  # a job
    finger.key_in(view.keypad, "12.0")
    finger.touch(demo.big)
    demo.until(lambda: len(ticks(demo)) == 3)
    for tick in ticks(demo):
        finger.touch(tick)
    demo.until(demo.big.isEnabled)
    finger.touch(demo.big)
    demo.until(lambda: demo.services.execution.job.current.step.id == "remark")  # type: ignore[union-attr]  # a job
    finger.press("More")
    demo.until(lambda: [d for d in demo.window.findChildren(ChoiceDialog) if d.isVisible()])
    dialog = next(d for d in demo.window.findChildren(ChoiceDialog) if d.isVisible())
    finger.touch(dialog.button("skip"))
    demo.until(lambda: demo.big.caption() == "Sign" and demo.big.isEnabled())
    finger.touch(demo.big)
    demo.until(lambda: demo.window.approving.is_open)
    demo.wedge(PAUL_BADGE)
    panel = demo.window.approving.panel
    demo.until(lambda: panel.keypad.isVisible() and panel.sign_in_button.isVisible())
    finger.key_in(panel.keypad, PAUL_PIN)
    finger.touch(panel.sign_in_button)
    demo.until(demo.inspect.between.isVisible)
    ended = demo.recorded(JobState)[-1]
    assert isinstance(ended, JobState) and ended.outcome is Outcome.PASS
    assert finger.too_small == []


def test_a_bad_unit_is_held_and_cannot_complete(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.show("surface")
    QTest.mouseClick(inspector.loose().bad, Qt.MouseButton.LeftButton)
    inspector.choose("Scratch or burr")
    inspector.saved()
    assert inspector.big.caption() == "Next is blocked" and not inspector.big.isEnabled()
    report = inspector.inspect.buttons.nonconformance_button
    assert report.isVisible()
    QTest.mouseClick(report, Qt.MouseButton.LeftButton)
    inspector.choose("Scratch or burr")
    inspector.until(lambda: inspector.services.ledger.fold.held(UNIT) is not None)
    assert len(inspector.recorded(ResultConfirmed)) == 1 and len(inspector.recorded(Nonconformance)) == 1
    ended = inspector.recorded(JobState)[-1]
    assert isinstance(ended, JobState) and ended.outcome is not Outcome.PASS
    inspector.scan(UNIT)
    inspector.until(inspector.banner)
    job = inspector.services.execution.job
    assert job is None or not job.running


def test_what_is_said_while_typing_is_what_is_judged_by_the_plan_s_rounding(inspector: PlanInspector) -> None:
    plan = inspector.services.library.book.plans["gx40-inspection"]
    bore, *others = plan.characteristics
    rounded = msgspec.structs.replace(
        bore, lower=Decimal("20.00"), upper=Decimal("20.01"), rounding=Rounding.ROUNDING, chart=None
    )
    publish(inspector.station, msgspec.structs.replace(plan, version="R", characteristics=(rounded, *others)))
    inspector.scan(UNIT)
    inspector.type("20.0144")
    message = inspector.entry.card.message
    inspector.until(lambda: "Counts as 20.01 mm by the plan's rounding." in message.text())
    assert "above" not in message.text()
    for _ in range(3):
        inspector.key(Qt.Key.Key_Backspace)
    inspector.type("160")
    inspector.until(lambda: "0.006 mm above the limit" in message.text())
    for _ in range(3):
        inspector.key(Qt.Key.Key_Backspace)
    inspector.enter("144")
    (fact,) = inspector.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured) and (fact.value_text, fact.outcome) == ("20.0144", Outcome.PASS)


def test_a_result_is_measured_again_as_often_as_the_plan_allows(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.show("scratches")
    inspector.enter("3")
    for left in ("5", "4"):
        QTest.mouseClick(inspector.inspect.buttons.repeat_button, Qt.MouseButton.LeftButton)
        inspector.enter(left)
    assert "may not be measured again" in inspector.loose().card.message.text()
    QTest.mouseClick(inspector.inspect.buttons.repeat_button, Qt.MouseButton.LeftButton)
    inspector.enter("0")
    assert "the plan allows 2" in inspector.banner()
    assert len(inspector.recorded(AttributeInspected)) == 3


def half_entered(inspector: PlanInspector) -> None:
    """Two of three readings, and half of the third."""
    inspector.show("width")
    for value in ("12.001", "12.003"):
        inspector.type(value)
        inspector.key(Qt.Key.Key_Return)
    inspector.type("12.0")


def still_there(inspector: PlanInspector) -> bool:
    """What was half entered."""
    view = inspector.inspect.step_view.loose
    return view is not None and view.typed() == "12.0" and view.deed().text == "Enter 3 of 3"  # type: ignore[union-attr]  # a deed


@pytest.mark.parametrize("between", ["another characteristic", "another language", "another person", "a break"])
def test_what_is_half_entered_is_there_again(inspector: PlanInspector, between: str) -> None:
    inspector.scan(UNIT)
    half_entered(inspector)
    page = inspector.inspect
    if between == "another characteristic":
        inspector.show("surface")
        inspector.show("scratches")
        inspector.show("width")
    elif between == "another language":
        page.speak("de")
    elif between == "another person":
        inspector.services.people.sign_out()
        inspector.saved()
        inspector.sign_in(LENA_BADGE, LENA_PIN)
        inspector.show("width")
    else:
        inspector.services.execution.interrupt("Break")
        inspector.saved()
        page.refresh()
        inspector.scan(UNIT)
        inspector.show("width")
    assert still_there(inspector)
    inspector.type("02")
    inspector.key(Qt.Key.Key_Return)
    inspector.saved()
    (fact,) = inspector.recorded(SampleMeasured)
    assert isinstance(fact, SampleMeasured) and fact.readings == ("12.001", "12.003", "12.002")


def test_a_half_typed_reading_of_a_step_outlives_a_look_back(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.enter(GOOD_VALUES[0])
    inspector.type("14")
    inspector.press_back()
    assert inspector.entry.typed() == ""
    inspector.key(Qt.Key.Key_Escape)
    assert inspector.entry.typed() == "14"
    inspector.type(".01")
    inspector.key(Qt.Key.Key_Return)
    inspector.until(lambda: inspector.services.execution.job.current.no == 3)  # type: ignore[union-attr]  # a job


def test_a_balloon_of_the_drawing_leads_to_its_field(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    drawing = inspector.inspect.step_view.drawing
    at = drawing.place("width").toPoint()
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=at)
    assert inspector.loose().wanted.id == "width" and inspector.keys() is inspector.loose().focus()
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=drawing.place("bore_diameter").toPoint())
    assert inspector.inspect.step_view.loose is None
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=drawing.place("runout").toPoint())
    assert "comes later" in inspector.banner()


def test_what_is_no_result_is_refused_with_its_reason(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    for characteristic, text, reason in (
        ("width", "12,001", "has a comma"),
        ("width", "1.2.3", "is not a number"),
        ("width", "12.000001", "decimals; the gauge shows 3"),
        ("scratches", "1.5", "is not a number of defects"),
    ):
        inspector.show(characteristic)
        inspector.type(text)
        inspector.key(Qt.Key.Key_Return)
        inspector.says(reason)
        assert inspector.loose().typed() == text
        inspector.loose().again()
    assert inspector.recorded(SampleMeasured) == [] and inspector.recorded(AttributeInspected) == []


def test_an_inspection_is_left_and_another_inspector_goes_on(inspector: PlanInspector) -> None:
    inspector.scan(UNIT)
    inspector.enter(GOOD_VALUES[0])
    inspector.show("surface")
    inspector.key(Qt.Key.Key_Return)
    inspector.saved()
    inspector.services.people.sign_out()
    inspector.sign_in("DEMO-BADGE-7f3a91c2-anna-keller", "1414")
    inspector.until(lambda: inspector.services.people.person is not None)
    inspector.saved()
    inspector.enter(GOOD_VALUES[1])
    rows = read_rows(inspector.station.journal.all_rows(REC))
    actors = {row.row.actor for row in rows if isinstance(row.fact, SampleMeasured)}
    assert actors == {"jonas.weber", "anna.keller"}
    assert any("Surface" in text and "done" in text for text in inspector.row_texts())
