"""How a trend is painted: limits, grid and hatched gaps behind the curves, the curves, and states as bands.

Everything is painted in pixels on one surface, so hatching keeps its angle, nothing is created or destroyed from one frame
to the next, and a lane costs nothing but what is drawn in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from widgets.text import Run, paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look
from widgets.trend_axis import Axis, Lane, TrendPen, grid_values
from widgets.trend_canvas import Frame
from widgets.trend_gaps import gap_regions, paint_hatch
from widgets.trend_series import Gap
from widgets.trend_states import StateSpan, state_name

ANCHOR_S: Final = 3600.0
"""Hatching that is not held by its gap's edge is held by the full hour: near enough to be exact in a float."""
PALE_ALPHA: Final = 130
WIDTH_MM: Final = 0.42
"""How thick a calm line is; one that fills the picture is a pixel thick, for broader ones cost many times more."""
_STYLES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class TrendPainter:
    """Paints a `Frame` up to the curves; `names_of` gives the names of a pen's states."""

    def __init__(
        self,
        look: Look,
        frame: Frame,
        color_of: Callable[[str], str],
        names_of: Callable[[str], Mapping[int, str]],
    ) -> None:
        self._look, self._frame, self._color_of, self._names_of = look, frame, color_of, names_of
        self._small = look.font(CAPITAL_SMALL_MM)

    def paint(self, painter: QPainter) -> None:
        """Everything but the texts around the lanes."""
        for lane in self._frame.lanes:
            if lane.is_states:
                self._paint_gaps(painter, lane)
                self._paint_states(painter, lane)
                continue
            for axis in lane.axes:
                for pen in axis.pens:
                    self._paint_limits(painter, lane, axis, pen)
            self._paint_grid(painter, lane)
            self._paint_gaps(painter, lane)
            self._paint_curves(painter, lane)

    def style_of(self, pen: TrendPen) -> Qt.PenStyle:
        """Curves that share a lane differ in their dashes as well as in colour; a pale one is dashed."""
        if pen.pale:
            return Qt.PenStyle.DashLine
        lane = next(lane for lane in self._frame.lanes if pen in lane.pens)
        return _STYLES[lane.pens.index(pen) % len(_STYLES)]

    def ink_of(self, pen: TrendPen) -> QColor:
        """A pen's colour, lighter where it is the second of two."""
        color = QColor(self._color_of(pen.key))
        if pen.pale:
            color.setAlpha(PALE_ALPHA)
        return color

    def _paint_limits(self, painter: QPainter, lane: Lane, axis: Axis, pen: TrendPen) -> None:
        look, rect = self._look, lane.rect
        if pen.lower_limit is not None or pen.upper_limit is not None:
            top = rect.top() if pen.upper_limit is None else lane.y(pen.upper_limit, axis)
            bottom = rect.bottom() if pen.lower_limit is None else lane.y(pen.lower_limit, axis)
            painter.fillRect(QRectF(rect.left(), top, rect.width(), bottom - top), look.color("limits_band"))
        painter.setPen(QPen(look.color("strong_line"), max(1.0, look.mm(0.3)), Qt.PenStyle.DashLine))
        for limit in (pen.low_alarm, pen.high_alarm):
            if limit is not None and axis.bottom <= limit <= axis.top:
                y = round(lane.y(limit, axis)) + 0.5
                painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))

    def _paint_grid(self, painter: QPainter, lane: Lane) -> None:
        look, rect = self._look, lane.rect
        if self._frame.compact:
            painter.setPen(QPen(look.color("strong_line"), 1))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            return
        painter.setPen(QPen(look.color("line"), 1))
        axis = lane.axes[0]
        for value in grid_values(axis, rect.height()):
            y = round(lane.y(value, axis)) + 0.5
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))

    def _paint_curves(self, painter: QPainter, lane: Lane) -> None:
        painter.save()
        painter.setClipRect(lane.rect.adjusted(0, -1, 0, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in lane.pens:
            line = self._frame.lines.get(pen.key)
            if line is None:
                continue
            # dashes and soft edges of a line that goes up and down in every pixel cost much and show nothing
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, line.calm)
            style = self.style_of(pen) if line.calm else Qt.PenStyle.SolidLine
            width = max(1.3, self._look.mm(WIDTH_MM)) if line.calm else 1.0
            painter.setPen(QPen(self.ink_of(pen), width, style))
            painter.drawPath(line.path)
        painter.restore()

    def _paint_gaps(self, painter: QPainter, lane: Lane) -> None:
        look = self._look
        color = look.color("strong_line")
        color.setAlpha(110)
        pen = QPen(color, max(1.0, look.mm(0.35)))
        for region in gap_regions(lane.gaps):
            self._paint_gap(painter, lane, region, pen)

    def _paint_gap(self, painter: QPainter, lane: Lane, region: Gap, pen: QPen) -> None:
        look, frame, rect = self._look, self._frame, lane.rect
        left = max(rect.left(), frame.x(region.start_s))
        right = min(rect.right(), frame.x(frame.lasting_until_s if region.end_s is None else region.end_s))
        right = max(right, left + 1)
        if left > rect.right():
            return
        # stripes are anchored to time so they move with the curve; what began before the picture has no edge to hold on to
        anchor_s = region.start_s if region.start_s >= frame.start_s else frame.end_s // ANCHOR_S * ANCHOR_S
        area = QRectF(left, rect.top(), right - left, rect.height())
        paint_hatch(painter, area, pen, look.mm(2.4), frame.x(anchor_s))
        wide = text_width(region.reason, self._small) < right - left
        if not frame.compact and not lane.is_states and region.reason and wide:
            label = QRectF(left, rect.bottom() - look.mm(5), right - left, look.mm(5))
            painter.fillRect(label.adjusted(-1, 1, 1, 1), look.color("card"))
            paint_line(painter, label, region.reason, self._small, look.color("second"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_states(self, painter: QPainter, lane: Lane) -> None:
        (pen,) = lane.pens
        names = self._names_of(pen.key)
        painter.save()
        painter.setClipRect(lane.rect)
        for span in self._frame.states.get(pen.key, ()):
            self._paint_state(painter, lane, span, pen, state_name(names, span.code))
        painter.restore()

    def _paint_state(self, painter: QPainter, lane: Lane, span: StateSpan, pen: TrendPen, name: str) -> None:
        look, frame, rect = self._look, self._frame, lane.rect
        left = max(rect.left() - 4, frame.x(span.start_s))
        right = min(rect.right() + 4, frame.x(frame.lasting_until_s if span.end_s is None else span.end_s))
        if right <= left:
            return
        box = QRectF(left, rect.top(), max(1.0, right - left), rect.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = self.ink_of(pen)
        # neighbours differ in how dark they are; the name says which it is
        fill.setAlpha(20 if span.code is None else (30, 95, 60, 125)[span.code % 4])
        painter.fillRect(box, fill)
        painter.setPen(QPen(look.color("strong_line"), 1))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        room = box.intersected(rect).adjusted(look.mm(1.4), 0, -look.mm(0.6), 0)
        if room.width() > look.mm(4):
            paint_line(painter, room, [Run(name)], self._small, look.color("text"))
