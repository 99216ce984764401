"""The words of a trend: titles, values and times at the axes, bands and marks at the top, cursors with what they read."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets.shapes import paint_shape
from widgets.text import Run, paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look
from widgets.trend_axis import Axis, Lane, grid_values, tick_text
from widgets.trend_canvas import GUTTER_MM, Cursor, Frame
from widgets.trend_painter import TrendPainter
from widgets.trend_time import clock_text, day_text, relative_text, ticks_s


class TrendCaptions:
    """Paints a `Frame`'s words over its curves."""

    def __init__(self, look: Look, frame: Frame, painter: TrendPainter) -> None:
        self._look, self._frame, self._pens = look, frame, painter
        self._small = look.font(CAPITAL_SMALL_MM)

    def paint(self, painter: QPainter) -> None:
        """Texts, bands, marks and cursors."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._frame.compact:
            self._paint_ends(painter)
        else:
            for lane in self._frame.lanes:
                self._paint_title(painter, lane)
                for place, axis in enumerate(lane.axes if not lane.is_states else ()):
                    self._paint_values(painter, lane, axis, place)
            self._paint_times(painter)
            self._paint_bands(painter)
            self._paint_marks(painter)
        for cursor in self._frame.cursors:
            self._paint_cursor(painter, cursor)

    def paint_focus(self, painter: QPainter, rect: QRectF) -> None:
        """A ring around the whole trend."""
        width = max(2.0, self._look.mm(0.7))
        painter.setPen(QPen(self._look.color("primary"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), half * 3, half * 3)

    def _paint_title(self, painter: QPainter, lane: Lane) -> None:
        look, rect = self._look, lane.rect
        x, height = rect.left(), look.mm(6)
        top = rect.top() - look.mm(7.2)
        for axis in lane.axes:
            for pen in axis.pens:
                sample = QRectF(x, top + height / 2 - look.mm(1.2), look.mm(5), look.mm(2.4))
                painter.setPen(QPen(self._pens.ink_of(pen), max(1.5, look.mm(0.5)), self._pens.style_of(pen)))
                middle = sample.center().y()
                painter.drawLine(QPointF(sample.left(), middle), QPointF(sample.right(), middle))
                x = sample.right() + look.mm(1.6)
                last = pen is axis.pens[-1]
                runs = [Run(pen.name, True), *([Run(f" {pen.unit}")] if last and pen.unit else [])]
                area = QRectF(x, top, max(0.0, rect.right() - x), height)
                x += paint_line(painter, area, runs, self._small, look.color("muted"), bold_color=look.color("text"))
                x += look.mm(5)

    def _paint_values(self, painter: QPainter, lane: Lane, axis: Axis, place: int) -> None:
        look, rect = self._look, lane.rect
        right = rect.left() - look.mm(2) - place * look.mm(GUTTER_MM)
        for value in grid_values(axis, rect.height()):
            label = QRectF(right - look.mm(GUTTER_MM - 2), lane.y(value, axis) - look.mm(3), look.mm(GUTTER_MM - 2), 0)
            label.setHeight(look.mm(6))
            text = tick_text(value, axis.step)
            paint_line(painter, label, text, self._small, look.color("muted"), Qt.AlignmentFlag.AlignRight)
        if len(lane.axes) > 1 and axis.unit:
            unit = QRectF(right - look.mm(GUTTER_MM - 2), rect.top() - look.mm(7.2), look.mm(GUTTER_MM - 2), look.mm(5))
            ink = self._pens.ink_of(axis.pens[0])
            paint_line(painter, unit, [Run(axis.unit, True)], self._small, ink, Qt.AlignmentFlag.AlignRight)
        if axis.held or axis is self._frame.chosen_axis:
            color = "primary" if axis is self._frame.chosen_axis else "strong_line"
            bar = QRectF(right + look.mm(0.8), rect.top(), max(2.0, look.mm(0.6)), rect.height())
            painter.fillRect(bar, look.color(color))

    def _paint_times(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[-1].rect
        span = frame.end_s - frame.start_s
        zero_s = frame.zero_s

        def text_of(time_s: float) -> str:
            return clock_text(time_s, span) if zero_s is None else relative_text(time_s - zero_s, span)

        width = text_width(text_of(frame.start_s) + "0", self._small)
        most = max(1, int(rect.width() / (width + look.mm(10))))
        taken_px = self._paint_day(painter, rect) if zero_s is None and span < 2 * 86400 else 0.0
        for tick in ticks_s(frame.start_s, frame.end_s, most, zero_s):
            x = frame.x(tick)
            painter.setPen(QPen(look.color("strong_line"), 1))
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x, rect.bottom() + look.mm(1.2)))
            text = text_of(tick)
            wide = text_width(text, self._small)
            left = min(max(0.0, x - wide / 2), rect.right() + look.mm(3) - wide - 2)
            if left < taken_px:
                continue
            label = QRectF(left, rect.bottom() + look.mm(2.2), wide + 2, look.mm(5))
            paint_line(painter, label, text, self._small, look.color("muted"))

    def _paint_day(self, painter: QPainter, rect: QRectF) -> float:
        """The day of the left edge; how far it reaches."""
        look, text = self._look, day_text(self._frame.start_s)
        wide = text_width(text, self._small) + 2
        left = max(look.mm(1.8), rect.left() - look.mm(2) - wide)
        day = QRectF(left, rect.bottom() + look.mm(2.2), wide, look.mm(5))
        paint_line(painter, day, text, self._small, look.color("second"))
        return day.right() + look.mm(1.5)

    def _paint_ends(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[-1].rect
        area = QRectF(rect.left(), rect.bottom() + look.mm(0.8), rect.width(), look.mm(4))
        paint_line(painter, area, clock_text(frame.start_s), self._small, look.color("muted"))
        end = frame.now_text or clock_text(frame.end_s)
        paint_line(painter, area, end, self._small, look.color("muted"), Qt.AlignmentFlag.AlignRight)

    def _paint_bands(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        for row, bands in enumerate(frame.bands):
            for band in bands:
                box = frame.band_rect(look, row, band)
                if box.width() < 2:
                    continue
                box = box.adjusted(0.5, 0.5, -0.5, -0.5)
                painter.setPen(QPen(look.color("line"), 1))
                painter.setBrush(look.color("selected" if band.strong else "bar"))
                painter.drawRoundedRect(box, look.mm(0.8), look.mm(0.8))
                inner = box.adjusted(look.mm(2), 0, -look.mm(1), 0)
                if inner.width() > look.mm(5):
                    paint_line(painter, inner, [Run(band.text, row == 0)], self._small, look.color("text"))

    def _paint_marks(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        for mark in frame.marks:
            if frame.start_s <= mark.time_s <= frame.end_s:
                area = frame.mark_rect(look, mark)
                paint_shape(painter, mark.shape, area, look.color(mark.color), look.color("on_warning"))

    def _paint_cursor(self, painter: QPainter, cursor: Cursor) -> None:
        look, frame = self._look, self._frame
        if not frame.start_s <= cursor.time_s <= frame.end_s:
            return
        x, area = frame.x(cursor.time_s), frame.area
        painter.setPen(QPen(look.color("text"), max(1.0, look.mm(0.35))))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if cursor.name:
            self._paint_flag(painter, cursor.name, x, area.bottom())
        if not cursor.lines:
            return
        line_height = QFontMetricsF(self._small).lineSpacing()
        width = max(text_width(line, self._small) for line in cursor.lines) + look.mm(5)
        height = line_height * len(cursor.lines) + look.mm(3)
        left = x + look.mm(2) if x + look.mm(2) + width < area.right() else x - look.mm(2) - width
        box = QRectF(max(0.0, left), area.top() + look.mm(2), width, height)
        painter.setPen(QPen(look.color("strong_line"), 1))
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(box, look.mm(1), look.mm(1))
        for row, line in enumerate(cursor.lines):
            words = QRectF(box.left() + look.mm(2.5), box.top() + look.mm(1.5) + row * line_height, width, line_height)
            paint_line(painter, words, line, self._small, look.color("second"), bold_color=look.color("text"))

    def _paint_flag(self, painter: QPainter, name: str, x: float, bottom: float) -> None:
        """The cursor's name at its foot, large enough to be held."""
        look = self._look
        flag = QRectF(x - look.mm(3.4), bottom - look.mm(3.4), look.mm(6.8), look.mm(6.8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("primary"))
        painter.drawRoundedRect(flag, look.mm(1), look.mm(1))
        ink = look.color("on_primary")
        paint_line(painter, flag, [Run(name, True)], self._small, ink, Qt.AlignmentFlag.AlignHCenter, bold_color=ink)
