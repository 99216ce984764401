"""The station's own keypad: 4 x 3 keys for a gloved hand, with backspace, clear and Enter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape
from widgets.theme import CAPITAL_HEADING_MM, CAPITAL_TITLE_MM, TARGET_MM, Look


@dataclass(frozen=True)
class KeypadTexts:
    """Captions and spoken names of the keys that are not digits."""

    clear: str = "C"
    clear_name: str = "Clear"
    backspace_name: str = "Backspace"
    sign: str = "±"
    sign_name: str = "Plus or minus"
    point: str = "."
    enter: str = "Enter"


class Keypad(QWidget):
    """Keys as signals: `key(str)` for a character, `sign`, `backspace`, `clear`, `entered`.

    `attach` connects it to a `NumberEntry`. A PIN pad has no sign and point (`digits_only`).
    The keys never take the focus by touch, so the field keeps it; Tab still reaches them.
    """

    key = Signal(str)
    sign = Signal()
    backspace = Signal()
    clear = Signal()
    entered = Signal()

    def __init__(
        self,
        look: Look,
        texts: KeypadTexts = KeypadTexts(),
        *,
        digits_only: bool = False,
        with_enter: bool = True,
        key_mm: float = TARGET_MM,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._key_mm = look, key_mm
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.mm(3))
        self._buttons: dict[str, BigButton] = {}
        for position, digit in enumerate("789456123"):
            self._add(digit, digit, position // 3, position % 3)
        self._add("0", "0", 3, 1)
        if digits_only:
            self._add("clear", texts.clear, 3, 0, texts.clear_name)
            self._add("backspace", "", 3, 2, texts.backspace_name, Shape.BACKSPACE)
        else:
            self._add("sign", texts.sign, 3, 0, texts.sign_name)
            self._add(texts.point, texts.point, 3, 2, texts.point)
            rows = 1 if with_enter else 2
            self._add("clear", texts.clear, 0, 3, texts.clear_name, rows=rows)
            self._add("backspace", "", rows, 3, texts.backspace_name, Shape.BACKSPACE, rows=rows)
        if with_enter:
            self._add_enter(texts.enter, digits_only)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def attach(self, entry: NumberEntry) -> None:
        """Let the keys write into this field."""
        self.key.connect(entry.press)
        self.sign.connect(entry.toggle_sign)
        self.backspace.connect(entry.backspace)
        self.clear.connect(entry.clear)
        self.entered.connect(entry.enter)

    def button(self, name: str) -> BigButton:
        """A key by its character, or "clear", "backspace", "sign", "enter"."""
        return self._buttons[name]

    def sizeHint(self) -> QSize:
        """Keys of the asked size and 3 mm between them."""
        return self._grid.sizeHint()

    def _add(
        self,
        name: str,
        caption: str,
        row: int,
        column: int,
        spoken: str = "",
        shape: Shape | None = None,
        rows: int = 1,
    ) -> None:
        button = BigButton(self._look, caption, shape=shape, size_mm=self._key_mm, capital_mm=CAPITAL_HEADING_MM * 0.9)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.set_text(caption, spoken or caption)
        vertical = QSizePolicy.Policy.Fixed if rows == 1 else QSizePolicy.Policy.Expanding
        button.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        button.setAutoRepeat(name == "backspace")
        button.clicked.connect(lambda: self._pressed(name))
        self._grid.addWidget(button, row, column, rows, 1)
        self._buttons[name] = button

    def _add_enter(self, caption: str, digits_only: bool) -> None:
        button = BigButton(self._look, caption, ButtonKind.PRIMARY, size_mm=self._key_mm, capital_mm=CAPITAL_TITLE_MM)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._pressed("enter"))
        if digits_only:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._grid.addWidget(button, 4, 0, 1, 3)
        else:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._grid.addWidget(button, 2, 3, 2, 1)
        self._buttons["enter"] = button

    def _pressed(self, name: str) -> None:
        actions = {"sign": self.sign, "backspace": self.backspace, "clear": self.clear, "enter": self.entered}
        if name in actions:
            actions[name].emit()
        else:
            self.key.emit(name)
