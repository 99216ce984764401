"""What is to be known of a step before it is begun: protective equipment as blue signs with words, and short notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.icons import icon_pixmap
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, Look

SIGN_MM = 10.0


@dataclass(frozen=True)
class Sign:
    """A sign: `icon_name` is a qtawesome name, drawn white in a filled circle as mandatory signs are; empty: a framed note."""

    text: str
    icon_name: str = ""


class SignRow(QWidget):
    """Signs beside each other, on as many rows as they need; without any it takes no room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._signs: tuple[Sign, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def set_signs(self, signs: Sequence[Sign]) -> None:
        """Show these; none hides the row."""
        if tuple(signs) == self._signs:
            return
        self._signs = tuple(signs)
        self.setAccessibleName(", ".join(sign.text for sign in signs))
        self.setVisible(bool(signs))
        self.updateGeometry()
        self.update()

    def texts(self) -> list[str]:
        """The words of the signs."""
        return [sign.text for sign in self._signs]

    def hasHeightForWidth(self) -> bool:
        """More rows on a narrow page."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height in px of all rows."""
        return int(max((place.bottom() for place in self._places(width)), default=0))

    def sizeHint(self) -> QSize:
        """At the present width."""
        width = max(self.width(), self._look.mm(120))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Any width."""
        return QSize(self._look.mm(40), self.heightForWidth(max(self.width(), self._look.mm(120))))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the signs."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = look.font(CAPITAL_NOTE_MM + 0.2)
        for sign, place in zip(self._signs, self._places(self.width()), strict=True):
            words = QRectF(place)
            if sign.icon_name:
                circle = QRectF(place.left(), place.top(), place.height(), place.height())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color("primary"))
                painter.drawEllipse(circle)
                side = round(place.height() * 0.62)
                pixmap = icon_pixmap(sign.icon_name, look.color("on_primary"), side)
                offset = (place.height() - side) / 2
                painter.drawPixmap(QRectF(circle.left() + offset, circle.top() + offset, side, side).toRect(), pixmap)
                words.setLeft(circle.right() + look.mm(2))
            else:
                painter.setPen(QPen(look.color("strong_line"), max(1.0, look.mm(0.4))))
                painter.setBrush(look.color("card"))
                painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), place.height() / 2, place.height() / 2)
                words.adjust(look.mm(3.4), 0, 0, 0)
            paint_line(painter, words, sign.text, font, look.color("text"))
        painter.end()

    def _places(self, width: int) -> list[QRectF]:
        look = self._look
        font, high, gap = look.font(CAPITAL_NOTE_MM + 0.2), look.mm(SIGN_MM), look.mm(5)
        x, y = 0.0, 0.0
        places = []
        for sign in self._signs:
            around = high + look.mm(2) if sign.icon_name else 2 * look.mm(3.4)
            wide = min(text_width(sign.text, font) + around + 2, float(width))
            if x > 0 and x + wide > width:
                x, y = 0.0, y + high + look.mm(2)
            places.append(QRectF(x, y, wide, high))
            x += wide + gap
        return places
