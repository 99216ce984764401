"""A person at the work page of an instruction with every kind of check: what such a person does."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    Fact,
)
from station_app.domain.work_master import WorkMaster
from station_app.services.recording import read_rows
from station_app.ui.posting import QtPost
from tests.every_check_bench import (
    every_check_master,
    every_check_station,
    master,
)
from tests.operator_bench import Operator
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog


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
    """The person at the station passes the ESD test."""
    operator.settled()
    operator.page.buttons.more_button.click()
    dialog(operator).button("esd passed").click()
    person = operator.services.people.person
    assert person is not None
    tested = operator.services.ledger.fold.esd
    operator.until(lambda: person.id in tested and tested[person.id].outcome is Outcome.PASS)


def leave(operator: Operator) -> None:
    """The window closes, and the station stops."""
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
    """All records of a kind."""
    rows = read_rows(operator.station.journal.all_rows(REC))
    return [row.fact for row in rows if isinstance(row.fact, kind)]


def enter(operator: Operator, text: str) -> None:
    """Type a value, Enter, until it is on disk."""
    operator.type(text)
    operator.key(Qt.Key.Key_Return)
    operator.settled()


def more(operator: Operator, act: str) -> None:
    """An entry of "More"."""
    operator.settled()
    operator.page.buttons.more_button.click()
    dialog(operator).button(act).click()


def give_reason(operator: Operator, reason: str) -> None:
    """Choose a reason in the dialog that is open."""
    asked = dialog(operator)
    asked.button(reason).click()
    asked.confirm_button.click()


def signs(operator: Operator, badge: str, pin: str) -> None:
    """Somebody signs in the open panel, by badge and PIN."""
    operator.wedge(badge)
    operator.type(pin)
    operator.key(Qt.Key.Key_Return)


def view_button(operator: Operator, text: str) -> BigButton:
    """The button of the shown step with this text."""
    return next(b for b in operator.page.step_view.findChildren(BigButton) if b.caption() == text)
