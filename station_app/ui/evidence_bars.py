"""The two rows of buttons below kept pictures: looking, and drawing on a copy."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from station_app.domain.picture_marks import LONGEST_TEXT
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.marked_picture import ARROW, CIRCLE, TEXT
from widgets.shapes import Shape
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM

translate = QCoreApplication.translate


def _button(look: Look, text: str, kind: ButtonKind = ButtonKind.NORMAL, shape: Shape | None = None) -> BigButton:
    return BigButton(look, text, kind, shape=shape, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM)


class LookBar(QWidget):
    """Other pictures of the unit, comparing, drawing, the hash, and back."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.before = _button(look, "◀")
        self.before.set_text("◀", translate("evidence", "Picture before"))
        self.after = _button(look, "▶")
        self.after.set_text("▶", translate("evidence", "Next picture"))
        self.compare = _button(look, translate("evidence", "Compare"))
        self.draw = _button(look, translate("evidence", "Draw on a copy"))
        self.check = _button(look, translate("evidence", "Check the hash"))
        self.back = _button(look, translate("evidence", "Back"), ButtonKind.PRIMARY)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        for button in (self.before, self.after, self.compare, self.draw, self.check):
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self.back)


class DrawBar(QWidget):
    """What is drawn, the text that goes with it, take back, save, cancel. ``tool_chosen`` names the tool."""

    tool_chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.tools = {
            ARROW: _button(look, translate("evidence", "Arrow")),
            CIRCLE: _button(look, translate("evidence", "Circle")),
            TEXT: _button(look, translate("evidence", "Text")),
        }
        self.text = QLineEdit()
        self.text.setMaxLength(LONGEST_TEXT)
        self.text.setPlaceholderText(translate("evidence", "Text for the next mark"))
        self.text.setAccessibleName(translate("evidence", "Text for the next mark"))
        self.text.setFont(look.font(CAPITAL_BODY_MM))
        self.text.setMinimumHeight(look.mm(TARGET_MM))
        self.undo = _button(look, translate("evidence", "Take back"))
        self.cancel = _button(look, translate("evidence", "Cancel"))
        self.save = _button(look, translate("evidence", "Save the copy"), ButtonKind.PRIMARY)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        for name, button in self.tools.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, chosen=name: self.choose(chosen))
            layout.addWidget(button)
        layout.addWidget(self.text, 1)
        for button in (self.undo, self.cancel, self.save):
            layout.addWidget(button)

    def choose(self, tool: str) -> None:
        """Take this tool."""
        for name, button in self.tools.items():
            button.set_kind(ButtonKind.PRIMARY if name == tool else ButtonKind.NORMAL)
            button.setChecked(name == tool)
        self.tool_chosen.emit(tool)
