"""A chart of individual values: points, centre and limit lines, and the points that break a rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.text import Run, paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look


@dataclass(frozen=True)
class ChartLine:
    """A horizontal line with its label at the right ("UCL 20.017"); `solid` for the centre."""

    value: float
    label: str
    solid: bool = False


class RunChart(QWidget):
    """Values in their order; NaN leaves a gap. What breaks a rule is told by the owner, not found here.

    A value farther beyond the lines than these are apart is drawn at the edge.
    """

    def __init__(self, look: Look, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._empty_text = look, empty_text
        self._values: tuple[float, ...] = ()
        self._lines: tuple[ChartLine, ...] = ()
        self._members: frozenset[int] = frozenset()
        self._signals: frozenset[int] = frozenset()
        self._rule_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_chart(
        self,
        values: Sequence[float],
        lines: Sequence[ChartLine],
        *,
        members: Sequence[int] = (),
        signals: Sequence[int] = (),
        rule_text: str = "",
        description: str = "",
    ) -> None:
        """Show values and lines. `signals` are filled diamonds, `members` of their pattern hollow ones."""
        self._values, self._lines = tuple(values), tuple(lines)
        self._members, self._signals = frozenset(members), frozenset(signals)
        self._rule_text = rule_text
        self.setAccessibleName(description or rule_text or self._empty_text)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide and tall as it is given."""
        return QSize(self._look.mm(150), self._look.mm(60))

    def minimumSizeHint(self) -> QSize:
        """Lines stay apart."""
        return QSize(self._look.mm(60), self._look.mm(30))

    def point(self, index: int) -> QPointF:
        """Where the point of a value lies, in px."""
        area, low, high = self._area()
        steps = max(1, len(self._values) - 1)
        return QPointF(area.left() + area.width() * index / steps, self._y(area, low, high, self._values[index]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lines, the curve, the points and the rule's name."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not any(math.isfinite(value) for value in self._values):
            font = look.font(CAPITAL_SMALL_MM + 0.3)
            middle = Qt.AlignmentFlag.AlignHCenter
            paint_line(painter, QRectF(self.rect()), self._empty_text, font, look.color("muted"), middle)
        else:
            self._paint_lines(painter)
            self._paint_curve(painter)
            self._paint_rule(painter)
        painter.end()

    def _paint_lines(self, painter: QPainter) -> None:
        look = self._look
        area, low, high = self._area()
        font = look.font(CAPITAL_SMALL_MM)
        for line in self._lines:
            y = self._y(area, low, high, line.value)
            style = Qt.PenStyle.SolidLine if line.solid else Qt.PenStyle.DashLine
            painter.setPen(QPen(look.color("strong_line"), max(1.0, look.mm(0.35)), style))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right() + look.mm(2), y))
            label = QRectF(area.right() + look.mm(3), y - look.mm(3), self.width(), look.mm(6))
            paint_line(painter, label, line.label, font, look.color("second"))

    def _paint_curve(self, painter: QPainter) -> None:
        look = self._look
        painter.setPen(QPen(look.color("primary"), max(1.4, look.mm(0.45))))
        for index in range(1, len(self._values)):
            if math.isfinite(self._values[index]) and math.isfinite(self._values[index - 1]):
                painter.drawLine(self.point(index - 1), self.point(index))
        for index, value in enumerate(self._values):
            if not math.isfinite(value):
                continue
            marked = index in self._signals or index in self._members
            side = look.mm(4.2 if marked else 2.5)
            rect = QRectF(0, 0, side, side)
            rect.moveCenter(self.point(index))
            if marked:
                paint_shape(painter, Shape.DIAMOND, rect, look.color("alarm"))
                if index not in self._signals:
                    inset = side * 0.24
                    hollow = rect.adjusted(inset, inset, -inset, -inset)
                    paint_shape(painter, Shape.DIAMOND, hollow, look.color("card"))
            else:
                paint_shape(painter, Shape.DOT, rect, look.color("primary"))

    def _paint_rule(self, painter: QPainter) -> None:
        if not self._rule_text or not self._signals:
            return
        look = self._look
        at = self.point(max(self._signals))
        runs = [Run(self._rule_text, True)]
        font = look.font(CAPITAL_SMALL_MM)
        width = text_width(runs, font) + 2
        left = min(max(0.0, at.x() - width + look.mm(2)), self.width() - width)
        top = at.y() - look.mm(9)
        if top < 0:
            top = at.y() + look.mm(3)
        paint_line(painter, QRectF(left, top, width, look.mm(6)), runs, font, look.color("text"),
                   bold_color=look.color("alarm"))  # fmt: skip

    def _area(self) -> tuple[QRectF, float, float]:
        look = self._look
        shown = [v for v in self._values if math.isfinite(v)] + [line.value for line in self._lines]
        low, high = min(shown), max(shown)
        if len(self._lines) > 1:
            # one gross value must not press lines and curve into one stroke: it stays at the edge
            ends = [line.value for line in self._lines]
            room = max(ends) - min(ends)
            low, high = max(low, min(ends) - room), min(high, max(ends) + room)
        pad = (high - low) * 0.12 or 1.0
        font = look.font(CAPITAL_SMALL_MM)
        labels = max((text_width(line.label, font) for line in self._lines), default=0.0)
        side = look.mm(3)
        right = labels + look.mm(5) if labels else side
        area = QRectF(self.rect()).adjusted(side, look.mm(5), -right, -look.mm(2))
        return area, low - pad, high + pad

    @staticmethod
    def _y(area: QRectF, low: float, high: float, value: float) -> float:
        return area.bottom() - area.height() * (min(high, max(low, value)) - low) / (high - low)
