"""Every kind of check on the work page, as a person does them: keyboard and scanner alone, wrong scans, a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    ChecklistDone,
    ChoiceMade,
    StepSigned,
    TextEntered,
    TighteningResult,
    TimerElapsed,
    ToolUsed,
    WorkTime,
)
from station_app.ui.posting import QtPost
from tests.bench_station import BEARING_LOT
from tests.every_check_bench import (
    DRIVER,
    JONAS,
    JONAS_PIN,
    MARA,
    MARA_PIN,
    OLD_DRIVER,
    UNIT,
    every_check_master,
    every_check_station,
    master,
)
from tests.inspector_bench import Inspector
from tests.operator_bench import Operator
from tests.system.every_check_operator import (
    dialog,
    enter,
    esd_tested,
    facts,
    leave,
    only,
    sat_down,
    signs,
    view_button,
)
from tests.system.operator_steps import WindowsShown, picture_of
from widgets.buttons import BigButton
from widgets.overlay import open_overlays

TOM, TOM_PIN = "DEMO-BADGE-c06d52e8-tom-brandt", "2020"


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    person = sat_down(qtbot, tmp_path / "station", master())
    yield person
    leave(person)


def test_a_unit_with_every_kind_of_check_by_keyboard_and_scanner_alone(operator: Operator) -> None:
    station = operator.station
    windows = WindowsShown()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(windows)
    station.sample("press.position", 20.0)
    operator.scan(UNIT)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.scan(BEARING_LOT)
    operator.scan(DRIVER)
    enter(operator, "0.10")
    station.sample("press.peak_force", 12.4)
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    assert operator.step_title().startswith("6 ") and operator.big.caption() == "Wait to go on"
    station.sample("press.force", 12.0)
    operator.until(lambda: operator.step_title().startswith("7 "))
    station.sample("press.position", 30.0)
    operator.until(lambda: seen_long_enough(operator))
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    for torque, angle in (("8.4", "45"), ("8.5", "50")):
        operator.type(torque)
        operator.key(Qt.Key.Key_Return)
        enter(operator, angle)
    for cycle in range(6):
        station.sample("press.peak_force", 12.0)
        station.sample("press.position", 40.0 + cycle)
        operator.until(lambda: screws_taken(operator) > cycle)  # noqa: B023  (asked at once)
    station.cameras["bench"].jpeg = picture_of(UNIT)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.until(lambda: answers_stand_there(operator))
    operator.key(Qt.Key.Key_Tab)  # from the first answer to "Touched up", which asks why
    operator.key(Qt.Key.Key_Return)
    assert dialog(operator).accessibleName() == "Touched up: why?"
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    assert operator.step_title() == "12  Polish"
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.scan("LB-0042")
    enter(operator, "11.0")
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.until(lambda: operator.big.caption() == "Go on" and operator.keys() is operator.big)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    for _ in range(3):
        operator.key(Qt.Key.Key_Space)
    operator.until(lambda: operator.big.caption() == "Save list" and operator.keys() is operator.big)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.key(Qt.Key.Key_Space)
    operator.until(lambda: operator.window.approving.is_open)
    signs(operator, JONAS, JONAS_PIN)
    operator.until(lambda: operator.page.between.headline() == f"{UNIT} is finished")
    assert operator.services.ledger.fold.counts.good == 1
    (choice,) = facts(operator, ChoiceMade)
    (signature,) = facts(operator, StepSigned)
    assert isinstance(choice, ChoiceMade) and (choice.choice, choice.reason) == ("touched", "Scratch")
    assert isinstance(signature, StepSigned) and signature.method == "badge and PIN"
    application.removeEventFilter(windows)
    assert windows.shown == []


def answers_stand_there(operator: Operator) -> bool:
    """Whether the answers of a choice are on the screen and the first of them has the keys."""
    buttons = [b for b in operator.page.step_view.column.findChildren(BigButton) if b.isVisible()]
    return len(buttons) == 3 and operator.keys() is buttons[0]


def seen_long_enough(operator: Operator) -> bool:
    """Whether the value was watched for more than nine tenths of the step."""
    window = operator.services.execution.window("window")
    return window is not None and window.bad_s < 0.09 * window.total_s


def screws_taken(operator: Operator) -> int:
    """How many the tool has reported of the flange; none while one is being saved."""
    taken = [fact for fact in facts(operator, TighteningResult) if isinstance(fact, TighteningResult)]
    return 0 if operator.services.execution.occupied else sum(fact.characteristic == "flange" for fact in taken)


def test_wrong_scans_are_refused_where_they_come_and_change_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("tool", "text", "signature"))
    operator.scan(UNIT)
    operator.scan(BEARING_LOT)
    assert "needs no component" in operator.banner() and not facts(operator, ToolUsed)
    operator.scan(OLD_DRIVER)
    card = operator.page.step_view.column.views[0].card
    assert "its calibration ended on 2023-11-13" in card.message.text() and operator.step_title().startswith("1 ")
    operator.scan(DRIVER)
    operator.scan("GG-0042")
    assert "does not look like" in operator.banner() and not facts(operator, TextEntered)
    operator.scan("LB-0042")
    operator.press("Sign")
    panel = operator.window.approving.panel
    operator.wedge(BEARING_LOT)
    operator.until(lambda: "This is not a badge." in panel.message.text())
    signs(operator, MARA, MARA_PIN)
    operator.until(lambda: "cannot sign as inspector" in panel.message.text())
    assert operator.window.approving.is_open and not facts(operator, StepSigned)
    signs(operator, JONAS, "9999")
    operator.until(lambda: "PIN is wrong" in panel.message.text())
    signs(operator, JONAS, JONAS_PIN)
    operator.until(lambda: len(facts(operator, StepSigned)) == 1)
    leave(operator)


def test_a_timer_goes_on_through_a_restart_and_ending_it_early_fails(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    whole = master(timer_s=600.0)
    work_master = msgspec.structs.replace(whole, steps=tuple(step for step in whole.steps if step.id == "timer"))
    operator = sat_down(qtbot, folder, work_master)
    operator.scan(UNIT)
    operator.press("Start timer")
    assert operator.big.caption() == "Wait to go on" and not operator.big.isEnabled()
    began_ns = operator.services.execution.now().mono_ns
    leave(operator)
    again = Operator(qtbot, every_check_station(folder, QtPost(), again=True))
    view = again.page.step_view.column.views[0]
    minutes, seconds = view.card.accessibleDescription().split(":")
    left_s = 60 * int(minutes) + int(seconds)
    passed_s = (again.services.execution.now().mono_ns - began_ns) / 1e9
    assert left_s == pytest.approx(600 - passed_s, abs=2.0)
    again.sign_in()
    assert again.big.caption() == "Wait to go on"
    early = view_button(again, "End before it is over")
    QTest.mouseClick(early, Qt.MouseButton.LeftButton)
    dialog(again).button("End now, recorded as failed").click()
    again.settled()
    (elapsed,) = facts(again, TimerElapsed)
    assert isinstance(elapsed, TimerElapsed) and elapsed.outcome is Outcome.FAIL
    assert again.big.caption() == "Start again"
    leave(again)


def test_reading_a_dialog_is_no_work_time(qtbot: QtBot, tmp_path: Path) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("confirm"))
    operator.scan(UNIT)
    execution = operator.services.execution
    operator.page.buttons.more_button.click()
    opened = dialog(operator)
    before_s = execution.step_times().attended_s
    operator.qtbot.wait(300)
    assert execution.step_times().attended_s == pytest.approx(before_s, abs=0.02)
    opened.dismiss()
    operator.until(lambda: execution.step_times().attended_s > before_s + 0.05)
    operator.press("Confirm")
    (times,) = facts(operator, WorkTime)
    assert isinstance(times, WorkTime) and times.wall_s - times.attended_s >= 0.28
    leave(operator)


def test_whoever_signs_in_gets_the_instruction_in_their_language_and_may_change_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("checklist", "confirm", "choice"))
    operator.scan(UNIT)
    operator.press("Confirm")
    assert operator.step_title() == "2  Judge the surface"
    operator.services.people.sign_out()
    operator.sign_in(TOM, TOM_PIN)
    operator.until(lambda: operator.step_title() == "2  Oberfläche beurteilen")
    buttons = [b.caption() for b in operator.page.step_view.column.findChildren(BigButton)]
    assert buttons == ["Ohne Fehler", "Nachgearbeitet", "Zerkratzt"]
    esd_tested(operator)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.key(Qt.Key.Key_Space)  # one line of the list is answered
    operator.window.open_sheet()
    operator.window._tile_chosen("language:en")
    open_overlays(operator.window)[-1].dismiss()
    assert operator.step_title() == "3  Look over the bench"
    operator.key(Qt.Key.Key_Space)
    operator.key(Qt.Key.Key_Space)
    operator.press("Save list")
    (done,) = facts(operator, ChecklistDone)
    assert isinstance(done, ChecklistDone) and done.in_order == ("tools", "plugs", "oil")
    leave(operator)


def test_the_inspection_page_has_a_card_for_every_kind_too(qtbot: QtBot, tmp_path: Path) -> None:
    work_master = only("tool", "typed", "choice", "text", "number", "timer", "checklist", "signature")
    station = every_check_station(tmp_path / "s", QtPost(), every_check_master(work_master), kind="inspection")
    inspector = Inspector(qtbot, station)
    inspector.sign_in()
    inspector.scan(UNIT)
    inspector.scan(DRIVER)
    for torque, angle in (("8.4", "45"), ("8.5", "50")):
        inspector.type(torque)
        inspector.key(Qt.Key.Key_Return)
        enter(inspector, angle)
    inspector.key(Qt.Key.Key_Space)
    inspector.settled()
    inspector.scan("LB-0042")
    enter(inspector, "11.0")
    inspector.press("Start timer")
    inspector.press("Go on")
    for _ in range(3):
        inspector.key(Qt.Key.Key_Space)
    inspector.press("Save list")
    inspector.press("Sign")
    signs(inspector, JONAS, JONAS_PIN)
    inspector.until(lambda: inspector.services.ledger.fold.counts.good == 1)
    inspector.window.close()
    station.close()
