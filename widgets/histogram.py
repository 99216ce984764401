"""A histogram of readings with the specification limits and the fitted normal curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.control_chart_values import FloatArray
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look

CURVE_POINTS = 120


@dataclass(frozen=True, slots=True)
class SpecificationLine:
    """A line through the histogram with its label ("LSL 19.987").

    ``side`` is -1 for a lower limit, 1 for an upper one, 0 for the target, which is drawn dashed.
    """

    value: float
    label: str
    side: int = 0


@dataclass(frozen=True, slots=True)
class FittedCurve:
    """A normal curve scaled to the readings; ``dashed`` for the overall spread beside that within subgroups."""

    mean: float
    sigma: float
    dashed: bool = False


class Histogram(QWidget):
    """Bars of ``counts`` between neighbouring ``edges`` (shape (bars + 1,)). What lies outside a limit is drawn hatched."""

    def __init__(self, look: Look, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._empty_text = look, empty_text
        self._edges: FloatArray = np.zeros(0)
        self._counts: FloatArray = np.zeros(0)
        self._lines: tuple[SpecificationLine, ...] = ()
        self._curves: tuple[FittedCurve, ...] = ()
        self._decimals = 3
        self.setAccessibleName(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_histogram(
        self,
        edges: FloatArray,
        counts: FloatArray,
        lines: tuple[SpecificationLine, ...] = (),
        curves: tuple[FittedCurve, ...] = (),
        description: str = "",
        decimals: int = 3,
    ) -> None:
        """Show these bars; empty arrays show the empty text."""
        if len(edges) and len(edges) != len(counts) + 1:
            raise ValueError(f"{len(counts)} bars need {len(counts) + 1} edges, not {len(edges)}")
        self._edges, self._counts = edges, counts
        self._lines, self._decimals = lines, decimals
        self._curves = tuple(curve for curve in curves if curve.sigma > 0)
        self.setAccessibleName(description or self._empty_text)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide and tall as it is given."""
        return QSize(self._look.mm(100), self._look.mm(60))

    def minimumSizeHint(self) -> QSize:
        """Bars and labels can still be told apart."""
        return QSize(self._look.mm(50), self._look.mm(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, curves, lines and their labels."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self._counts):
            font = look.font(CAPITAL_SMALL_MM + 0.5)
            middle = Qt.AlignmentFlag.AlignHCenter
            paint_line(painter, QRectF(self.rect()), self._empty_text, font, look.color("muted"), middle)
        else:
            area = QRectF(self.rect()).adjusted(look.mm(2), look.mm(12), -look.mm(2), -look.mm(7))
            low, high = self._span()
            self._paint_bars(painter, area, low, high)
            for curve in self._curves:
                self._paint_curve(painter, area, low, high, curve)
            self._paint_lines(painter, area, low, high)
            self._paint_axis(painter, area)
        painter.end()

    def _span(self) -> tuple[float, float]:
        """From left to right: all readings, all lines, and most of the curves."""
        values = [float(self._edges[0]), float(self._edges[-1]), *(line.value for line in self._lines)]
        low, high = min(values), max(values)
        room = (high - low) * 0.06 or 1.0
        return low - room, high + room

    def _highest(self) -> float:
        total, width = float(self._counts.sum()), float(self._edges[1] - self._edges[0])
        tops = [total * width / (curve.sigma * math.sqrt(2 * math.pi)) for curve in self._curves]
        most = float(self._counts.max())
        # a curve that is far narrower than the bars must not press them to the floor
        return max(most, min(max(tops, default=0.0), most * 2)) * 1.05 or 1.0

    def _paint_bars(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        look, most = self._look, self._highest()
        painter.setPen(QPen(look.color("card"), 1.0))
        for place, count in enumerate(self._counts):
            left, right = (self._x(area, low, high, float(self._edges[place + side])) for side in (0, 1))
            height = area.height() * float(count) / most
            rect = QRectF(left, area.bottom() - height, right - left, height)
            painter.setBrush(look.color("limits"))
            painter.drawRect(rect)
            if self._outside(place):
                painter.fillRect(rect, QBrush(look.color("alarm"), Qt.BrushStyle.BDiagPattern))

    def _outside(self, place: int) -> bool:
        """Whether a bar lies outside a limit as a whole."""
        left, right = float(self._edges[place]), float(self._edges[place + 1])
        return any(
            (line.side < 0 and right <= line.value) or (line.side > 0 and left >= line.value) for line in self._lines
        )

    def _paint_curve(self, painter: QPainter, area: QRectF, low: float, high: float, curve: FittedCurve) -> None:
        look, most = self._look, self._highest()
        total, width = float(self._counts.sum()), float(self._edges[1] - self._edges[0])
        values = np.linspace(low, high, CURVE_POINTS)
        density = np.exp(-0.5 * ((values - curve.mean) / curve.sigma) ** 2) / (curve.sigma * math.sqrt(2 * math.pi))
        heights = np.minimum(density * total * width / most, 1.0) * area.height()
        style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(look.color("second" if curve.dashed else "primary"), max(1.4, look.mm(0.5)), style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [
            QPointF(self._x(area, low, high, float(value)), area.bottom() - float(height))
            for value, height in zip(values, heights, strict=True)
        ]
        painter.drawPolyline(QPolygonF(points))

    def _paint_lines(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        """Limits and target with their labels above; the target's steps up where it would lie over another."""
        look, font = self._look, self._look.font(CAPITAL_SMALL_MM)
        taken: list[QRectF] = []
        for line in sorted(self._lines, key=lambda each: each.side == 0):
            x = self._x(area, low, high, line.value)
            style = Qt.PenStyle.DashLine if line.side == 0 else Qt.PenStyle.SolidLine
            painter.setPen(QPen(look.color("second" if line.side == 0 else "text"), max(1.2, look.mm(0.45)), style))
            painter.drawLine(QPointF(x, area.top() - look.mm(1)), QPointF(x, area.bottom()))
            width = text_width(line.label, font) + 2
            left = min(max(0.0, x - width / 2), self.width() - width)
            rect = QRectF(left, area.top() - look.mm(6.2), width, look.mm(5))
            if any(rect.adjusted(-look.mm(1), 0, look.mm(1), 0).intersects(other) for other in taken):
                rect.moveTop(area.top() - look.mm(11.4))
            paint_line(painter, rect, line.label, font, look.color("text"))
            taken.append(rect)

    def _paint_axis(self, painter: QPainter, area: QRectF) -> None:
        look, font = self._look, self._look.font(CAPITAL_SMALL_MM)
        painter.setPen(QPen(look.color("strong_line"), 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        low, high = self._span()
        ends = (float(self._edges[0]), float(self._edges[-1]))
        labels = [f"{value:.{self._decimals}f}" for value in ends]
        widths = [text_width(label, font) + 2 for label in labels]
        centers = [self._x(area, low, high, value) for value in ends]
        lefts = side_by_side((centers[0], centers[1]), (widths[0], widths[1]), self.width(), look.mm(2))
        for label, left, width in zip(labels, lefts, widths, strict=True):
            place = QRectF(left, area.bottom() + look.mm(1.2), width, look.mm(5))
            paint_line(painter, place, label, font, look.color("muted"))

    @staticmethod
    def _x(area: QRectF, low: float, high: float, value: float) -> float:
        return area.left() + area.width() * (value - low) / (high - low)


def side_by_side(
    centers: tuple[float, float], widths: tuple[float, float], room_px: float, gap_px: float
) -> tuple[float, float]:
    """Where two labels begin: centred, moved apart as far as they would lie over each other, and within the room."""
    first, second = (center - width / 2 for center, width in zip(centers, widths, strict=True))
    excess = first + widths[0] + gap_px - second
    if excess > 0:
        first, second = first - excess / 2, second + excess / 2
    first = max(0.0, first)
    second = min(max(second, first + widths[0] + gap_px), room_px - widths[1])
    return min(first, second - gap_px - widths[0]), second
