"""Calling for help, and answering: the dialogs of the Problem and Andon buttons."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.chain import Row
from station_app.domain.rules import Refusal
from station_app.domain.station_fold import Call
from station_app.services.calls import ANDON, PROBLEM
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight, saying_of
from station_app.ui.wording import duration_text
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.shapes import Shape

ANSWERED = "answered"
ANOTHER = "another"
_Verb = Callable[[], Future[list[Row]]]
_Done = Callable[[list[Row]], None]


class CallDialogs(QObject):
    """Opens the dialog that fits: choose a reason, or answer the call that is open. ``says`` tells what came of it."""

    says = Signal(object)
    closed = Signal()

    def __init__(self, services: StationServices, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._look = look
        self._window = window
        self.dialog: ChoiceDialog | None = None

    def open(self, call: str) -> None:
        """The Problem or Andon button was pressed, or its code scanned."""
        waiting = [c for c in self._services.calls.open if c.fact.call == call]
        if waiting:
            self._open_answer(waiting[0])
        else:
            self._open_reasons(call)

    def _open_reasons(self, call: str) -> None:
        default = (self.tr("Something is wrong"),) if call == PROBLEM else (self.tr("Help needed"),)
        reasons = self._services.library.book.reasons.get(call) or default
        dialog = ChoiceDialog(
            self._look,
            self.tr("Problem: what is wrong?") if call == PROBLEM else self.tr("Andon: who or what is needed?"),
            [Choice(reason, reason) for reason in reasons],
            self.tr("Call"),
            self.tr("Cancel"),
            self.tr("The call is shown on the line until somebody answers it. Work may go on."),
            self.tr("A few words, if they help"),
        )
        dialog.chosen.connect(lambda reason, text: self._raise(call, reason, text))
        self._show(dialog)

    def _open_answer(self, call: Call) -> None:
        age = duration_text((self._services.ledger.clock.wall_us() - call.since_us) / 1e6)
        name = self.tr("Problem") if call.fact.call == PROBLEM else self.tr("Andon")
        what = ": ".join(part for part in (call.fact.reason, call.fact.text) if part)
        dialog = ChoiceDialog(
            self._look,
            self.tr("{call}, called {age} ago").format(call=name, age=age),
            [
                Choice(ANSWERED, self.tr("Answered"), Shape.CHECK),
                Choice(ANOTHER, self.tr("Call again"), Shape.DIAMOND if call.fact.call == PROBLEM else Shape.TRIANGLE),
            ],
            self.tr("Answered"),
            self.tr("Back"),
            what,
        )
        dialog.chosen.connect(lambda choice, _text: self._answer(call, choice))
        self._show(dialog)

    def _show(self, dialog: ChoiceDialog) -> None:
        if self.dialog is not None:
            self.dialog.dismiss()
        self.dialog = dialog
        dialog.setParent(self._window)
        dialog.dismissed.connect(self._gone)
        dialog.open_on(self._window)

    def _gone(self) -> None:
        """The dialog went; Qt deletes it once its signals are through."""
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        self.closed.emit()

    def _raise(self, call: str, reason: str, text: str) -> None:
        def said(_rows: list[Row]) -> None:
            self.says.emit(Saying(Weight.NOTE, self.tr("Called: {reason}").format(reason=reason)))

        self._attempt(lambda: self._services.calls.raise_call(call, reason, text), said)

    def _answer(self, call: Call, choice: str) -> None:
        if choice == ANOTHER:
            self._open_reasons(call.fact.call)
            return

        def said(_rows: list[Row]) -> None:
            self.says.emit(Saying(Weight.NOTE, self.tr("The call is answered.")))

        self._attempt(lambda: self._services.calls.answer(call.fact.call_id), said)

    def _attempt(self, verb: _Verb, done: _Done) -> None:
        try:
            saving = verb()
        except Refusal as refusal:
            self.says.emit(saying_of(refusal))
            return
        # a failed commit is shown by the window's banner as long as the journal is at fault
        when_done(saving, self._services.post, done, lambda _error: None)


def is_call(action: str) -> bool:
    """Whether an action code or a page's wish is a call for help."""
    return action in (PROBLEM, ANDON)
