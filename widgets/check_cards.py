"""One card for each kind of check: scan, measure, live value, confirm. Each shows what its owner says."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.figure import Figure
from widgets.limit_bar import LimitBar, Limits
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape
from widgets.text import Line, Text
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_SMALL_MM, FREQUENT_TARGET_MM, Look


class ScanCard(Card):
    """What is to be scanned and what was scanned. The scan is the confirmation; there is nothing to press."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self._main = Line(look, "", capital_mm=CAPITAL_BODY_MM)
        self._sub = Line(look, "", color="second", capital_mm=CAPITAL_SMALL_MM + 0.2)
        self.body.addWidget(self._main)
        self.body.addWidget(self._sub)

    def set_expected(self, text: Text, sub_text: str = "") -> None:
        """What the operator is to scan, before anything was."""
        self._show(text, sub_text, "second")

    def set_scanned(self, text: Text, sub_text: str = "") -> None:
        """What was scanned (part and lot), with a line about it ("good until 2027-03")."""
        self._show(text, sub_text, "text")

    def text(self) -> str:
        """The main line."""
        return self._main.text()

    def _show(self, text: Text, sub_text: str, color: str) -> None:
        self._main.set_text(text, color)
        self._sub.set_text(sub_text)
        self._sub.setVisible(bool(sub_text))


class MeasureCard(Card):
    """A value measured by hand: field, unit, and the limits before anything is typed.

    `edited(text)` follows every key, `entered(text)` comes with Enter. The owner answers with `set_verdict`.
    `wide` puts field and limits beside each other, for the middle of a page.
    """

    edited = Signal(str)
    entered = Signal(str)

    def __init__(
        self,
        look: Look,
        title: str,
        unit: str,
        limits: Limits,
        hint: str = "",
        *,
        wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self.entry = NumberEntry(look, unit)
        self.entry.setAccessibleName(f"{title}, {unit}")
        self.entry.set_placeholder(hint)
        self.limit_bar = LimitBar(look)
        self.limit_bar.set_limits(limits)
        self.entry.edited.connect(self.edited)
        self.entry.entered.connect(self.entered)
        parts = QBoxLayout(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        parts.setSpacing(look.mm(6 if wide else 2))
        parts.addWidget(self.entry, 1)
        parts.addWidget(self.limit_bar, 1)
        self.body.addLayout(parts)
        self.setFocusProxy(self.entry)

    def show_value(self, value: float | None, outside: bool | None = None) -> None:
        """Move the marker while typing; says nothing about the outcome."""
        self.limit_bar.set_value(value, outside)

    def set_verdict(
        self,
        state: CardState,
        state_text: str,
        headline: str = "",
        advice: str = "",
        value: float | None = None,
    ) -> None:
        """The outcome: its word, by how much the value is out, and what to do."""
        self.set_state(state, state_text)
        self.entry.set_flagged(state is CardState.FAILED)
        self.entry.set_read_only(state is CardState.SAVING)
        if value is not None:
            self.limit_bar.set_value(value, state is CardState.FAILED)
        self.message.set_message(headline, advice)


class ValueCard(Card):
    """A machine's value: live with its limits, or struck through with the status name and its age."""

    def __init__(
        self,
        look: Look,
        title: str,
        unit: str,
        limits: Limits | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self._figure = Figure(look, unit)
        self._age = Line(look, "", color="second", capital_mm=CAPITAL_SMALL_MM + 0.3)
        self._age.hide()
        self.limit_bar = LimitBar(look)
        if limits is None:
            self.limit_bar.hide()
        else:
            self.limit_bar.set_limits(limits)
        for widget in (self._figure, self._age, self.limit_bar):
            self.body.addWidget(widget)

    def set_live(self, text: str, value: float | None, note: str, outside: bool | None = None, about: str = "") -> None:
        """A value of good quality; `note` says so ("live"), `about` is a line below it ("now 12.4 kN" beside the highest)."""
        self.set_state(CardState.IDLE)
        self.set_note(note)
        self.message.set_message("")
        self._age.set_text(about)
        self._age.setVisible(bool(about))
        self._figure.set_figure(text)
        self.limit_bar.set_value(value, outside)

    def set_captured(
        self,
        text: str,
        value: float | None,
        state: CardState,
        state_text: str,
        note: str = "",
        headline: str = "",
        advice: str = "",
    ) -> None:
        """The value taken for the record with its outcome; red figures when it failed."""
        self.set_state(state, state_text)
        if state is not CardState.OK:
            self.set_note(note)
        self._age.hide()
        failed = state is CardState.FAILED
        self._figure.set_figure(text, "alarm" if failed else "text")
        self.limit_bar.set_value(value, failed)
        self.message.set_message(headline, advice)

    def set_bad(self, last_text: str, status_name: str, age_text: str) -> None:
        """Bad quality: the last value struck through, the status code's name, and how old it is."""
        self.set_state(CardState.BAD_QUALITY, status_name)
        self._figure.set_figure(last_text, "muted", struck=True)
        self._age.set_text(age_text)
        self._age.show()
        self.limit_bar.set_value(None)
        self.message.set_message("")

    @property
    def figure(self) -> Figure:
        """The large figures."""
        return self._figure


class ConfirmCard(Card):
    """Something to look at and confirm with one press."""

    confirmed = Signal()

    def __init__(self, look: Look, title: str, question: str, button_text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self.message.set_message("", question)
        self.button = BigButton(look, button_text, ButtonKind.NORMAL, shape=Shape.CHECK, size_mm=FREQUENT_TARGET_MM)
        self.button.clicked.connect(self.confirmed)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.button)
        self.setFocusProxy(self.button)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The button takes the focus."""
        self.button.setFocus(event.reason())

    def set_confirmed(self, state_text: str) -> None:
        """Show that it is done; the button goes."""
        self.set_state(CardState.OK, state_text)
        self.button.hide()
