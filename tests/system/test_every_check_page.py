"""Every kind of check on the work page, as a person does them: keyboard and scanner alone, wrong scans, a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.chain import REC
from station_app.domain.checks import SignatureCheck
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    ChangeSuggested,
    ChecklistDone,
    CheckOverridden,
    ChoiceMade,
    Fact,
    JobState,
    ReworkStarted,
    StepReopened,
    StepSigned,
    StepSkipped,
    TextEntered,
    TighteningResult,
    TimerElapsed,
    ToolUsed,
    WorkTime,
)
from station_app.domain.work_master import WorkMaster
from station_app.services.recording import read_rows
from station_app.ui.posting import QtPost
from tests.bench_station import ANNA, ANNA_PIN, BEARING_LOT
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
from tests.system.operator_steps import WindowsShown, picture_of
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog
from widgets.overlay import open_overlays
from widgets.suggestion_panel import SuggestionPanel

TOM, TOM_PIN = "DEMO-BADGE-c06d52e8-tom-brandt", "2020"


def sat_down(qtbot: QtBot, folder: Path, work_master: WorkMaster) -> Operator:
    """Anna before the window, her ESD test done."""
    operator = Operator(qtbot, every_check_station(folder, QtPost(), every_check_master(work_master)))
    # as the field loop does, 20 times a second
    tick = QTimer(operator.window)
    tick.timeout.connect(lambda: operator.services.execution.follow([]))
    tick.start(50)
    operator.sign_in()
    esd_tested(operator)
    return operator


def esd_tested(operator: Operator) -> None:
    operator.settled()
    operator.page.buttons.more_button.click()
    dialog(operator).button("esd passed").click()
    person = operator.services.people.person
    assert person is not None
    tested = operator.services.ledger.fold.esd
    operator.until(lambda: person.id in tested and tested[person.id].outcome is Outcome.PASS)


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    person = sat_down(qtbot, tmp_path / "station", master())
    yield person
    leave(person)


def leave(operator: Operator) -> None:
    operator.window.close()
    operator.station.close()


def only(*ids: str) -> WorkMaster:
    """The instruction with a few of its steps."""
    whole = master()
    return msgspec.structs.replace(whole, steps=tuple(step for step in whole.steps if step.id in ids))


def dialog(operator: Operator) -> ChoiceDialog:
    """The dialog that is open."""
    operator.until(lambda: [o for o in operator.window.findChildren(ChoiceDialog) if o.isVisible()])
    return next(o for o in operator.window.findChildren(ChoiceDialog) if o.isVisible())


def facts(operator: Operator, kind: type[Fact]) -> list[Fact]:
    rows = read_rows(operator.station.journal.all_rows(REC))
    return [row.fact for row in rows if isinstance(row.fact, kind)]


def enter(operator: Operator, text: str) -> None:
    operator.type(text)
    operator.key(Qt.Key.Key_Return)
    operator.settled()


def more(operator: Operator, act: str) -> None:
    """An entry of "More"."""
    operator.settled()
    operator.page.buttons.more_button.click()
    dialog(operator).button(act).click()


def give_reason(operator: Operator, reason: str) -> None:
    asked = dialog(operator)
    asked.button(reason).click()
    asked.confirm_button.click()


def signs(operator: Operator, badge: str, pin: str) -> None:
    """Somebody signs in the open panel, by badge and PIN."""
    operator.wedge(badge)
    operator.type(pin)
    operator.key(Qt.Key.Key_Return)


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


def view_button(operator: Operator, text: str) -> BigButton:
    return next(b for b in operator.page.step_view.findChildren(BigButton) if b.caption() == text)


def test_what_is_skipped_or_set_aside_needs_a_reason_and_another_persons_signature(
    qtbot: QtBot, tmp_path: Path
) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("confirm", "measure", "optional", "signature"))
    operator.scan(UNIT)
    more(operator, "skip")
    give_reason(operator, "Equipment is down")
    operator.until(lambda: operator.window.approving.is_open)
    signs(operator, JONAS, JONAS_PIN)
    operator.until(lambda: "may not leave out" in operator.window.approving.panel.message.text())
    signs(operator, MARA, MARA_PIN)
    operator.until(lambda: operator.step_title().startswith("2 "))
    enter(operator, "0.50")
    more(operator, "set aside")
    give_reason(operator, "Checked in another way")
    operator.until(lambda: operator.window.approving.is_open)
    signs(operator, MARA, MARA_PIN)
    operator.until(lambda: operator.step_title().startswith("3 "))
    operator.page.look_at(2)
    card = operator.page.step_view.column.views[0].card
    assert card.note_text() == "set aside" and card.message.text() == "Checked in another way (Mara Lindt)"
    operator.page.look_at(0)
    more(operator, "skip")  # optional: at once
    operator.settled()
    (skipped, optional) = facts(operator, StepSkipped)
    assert isinstance(skipped, StepSkipped) and (skipped.cause, skipped.printed_name) == ("override", "Mara Lindt")
    assert isinstance(optional, StepSkipped) and optional.cause == "optional"
    assert len(facts(operator, CheckOverridden)) == 1
    rows = operator.page.step_view.steps.rows()
    assert [row.time_text.split(" ")[0] for row in rows] == ["skipped", rows[1].time_text, "skipped", ""]
    leave(operator)


def test_an_earlier_step_is_done_again_from_looking_back_and_a_failure_goes_to_rework(
    qtbot: QtBot, tmp_path: Path
) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("text", "number", "checklist"))
    operator.scan(UNIT)
    operator.scan("LB-0042")
    enter(operator, "15")
    more(operator, "rework")
    give_reason(operator, "Out of limits")
    operator.settled()
    assert operator.step_title().startswith("1 ") and len(facts(operator, ReworkStarted)) == 1
    assert operator.page.step_view.instruction.signs.texts() == ["Attempt 2"]
    operator.scan("LB-0043")
    enter(operator, "11")
    operator.page.look_at(1)
    more(operator, "again")
    give_reason(operator, "Not done right")
    operator.settled()
    assert operator.step_title().startswith("1 ") and operator.big.caption() == "Type or scan to go on"
    reopened = facts(operator, StepReopened)
    assert [fact.step_id for fact in reopened if isinstance(fact, StepReopened)] == ["text", "text"]
    more(operator, "abort")
    give_reason(operator, "Unit is damaged")
    operator.settled()
    states = [fact.state for fact in facts(operator, JobState) if isinstance(fact, JobState)]
    assert states[-1] == "Aborted"
    leave(operator)


def test_without_an_esd_test_nobody_starts_and_is_told_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    operator = Operator(qtbot, every_check_station(tmp_path / "station", QtPost(), every_check_master(master())))
    operator.sign_in()
    operator.scan(UNIT)
    assert "needs ESD protection" in operator.banner() and operator.services.execution.job is None
    more(operator, "esd failed")
    operator.until(lambda: "recorded as failed" in operator.banner())
    operator.scan(UNIT)
    assert "Ask Mara Lindt" in operator.banner()
    esd_tested(operator)
    operator.scan(UNIT)
    assert operator.step_title() == "1  Clean the seat"
    assert operator.page.step_view.instruction.signs.texts() == ["Gloves", "Safety glasses", "ESD protection"]
    leave(operator)


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


def test_a_change_is_suggested_with_a_spot_and_a_photo_from_the_step_that_is_shown(
    qtbot: QtBot, tmp_path: Path
) -> None:
    operator = sat_down(qtbot, tmp_path / "station", only("confirm"))
    operator.station.cameras["bench"].jpeg = picture_of(UNIT)
    operator.scan(UNIT)
    picture = operator.page.step_view.instruction.picture
    operator.until(lambda: picture.has_picture)
    more(operator, "suggest")
    operator.until(lambda: operator.window.findChildren(SuggestionPanel))
    (panel,) = operator.window.findChildren(SuggestionPanel)
    assert not panel.send_button.isEnabled(), "without a sentence there is nothing to send"
    middle = panel.picture.picture_rect().center().toPoint()
    QTest.mouseClick(panel.picture, Qt.MouseButton.LeftButton, pos=middle)
    panel.photo_button.click()
    panel.sentence.setFocus()
    operator.type("Show the seat from the side")
    operator.key(Qt.Key.Key_Return)
    operator.until(lambda: facts(operator, ChangeSuggested))
    (fact,) = facts(operator, ChangeSuggested)
    assert isinstance(fact, ChangeSuggested)
    assert (fact.step_id, fact.text, fact.media_file) == ("confirm", "Show the seat from the side", "drawing.svg")
    assert fact.x == pytest.approx(0.5, abs=0.01) and fact.y == pytest.approx(0.5, abs=0.01)
    assert fact.evidence_sha256 and operator.station.evidence.has(fact.evidence_sha256)
    operator.until(lambda: "Thank you" in operator.banner())
    leave(operator)


def test_later_signatures_of_a_session_need_the_pin_alone(qtbot: QtBot, tmp_path: Path) -> None:
    whole = master()
    checks = [
        SignatureCheck(id=f"sign{n}", title=f"Signature {n}", role="operator", meaning="done", other_person=False)
        for n in (1, 2)
    ]
    first = msgspec.structs.replace(whole.steps[-1], checks=tuple(checks))
    operator = sat_down(qtbot, tmp_path / "station", msgspec.structs.replace(whole, steps=(first,)))
    operator.scan(UNIT)
    operator.press("Sign")
    signs(operator, ANNA, ANNA_PIN)
    operator.until(lambda: len(facts(operator, StepSigned)) == 1)
    operator.settled()
    operator.press("Sign")
    operator.type("9999")
    operator.key(Qt.Key.Key_Return)
    operator.until(lambda: "PIN is wrong" in operator.window.approving.panel.message.text())
    operator.type(ANNA_PIN)
    operator.key(Qt.Key.Key_Return)
    operator.until(lambda: operator.services.ledger.fold.counts.good == 1)
    methods = [fact.method for fact in facts(operator, StepSigned) if isinstance(fact, StepSigned)]
    assert methods == ["badge and PIN", "PIN"]
    leave(operator)
