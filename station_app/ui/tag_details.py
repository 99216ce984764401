"""The right side of the tag browser: what is chosen in the tree, its value now, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Message
from widgets.layouts import clear
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_FIGURE_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, CAPITAL_TITLE_MM, TARGET_MM


class TagDetails(QWidget):
    """Title, value, facts and buttons; the owner says which buttons there are."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._facts_shown: list[tuple[str, str]] = []
        self.title = Line(look, "", bold=True, capital_mm=CAPITAL_TITLE_MM)
        self.value = Line(look, "", bold=True, capital_mm=CAPITAL_FIGURE_MM * 0.7)
        self.fault = Line(look, "", capital_mm=CAPITAL_NOTE_MM)
        self.message = Message(look)
        self.add_button = BigButton(look, self.tr("Add to station"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.trend_button = BigButton(look, self.tr("Add to trend"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.read_button = BigButton(look, self.tr("Read again"), shape=Shape.REPEAT, size_mm=TARGET_MM)
        self.write_button = BigButton(look, self.tr("Write a value"), size_mm=TARGET_MM)
        self.rules_button = BigButton(look, self.tr("Limits and history"), size_mm=TARGET_MM)
        self.remove_button = BigButton(look, self.tr("Remove from station"), size_mm=TARGET_MM)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(look.mm(4))
        self._facts.setVerticalSpacing(look.mm(1.6))
        self._facts.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.mm(2.4))
        for part in (self.title, self.value, self.fault):
            column.addWidget(part)
        column.addLayout(self._facts)
        column.addWidget(self.message)
        column.addStretch(1)
        for button in self.buttons:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            column.addWidget(button)

    @property
    def buttons(self) -> tuple[BigButton, ...]:
        """All of them, from top to bottom."""
        return (
            self.add_button,
            self.trend_button,
            self.read_button,
            self.write_button,
            self.rules_button,
            self.remove_button,
        )

    def show_facts(self, title: str, facts: Sequence[tuple[str, str]], buttons: Sequence[BigButton]) -> None:
        """Something else was chosen: its name, what is known of it, and what can be done."""
        self.title.set_text(title)
        self.message.set_message("")
        for button in self.buttons:
            button.setVisible(button in buttons)
            button.set_busy("")
        told = [(name, text) for name, text in facts if text]
        if told == self._facts_shown:
            return
        self._facts_shown = told
        clear(self._facts)
        for row, (name, text) in enumerate(told):
            self._facts.addWidget(_label(self._look, name, "second"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(_label(self._look, _breakable(text), "text"), row, 1)

    def show_value(self, text: str, fault: str) -> None:
        """The value now; a bad one with its status and age below."""
        self.value.set_text(text, "muted" if fault else "text")
        self.value.set_struck(bool(fault))
        self.value.setVisible(bool(text))
        self.fault.set_text(fault)
        self.fault.set_mark(Shape.WARNING if fault else None, "warning")
        self.fault.setVisible(bool(fault))


def _breakable(text: str) -> str:
    """An address is one long word: it may be broken after its separators."""
    for sign in "/;.?&":
        text = text.replace(sign, sign + "\u200b")
    return text


def _label(look: Look, text: str, color: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(color == "text")
    label.setFont(look.font(CAPITAL_SMALL_MM + 0.2))
    label.setStyleSheet(f"color: {getattr(look.theme, color)};")
    return label
