"""A small form over the window: a few fields and one or two choices, answered together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Message
from widgets.overlay import Overlay
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM

FIELD_MM, CHOICE_MM = 14.0, TARGET_MM


@dataclass(frozen=True, slots=True)
class Field:
    """A line to type; with ``choices`` one of a few texts to touch, the first chosen beforehand."""

    key: str
    caption: str
    value: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()


class FieldsDialog(Overlay):
    """``answered(values by key)`` when it is confirmed. It stays open until its owner dismisses it: a refusal keeps all."""

    answered = Signal(object)

    def __init__(self, look: Look, title: str, fields: Sequence[Field], confirm: str) -> None:
        super().__init__(look, width_mm=240)
        self.setAccessibleName(title)
        self._lines: dict[str, QLineEdit] = {}
        self._buttons: dict[str, list[BigButton]] = {}
        self.add_heading(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.mm(4))
        grid.setVerticalSpacing(look.mm(2.4))
        grid.setColumnStretch(1, 1)
        for row, field in enumerate(fields):
            caption = Line(look, field.caption, color="second", capital_mm=CAPITAL_NOTE_MM)
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._choices(field) if field.choices else self._line(field), row, 1)
        self.content.addLayout(grid)
        self.message = Message(look)
        self.content.addWidget(self.message)
        self.cancel_button = BigButton(look, QCoreApplication.translate("fields", "Cancel"), size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.confirm_button = BigButton(look, confirm, ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.confirm_button.clicked.connect(self._confirm)
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.confirm_button)
        self.content.addLayout(foot)

    def line(self, key: str) -> QLineEdit:
        """A field that is typed."""
        return self._lines[key]

    def button(self, key: str, text: str) -> BigButton:
        """A choice."""
        return next(button for button in self._buttons[key] if button.text() == text)

    def values(self) -> Mapping[str, str]:
        """What stands in all fields."""
        typed = {key: line.text().strip() for key, line in self._lines.items()}
        chosen = {
            key: next((button.text() for button in buttons if button.isChecked()), "")
            for key, buttons in self._buttons.items()
        }
        return typed | chosen

    def refuse(self, reason: str) -> None:
        """Say why it cannot be done; what was typed stays."""
        self.message.set_message(reason)
        self.reposition()

    def _confirm(self) -> None:
        self.message.set_message("")
        self.answered.emit(self.values())

    def _line(self, field: Field) -> QLineEdit:
        line = QLineEdit(field.value)
        line.setPlaceholderText(field.hint)
        line.setAccessibleName(field.caption)
        line.setFont(self.look.font(CAPITAL_BODY_MM))
        line.setMinimumHeight(self.look.mm(FIELD_MM))
        line.setMaxLength(500)
        line.returnPressed.connect(lambda: self.focusNextPrevChild(True))
        self._lines[field.key] = line
        return line

    def _choices(self, field: Field) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self.look.mm(3))
        buttons = self._buttons[field.key] = []
        for text in field.choices:
            button = BigButton(self.look, text, size_mm=CHOICE_MM, capital_mm=CAPITAL_NOTE_MM)
            button.setCheckable(True)
            button.setChecked(text == (field.value or field.choices[0]))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, text=text, key=field.key: self._choose(key, text))
            row.addWidget(button)
            buttons.append(button)
        return holder

    def _choose(self, key: str, text: str) -> None:
        for button in self._buttons[key]:
            button.setChecked(button.text() == text)
