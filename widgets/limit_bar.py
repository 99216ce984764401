"""Limits drawn as a band before any value is there, and a marker that shows where the value lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.text import fitting_font, paint_line
from widgets.theme import CAPITAL_SMALL_MM, Look


@dataclass(frozen=True)
class Limits:
    """Lower and upper limit, either may be missing, with the texts to show for them ("11.0", "≤ 1.6")."""

    lower: float | None = None
    upper: float | None = None
    lower_text: str = ""
    upper_text: str = ""

    def __post_init__(self) -> None:
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"lower limit {self.lower} is above the upper limit {self.upper}")

    def span(self) -> tuple[float, float]:
        """The range that a bar or an axis shows: the limits and as much again on either side."""
        if self.lower is not None and self.upper is not None:
            width = (self.upper - self.lower) or abs(self.upper) * 0.1 or 1.0
            return self.lower - width, self.upper + width
        if self.upper is not None:
            size = abs(self.upper) or 1.0
            return self.upper - size, self.upper + size * 0.5
        if self.lower is not None:
            size = abs(self.lower) or 1.0
            return self.lower - size * 0.5, self.lower + size
        return 0.0, 1.0


class Marker(Enum):
    """How the value is marked."""

    NONE = "none"
    INSIDE = "inside"
    OUTSIDE = "outside"


class LimitBar(QWidget):
    """The band of allowed values with a triangle for a value inside and a red diamond for one outside.

    A value beyond the drawn range stays at the end of the bar with an arrow that points on. Whether a
    value is outside is told by the owner (rounding is a rule of the plan); without that it is compared.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._limits = Limits()
        self._value: float | None = None
        self._outside = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_limits(self, limits: Limits) -> None:
        """Draw other limits; the value stays."""
        self._limits = limits
        self._describe()

    def set_value(self, value: float | None, outside: bool | None = None) -> None:
        """Mark a value, or none. `outside` overrules the plain comparison with the limits."""
        self._value = value
        self._outside = False
        if value is not None:
            lower, upper = self._limits.lower, self._limits.upper
            compared = (lower is not None and value < lower) or (upper is not None and value > upper)
            self._outside = compared if outside is None else outside
        self._describe()

    @property
    def marker(self) -> Marker:
        """What marks the value at present."""
        if self._value is None:
            return Marker.NONE
        return Marker.OUTSIDE if self._outside else Marker.INSIDE

    def fraction(self) -> float | None:
        """Where the marker is along the bar: 0 left, 1 right; beyond the range it stays at the end."""
        if self._value is None:
            return None
        return min(1.0, max(0.0, self._position(self._value)))

    def overflow(self) -> int:
        """-1 when the value lies left of the drawn range, 1 right of it, else 0."""
        if self._value is None:
            return 0
        position = self._position(self._value)
        return -1 if position < 0 else 1 if position > 1 else 0

    def sizeHint(self) -> QSize:
        """As wide as it is given; marker, bar and labels high."""
        return QSize(self._look.mm(76), self._look.mm(15))

    def minimumSizeHint(self) -> QSize:
        """Both labels still fit at 45 mm."""
        return QSize(self._look.mm(45), self._look.mm(15))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, band, limit lines, labels and the marker."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = self._track()
        self._paint_band(painter, track)
        self._paint_labels(painter, track)
        self._paint_marker(painter, track)
        painter.end()

    def _track(self) -> QRectF:
        look = self._look
        side = look.mm(3.4)
        return QRectF(side, look.mm(5.2), self.width() - 2 * side, look.mm(3.2))

    def _paint_band(self, painter: QPainter, track: QRectF) -> None:
        look, limits = self._look, self._limits
        outline = QPainterPath()
        outline.addRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(track, look.color("track"))
        if limits.lower is not None or limits.upper is not None:
            left = track.left() if limits.lower is None else self._x(track, limits.lower)
            right = track.right() if limits.upper is None else self._x(track, limits.upper)
            painter.fillRect(QRectF(left, track.top(), right - left, track.height()), look.color("limits"))
        painter.restore()
        tick = max(2.0, look.mm(0.6))
        for limit in (limits.lower, limits.upper):
            if limit is not None:
                x = self._x(track, limit)
                painter.fillRect(
                    QRectF(x - tick / 2, track.top() - look.mm(0.7), tick, track.height() + look.mm(1.4)),
                    look.color("text"),
                )

    def _paint_labels(self, painter: QPainter, track: QRectF) -> None:
        look, limits = self._look, self._limits
        font = look.font(CAPITAL_SMALL_MM + 0.2)
        top = track.bottom() + look.mm(0.8)
        both = limits.lower is not None and limits.upper is not None
        for limit, text, low in (
            (limits.lower, limits.lower_text, True),
            (limits.upper, limits.upper_text, False),
        ):
            if limit is None or not text:
                continue
            x = self._x(track, limit)
            middle = track.center().x()
            room = 2 * (middle - look.mm(1) - x if low else x - middle - look.mm(1)) if both else self.width()
            used = fitting_font(font, text, min(self.width(), max(room, look.mm(17))))
            width = QFontMetricsF(used).horizontalAdvance(text) + 2
            left = min(max(0.0, x - width / 2), self.width() - width)
            if both:
                left = min(left, middle - look.mm(0.8) - width) if low else max(left, middle + look.mm(0.8))
            rect = QRectF(max(0.0, left), top, width, look.mm(5.4))
            paint_line(painter, rect, text, used, look.color("text"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_marker(self, painter: QPainter, track: QRectF) -> None:
        fraction = self.fraction()
        if fraction is None:
            return
        look = self._look
        x = track.left() + track.width() * fraction
        size = look.mm(4.4 if self._outside else 4.0)
        color = look.color("alarm" if self._outside else "primary")
        top = track.top() - look.mm(1.1) - size
        direction = self.overflow()
        if direction:
            arrow = look.mm(2.4)
            tip = x + direction * look.mm(3.4)
            middle = track.center().y()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(
                [
                    QPointF(tip, middle),
                    QPointF(tip - direction * arrow, middle - arrow),
                    QPointF(tip - direction * arrow, middle + arrow),
                ]
            )
        mark = QRectF(min(max(0.0, x - size / 2), self.width() - size), max(0.0, top), size, size)
        paint_shape(painter, Shape.DIAMOND if self._outside else Shape.DOWN, mark, color)

    def _position(self, value: float) -> float:
        low, high = self._limits.span()
        return (value - low) / (high - low)

    def _x(self, track: QRectF, value: float) -> float:
        return track.left() + track.width() * min(1.0, max(0.0, self._position(value)))

    def _describe(self) -> None:
        parts = [text for text in (self._limits.lower_text, self._limits.upper_text, self.marker.value) if text]
        self.setAccessibleName(", ".join(parts))
        self.update()
