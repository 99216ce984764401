"""A field for a number that keeps exactly what was typed, from the keyboard or from the keypad."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.text import fitting_font
from widgets.theme import CAPITAL_FIGURE_MM, CAPITAL_TITLE_MM, Look

ALLOWED_KEYS: Final = "0123456789.,+-"
LONGEST_ENTRY: Final = 24


class NumberEntry(QWidget):
    """Large figures and their unit in a frame; the text is never reformatted.

    Only digits, point, comma, plus and minus are taken. Whether the text is a number (a decimal comma, two
    points) is for the owner to judge, who calls `set_flagged`.
    """

    edited = Signal(str)
    entered = Signal(str)

    def __init__(
        self, look: Look, unit: str = "", capital_mm: float = CAPITAL_FIGURE_MM, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._unit, self._capital_mm = look, unit, capital_mm
        self._text, self._placeholder = "", ""
        self._flagged = self._replace_next = self._read_only = self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(unit or "value")

    def text(self) -> str:
        """Exactly what was typed."""
        return self._text

    def set_text(self, text: str) -> None:
        """Replace the text, for example by a gauge's reading; the next key starts anew."""
        self._text = text[:LONGEST_ENTRY]
        self._replace_next = bool(text)
        self._changed(tell=False)

    def set_unit(self, unit: str) -> None:
        """The unit shown after the figures."""
        self._unit = unit
        self.update()

    def set_placeholder(self, text: str) -> None:
        """What stands there while nothing is typed."""
        self._placeholder = text
        self.update()

    def set_flagged(self, flagged: bool) -> None:
        """Draw the text as not acceptable (red frame and figures)."""
        if flagged != self._flagged:
            self._flagged = flagged
            self.update()

    @property
    def is_flagged(self) -> bool:
        """Whether the owner has marked the text as not acceptable."""
        return self._flagged

    def set_read_only(self, read_only: bool) -> None:
        """Take no keys, for example while saving."""
        if read_only != self._read_only:
            self._read_only = read_only
            self.update()

    def set_held(self, held: bool) -> None:
        """Take no keys, and look as before: for the moment until it is known whether there will be anything to wait for."""
        self._held = held

    def clear(self) -> None:
        """Start again with nothing."""
        if not self._locked():
            self._text, self._replace_next = "", False
            self._changed()

    def backspace(self) -> None:
        """Take the last character away."""
        if not self._locked():
            self._text, self._replace_next = self._text[:-1], False
            self._changed()

    def press(self, key: str) -> bool:
        """Add one character; returns whether it was taken."""
        if self._locked() or len(key) != 1 or key not in ALLOWED_KEYS:
            return False
        start = "" if self._replace_next else self._text
        if len(start) >= LONGEST_ENTRY:
            return False
        self._text, self._replace_next = start + key, False
        self._changed()
        return True

    def type_again(self, text: str) -> None:
        """Put back what somebody was typing: the next key goes on with it."""
        self._text, self._replace_next = text[:LONGEST_ENTRY], False
        self._changed()

    def toggle_sign(self) -> None:
        """Put a minus before the text, or take it away."""
        if self._locked():
            return
        self._text = self._text[1:] if self._text.startswith("-") else "-" + self._text.removeprefix("+")
        self._replace_next = False
        self._changed()

    def enter(self) -> None:
        """Say that the entry is complete (also when it is empty: the owner says what is missing)."""
        if not self._locked():
            self.entered.emit(self._text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keyboard: characters, Backspace, Delete and Enter; the rest goes on to the page."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.enter()
        elif key == Qt.Key.Key_Backspace:
            self.backspace()
        elif key == Qt.Key.Key_Delete:
            self.clear()
        elif not self.press(event.text()):
            event.ignore()
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch gives the field the keys; the next key replaces the text."""
        self._replace_next = bool(self._text)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Redraw the frame."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Redraw the frame."""
        self.update()

    def sizeHint(self) -> QSize:
        """Eight large figures and a unit."""
        return QSize(self._look.mm(72), self._look.mm(self._capital_mm + 9.4))

    def minimumSizeHint(self) -> QSize:
        """The figures shrink rather than being cut."""
        return QSize(self._look.mm(40), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, figures, caret and unit."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "alarm" if self._flagged else "primary" if self.hasFocus() else "strong_line"
        width = max(2.0, look.mm(0.7))
        painter.setPen(QPen(look.color(edge), width))
        painter.setBrush(look.color("card"))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), look.mm(1.6), look.mm(1.6))
        self._paint_figures(painter)
        painter.end()

    def _paint_figures(self, painter: QPainter) -> None:
        look = self._look
        unit_font = look.bold(CAPITAL_TITLE_MM)
        unit_px = QFontMetricsF(unit_font).horizontalAdvance(self._unit)
        left = float(look.mm(4.4))
        space = self.width() - 2 * left - unit_px - look.mm(3)
        empty = not self._text
        shown = self._placeholder if empty else self._text
        base = look.font(CAPITAL_TITLE_MM) if empty else look.bold(self._capital_mm)
        font = fitting_font(base, shown, space, smallest=0.3)
        metrics = QFontMetricsF(font)
        baseline = self.height() / 2 + metrics.capHeight() / 2
        advance = metrics.horizontalAdvance(shown)
        if not empty and self._replace_next and self.hasFocus():
            marked = QRectF(left - look.mm(1), self.height() * 0.16, advance + look.mm(2), self.height() * 0.68)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("selected"))
            painter.drawRoundedRect(marked, look.mm(1), look.mm(1))
        ink = "alarm" if self._flagged else "muted" if empty else "text"
        painter.setPen(look.color(ink))
        painter.setFont(font)
        painter.drawText(int(left), int(baseline), shown)
        if self.hasFocus() and not self._read_only and not self._replace_next:
            caret_x = left + (0 if empty else advance + look.mm(0.8))
            caret = QRectF(caret_x, self.height() * 0.22, max(2.0, look.mm(0.5)), self.height() * 0.56)
            painter.fillRect(caret, look.color("primary"))
        painter.setFont(unit_font)
        painter.setPen(look.color("second"))
        unit_x = left + (space + look.mm(3) if empty else min(advance + look.mm(3), space + look.mm(3)))
        painter.drawText(int(unit_x), int(self.height() / 2 + look.mm(self._capital_mm) / 2), self._unit)

    def _locked(self) -> bool:
        return self._read_only or self._held

    def _changed(self, tell: bool = True) -> None:
        self._flagged = False
        self.setAccessibleDescription(self._text)
        self.update()
        if tell:
            self.edited.emit(self._text)
