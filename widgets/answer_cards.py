"""Cards of checks that are answered: one of several options, a list of lines, a typed text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.card import Card
from widgets.shapes import Shape
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM, Look


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer or line: its id and its text."""

    id: str
    text: str


class ChoiceCard(Card):
    """A button for each answer; pressing one is the answer. ``chosen(id)``."""

    chosen = Signal(str)

    def __init__(self, look: Look, title: str, answers: Sequence[Answer], parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self.buttons: dict[str, BigButton] = {}
        column = QVBoxLayout()
        column.setSpacing(look.mm(3))
        for answer in answers:
            button = BigButton(look, answer.text, size_mm=TARGET_MM)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, name=answer.id: self.chosen.emit(name))
            self.buttons[answer.id] = button
            column.addWidget(button)
        self.body.addLayout(column)

    def set_chosen(self, answer_id: str) -> None:
        """Mark the answer that is recorded; empty for none."""
        for name, button in self.buttons.items():
            button.setChecked(name == answer_id)

    def set_enabled(self, enabled: bool) -> None:
        """Whether an answer may be given."""
        for button in self.buttons.values():
            button.setEnabled(enabled)

    def set_held(self, held: bool) -> None:
        """Refuse presses without a change of the picture, or take them again."""
        for button in self.buttons.values():
            button.set_held(held)

    def first(self) -> BigButton:
        """The first answer's button."""
        return next(iter(self.buttons.values()))


class ChecklistLine(QWidget):
    """A line with two buttons: in order, not in order. ``answered`` when one was pressed."""

    answered = Signal()

    def __init__(self, look: Look, line: Answer, yes_name: str, no_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._label = QLabel(line.text)
        self._label.setFont(look.font(CAPITAL_BODY_MM))
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setStyleSheet(f"color: {look.theme.text}; background: transparent;")
        self.yes = BigButton(look, "", shape=Shape.CHECK, size_mm=TARGET_MM)
        self.no = BigButton(look, "", shape=Shape.CROSS, size_mm=TARGET_MM)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        layout.addWidget(self._label, 1)
        for button, name, answer in ((self.yes, yes_name, True), (self.no, no_name, False)):
            button.setCheckable(True)
            button.setAccessibleName(f"{line.text}: {name}")
            button.setFixedWidth(look.mm(TARGET_MM))
            button.clicked.connect(lambda _checked=False, given=answer: self._press(given))
            layout.addWidget(button)

    def answer(self) -> bool | None:
        """In order, not in order, or not answered."""
        return True if self.yes.isChecked() else False if self.no.isChecked() else None

    def set_answer(self, answer: bool | None) -> None:
        """Show an answer."""
        self.yes.setChecked(answer is True)
        self.no.setChecked(answer is False)

    def _press(self, answer: bool) -> None:
        self.set_answer(answer)
        self.answered.emit()


class ChecklistCard(Card):
    """Lines that are each answered. ``edited`` after every answer; ``answers`` when all are given."""

    edited = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        lines: Sequence[Answer],
        yes_name: str = "in order",
        no_name: str = "not in order",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self.lines = [ChecklistLine(look, line, yes_name, no_name) for line in lines]
        column = QVBoxLayout()
        column.setSpacing(look.mm(3))
        for line in self.lines:
            line.answered.connect(self._answered)
            column.addWidget(line)
        self.body.addLayout(column)

    def answers(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The ids of the lines that are in order, and of those that are not; None while one has no answer."""
        if any(line.answer() is None for line in self.lines):
            return None
        return tuple(line.line.id for line in self.lines if line.answer()), tuple(
            line.line.id for line in self.lines if not line.answer()
        )

    def given(self) -> int:
        """How many lines have an answer."""
        return sum(line.answer() is not None for line in self.lines)

    def set_answers(self, not_in_order: Sequence[str] | None) -> None:
        """Show recorded answers; None: none is given yet."""
        for line in self.lines:
            line.set_answer(None if not_in_order is None else line.line.id not in not_in_order)

    def set_enabled(self, enabled: bool) -> None:
        """Whether answers may be given."""
        for line in self.lines:
            line.yes.setEnabled(enabled)
            line.no.setEnabled(enabled)

    def set_held(self, held: bool) -> None:
        """Refuse presses without a change of the picture, or take them again."""
        for line in self.lines:
            line.yes.set_held(held)
            line.no.set_held(held)

    def next_button(self) -> QWidget:
        """The first line without an answer, else the first."""
        open_line = next((line for line in self.lines if line.answer() is None), self.lines[0])
        return open_line.yes

    def _answered(self) -> None:
        self.edited.emit()
        focused = self.focusWidget()
        if any(focused in (line.yes, line.no) for line in self.lines) and self.answers() is None:
            self.next_button().setFocus(Qt.FocusReason.OtherFocusReason)


class TextCard(Card):
    """A text that is typed or scanned. ``edited(text)`` follows every key, ``entered(text)`` comes with Enter."""

    edited = Signal(str)
    entered = Signal(str)

    def __init__(self, look: Look, title: str, hint: str, longest: int, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self.entry = QLineEdit()
        self.entry.setFont(look.font(CAPITAL_BODY_MM))
        self.entry.setMinimumHeight(look.mm(14))
        self.entry.setMaxLength(longest)
        self.entry.setPlaceholderText(hint)
        self.entry.setAccessibleName(title)
        self.entry.textEdited.connect(self.edited)
        self.entry.returnPressed.connect(lambda: self.entered.emit(self.entry.text()))
        self.body.addWidget(self.entry)
        self.setFocusProxy(self.entry)

    def set_read_only(self, read_only: bool) -> None:
        """Take no keys: the text is recorded or being saved."""
        self.entry.setReadOnly(read_only)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The field takes the keys."""
        self.entry.setFocus(event.reason())
