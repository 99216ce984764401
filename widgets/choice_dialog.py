"""Choosing one reason from a few large buttons, with room for a sentence: problem, Andon, shelving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSizePolicy

from widgets.buttons import BigButton, ButtonKind
from widgets.overlay import Overlay
from widgets.shapes import Shape
from widgets.theme import (
    CAPITAL_BODY_MM,
    CAPITAL_NOTE_MM,
    FREQUENT_TARGET_MM,
    TARGET_MM,
    Look,
)


@dataclass(frozen=True)
class Choice:
    """One reason: `choice_id` is what comes back, `text` what is read, `shape` an optional mark."""

    choice_id: str
    text: str
    shape: Shape | None = None


class ChoiceDialog(Overlay):
    """Choose a reason, then confirm. `chosen(choice_id, comment)`; Esc or Cancel: `dismissed` only.

    With `comment_label` empty there is no text field and the choice itself confirms.
    """

    chosen = Signal(str, str)

    def __init__(
        self,
        look: Look,
        title: str,
        choices: Sequence[Choice],
        confirm_text: str,
        cancel_text: str,
        explanation: str = "",
        comment_label: str = "",
        columns: int = 2,
    ) -> None:
        super().__init__(look, width_mm=100 * columns)
        if not choices:
            raise ValueError("a choice dialog needs at least one choice")
        self._selected = ""
        self.setAccessibleName(title)
        self.add_heading(title)
        if explanation:
            self.content.addWidget(self._explanation(explanation))
        grid = QGridLayout()
        grid.setSpacing(look.mm(4))
        self._buttons: dict[str, BigButton] = {}
        for position, choice in enumerate(choices):
            button = self._choice_button(choice, bool(comment_label))
            grid.addWidget(button, position // columns, position % columns)
            self._buttons[choice.choice_id] = button
        self.content.addLayout(grid)
        self._add_comment(comment_label)
        self._add_foot(confirm_text, cancel_text, bool(comment_label))

    def button(self, choice_id: str) -> BigButton:
        """The button of a choice."""
        return self._buttons[choice_id]

    @property
    def selected(self) -> str:
        """The choice made so far, empty before."""
        return self._selected

    def _explanation(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(self.look.font(CAPITAL_NOTE_MM + 0.2))
        label.setStyleSheet(f"color: {self.look.theme.second};")
        return label

    def _add_comment(self, label: str) -> None:
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(label)
        self.comment.setAccessibleName(label)
        self.comment.setFont(self.look.font(CAPITAL_BODY_MM))
        self.comment.setMinimumHeight(self.look.mm(14))
        self.comment.setMaxLength(500)
        self.comment.returnPressed.connect(self._confirm)
        # hidden only inside the panel: without a parent a widget that is made visible is a window of its own
        self.content.addWidget(self.comment)
        self.comment.setVisible(bool(label))

    def _add_foot(self, confirm_text: str, cancel_text: str, with_confirm: bool) -> None:
        look = self.look
        self.cancel_button = BigButton(look, cancel_text, size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.confirm_button = BigButton(look, confirm_text, ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.confirm_button.setMinimumWidth(look.mm(50))
        self.confirm_button.setEnabled(False)
        self.confirm_button.clicked.connect(self._confirm)
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.confirm_button)
        self.content.addLayout(foot)
        self.confirm_button.setVisible(with_confirm)

    def _choice_button(self, choice: Choice, checkable: bool) -> BigButton:
        button = BigButton(self.look, choice.text, shape=choice.shape, size_mm=FREQUENT_TARGET_MM)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setCheckable(checkable)
        button.clicked.connect(lambda: self._select(choice.choice_id))
        return button

    def _select(self, choice_id: str) -> None:
        self._selected = choice_id
        for other, button in self._buttons.items():
            button.setChecked(other == choice_id)
        self.confirm_button.setEnabled(True)
        if not self.confirm_button.isVisibleTo(self):
            self._confirm()

    def _confirm(self) -> None:
        if self._selected:
            chosen, comment = self._selected, self.comment.text().strip()
            self.dismiss()
            self.chosen.emit(chosen, comment)
