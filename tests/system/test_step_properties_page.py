"""What a step demands beside its checks, at the work page: reasons, other people's signatures, rework, ESD, and suggestions."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.domain.checks import SignatureCheck
from station_app.domain.records import (
    ChangeSuggested,
    CheckOverridden,
    JobState,
    ReworkStarted,
    StepReopened,
    StepSigned,
    StepSkipped,
)
from station_app.ui.posting import QtPost
from tests.bench_station import ANNA, ANNA_PIN
from tests.every_check_bench import (
    JONAS,
    JONAS_PIN,
    MARA,
    MARA_PIN,
    UNIT,
    every_check_master,
    every_check_station,
    master,
)
from tests.operator_bench import Operator
from tests.system.every_check_operator import (
    enter,
    esd_tested,
    facts,
    give_reason,
    leave,
    more,
    only,
    sat_down,
    signs,
)
from tests.system.operator_steps import picture_of
from widgets.suggestion_panel import SuggestionPanel


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
