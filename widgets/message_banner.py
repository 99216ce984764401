"""A calm line across the page: what happened, what was kept, what to do."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.shapes import Shape, paint_shape
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM, Look


class BannerKind(Enum):
    """How serious the message is."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


_MARKS = {
    BannerKind.NOTE: (Shape.DOT, "running", "line"),
    BannerKind.WARNING: (Shape.WARNING, "warning", "warning"),
    BannerKind.ERROR: (Shape.DIAMOND, "alarm", "alarm"),
}


class MessageBanner(QWidget):
    """Hidden until `show_message`. `dismissed` and `action_pressed` come from its two buttons."""

    dismissed = Signal()
    action_pressed = Signal()

    def __init__(self, look: Look, dismiss_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kind = BannerKind.NOTE
        self._what, self._rest = QLabel(), QLabel()
        words = QVBoxLayout()
        words.setSpacing(look.mm(0.6))
        words.addStretch(1)
        for label, font in (
            (self._what, look.bold(CAPITAL_BODY_MM - 0.2)),
            (self._rest, look.font(CAPITAL_NOTE_MM)),
        ):
            label.setFont(font)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setStyleSheet(f"color: {look.theme.text}; background: transparent;")
            words.addWidget(label)
        words.addStretch(1)
        self.action_button = BigButton(look, "", size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.action_button.clicked.connect(self.action_pressed)
        self.dismiss_button = BigButton(look, dismiss_text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.dismiss_button.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.mm(14), look.mm(1.8), look.mm(2.2), look.mm(1.8))
        layout.setSpacing(look.mm(3))
        layout.addLayout(words, 1)
        layout.addWidget(self.action_button)
        layout.addWidget(self.dismiss_button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def kind(self) -> BannerKind:
        """How serious the shown message is."""
        return self._kind

    def show_message(self, kind: BannerKind, what: str, kept: str = "", to_do: str = "", action_text: str = "") -> None:
        """Say what happened, what was kept and what to do; `action_text` adds a button."""
        self._kind = kind
        self._what.setText(what)
        rest = " ".join(part for part in (kept, to_do) if part)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.action_button.set_text(action_text)
        self.action_button.setVisible(bool(action_text))
        self.setAccessibleName(" ".join(part for part in (f"{kind.value}:", what, rest) if part))
        self.show()
        self.update()

    def text(self) -> str:
        """Everything that is said."""
        return f"{self._what.text()} {self._rest.text()}".strip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel with its mark."""
        look = self._look
        shape, color, border = _MARKS[self._kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 1.0 if self._kind is BannerKind.NOTE else max(2.0, look.mm(0.6))
        painter.setPen(QPen(look.color(border), width))
        painter.setBrush(look.color("card"))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), look.mm(1.8), look.mm(1.8))
        side = look.mm(4 if self._kind is BannerKind.NOTE else 5.6)
        mark = QRectF(look.mm(7) - side / 2, (self.height() - side) / 2, side, side)
        paint_shape(painter, shape, mark, look.color(color), look.color("on_warning"))
        painter.end()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
