"""How a trend is painted: grid, limit bands and hatched gaps behind the curves; texts and marks above.

pyqtgraph draws the curves only; everything else is painted here in pixels, so hatching keeps its angle, texts
are never cut at the edges, and nothing is created or destroyed from one frame to the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets.shapes import Shape, paint_shape
from widgets.text import Run, Text, paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look
from widgets.trend_gaps import gap_regions, paint_hatch
from widgets.trend_series import Gap
from widgets.trend_time import clock_text, ticks_s

MARKS_MM = 5.0
"""Height of the marks' row, taken only while there are marks."""
ANCHOR_S = 3600.0
"""Hatching that is not held by its gap's edge is held by the full hour: near enough to be exact in a float."""


@dataclass(frozen=True)
class TrendPen:
    """One curve: `key` names it in `append`, curves of one `unit` share an axis; limits are in that unit.

    `color` as "#RRGGBB" keeps its colour whichever others are shown; empty: by its place among them.
    """

    key: str
    name: str
    unit: str
    lower_limit: float | None = None
    upper_limit: float | None = None
    color: str = ""


@dataclass(frozen=True)
class Band:
    """A stretch of time with a name at the top: a unit or a step. `end_s` None: still going on."""

    start_s: float
    end_s: float | None
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Mark:
    """An event on the marks' row. `color` is a palette name."""

    time_s: float
    text: str
    shape: Shape = Shape.SQUARE
    color: str = "running"


@dataclass
class Lane:
    """One axis: the curves of one unit, one above the other lanes."""

    unit: str
    pens: list[TrendPen]
    box: pg.ViewBox
    bottom: float = 0.0
    top: float = 1.0
    step: float = 0.5
    gaps: list[Gap] = field(default_factory=list)

    def rect(self) -> QRectF:
        """Where the lane lies, in px of the canvas."""
        return QRectF(self.box.sceneBoundingRect())

    def y(self, value: float) -> float:
        """Height of a value on the canvas in px."""
        rect = self.rect()
        share = (value - self.bottom) / ((self.top - self.bottom) or 1.0)
        return rect.bottom() - rect.height() * min(1.0, max(0.0, share))


@dataclass
class Frame:
    """All that one drawing of the trend shows."""

    lanes: list[Lane]
    start_s: float = 0.0
    end_s: float = 60.0
    bands: tuple[tuple[Band, ...], ...] = ()
    marks: tuple[Mark, ...] = ()
    cursor_s: float | None = None
    cursor_lines: tuple[Text, ...] = ()
    now_text: str = ""
    compact: bool = False
    now_s: float = math.inf

    @property
    def lasting_until_s(self) -> float:
        """Where something that goes on ends on the picture: at the present, or at the right edge before it."""
        return min(self.end_s, self.now_s)

    def x(self, time_s: float) -> float:
        """Where an instant lies on the canvas in px."""
        rect = self.lanes[0].rect()
        return rect.left() + rect.width() * (time_s - self.start_s) / (self.end_s - self.start_s)

    def time_at(self, x_px: float) -> float:
        """The instant at a place on the canvas."""
        rect = self.lanes[0].rect()
        return self.start_s + (self.end_s - self.start_s) * (x_px - rect.left()) / max(1.0, rect.width())


class TrendPainter:
    """Paints a `Frame` around and behind the curves."""

    def __init__(self, look: Look, frame: Frame, color_of: Callable[[str], str]) -> None:
        self._look, self._frame, self._color_of = look, frame, color_of
        self._small = look.font(CAPITAL_SMALL_MM)

    def margins_px(self) -> tuple[int, int, int, int]:
        """Room around the lanes: left for values, top for bands and marks, right, bottom for times."""
        mm = self._look.mm
        if self._frame.compact:
            return mm(0.2), mm(0.6), mm(0.2), mm(5.6)
        rows = len(self._frame.bands)
        top = (mm(7.6) if rows else 0) + mm(6.6) * max(0, rows - 1) + mm(1.5)
        top += mm(MARKS_MM) if self._frame.marks else 0
        return mm(15), top, mm(3), mm(8)

    def title_px(self) -> int:
        """Room above each lane for its title."""
        return 0 if self._frame.compact else self._look.mm(10)

    def paint_behind(self, painter: QPainter) -> None:
        """Grid, limits and gaps."""
        look, frame = self._look, self._frame
        for lane in frame.lanes:
            rect = lane.rect()
            for pen in lane.pens:
                self._paint_limits(painter, lane, pen, rect)
            if not frame.compact:
                painter.setPen(QPen(look.color("line"), 1))
                for value in lane_ticks(lane):
                    y = round(lane.y(value)) + 0.5
                    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            else:
                painter.setPen(QPen(look.color("strong_line"), 1))
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            self._paint_gaps(painter, lane, rect)

    def paint_above(self, painter: QPainter) -> None:
        """Texts, bands, marks and the cursor."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._frame.compact:
            self._paint_ends(painter)
        else:
            for lane in self._frame.lanes:
                self._paint_lane_texts(painter, lane)
            self._paint_times(painter)
            self._paint_bands(painter)
            self._paint_marks(painter)
        self._paint_cursor(painter)

    def paint_focus(self, painter: QPainter, rect: QRectF) -> None:
        """A ring around the whole trend."""
        width = max(2.0, self._look.mm(0.7))
        painter.setPen(QPen(self._look.color("primary"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), half * 3, half * 3)

    def _paint_limits(self, painter: QPainter, lane: Lane, pen: TrendPen, rect: QRectF) -> None:
        if pen.lower_limit is None and pen.upper_limit is None:
            return
        top = rect.top() if pen.upper_limit is None else lane.y(pen.upper_limit)
        bottom = rect.bottom() if pen.lower_limit is None else lane.y(pen.lower_limit)
        painter.fillRect(QRectF(rect.left(), top, rect.width(), bottom - top), self._look.color("limits_band"))

    def _paint_gaps(self, painter: QPainter, lane: Lane, rect: QRectF) -> None:
        look = self._look
        color = look.color("strong_line")
        color.setAlpha(110)
        pen = QPen(color, max(1.0, look.mm(0.35)))
        for region in gap_regions(lane.gaps):
            self._paint_gap(painter, rect, region, pen)

    def _paint_gap(self, painter: QPainter, rect: QRectF, region: Gap, pen: QPen) -> None:
        look, frame = self._look, self._frame
        left = max(rect.left(), frame.x(region.start_s))
        right = min(rect.right(), frame.x(frame.lasting_until_s if region.end_s is None else region.end_s))
        right = max(right, left + 1)
        # stripes are anchored to time so they move with the curve; what began before the picture has no edge to hold on to
        anchor_s = region.start_s if region.start_s >= frame.start_s else frame.end_s // ANCHOR_S * ANCHOR_S
        area = QRectF(left, rect.top(), right - left, rect.height())
        paint_hatch(painter, area, pen, look.mm(2.4), frame.x(anchor_s))
        if not frame.compact and region.reason and text_width(region.reason, self._small) < right - left:
            label = QRectF(left, rect.bottom() - look.mm(5), right - left, look.mm(5))
            painter.fillRect(label.adjusted(-1, 1, 1, 1), look.color("card"))
            paint_line(painter, label, region.reason, self._small, look.color("second"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_lane_texts(self, painter: QPainter, lane: Lane) -> None:
        look, rect = self._look, lane.rect()
        font = look.font(CAPITAL_SMALL_MM)
        x = rect.left()
        height = look.mm(6)
        top = rect.top() - look.mm(7.6)
        for pen in lane.pens:
            sample = QRectF(x, top + height / 2 - look.mm(1.2), look.mm(5), look.mm(2.4))
            painter.setPen(QPen(pg.mkColor(self._color_of(pen.key)), max(1.5, look.mm(0.5)), self.style_of(pen)))
            painter.drawLine(QPointF(sample.left(), sample.center().y()), QPointF(sample.right(), sample.center().y()))
            x = sample.right() + look.mm(1.6)
            last = pen is lane.pens[-1]
            runs = [Run(pen.name, True), *([Run(f" {pen.unit}")] if last and pen.unit else [])]
            area = QRectF(x, top, max(0.0, rect.right() - x), height)
            x += paint_line(painter, area, runs, font, look.color("muted"), bold_color=look.color("text"))
            x += look.mm(5)
        for value in lane_ticks(lane):
            y = lane.y(value)
            label = QRectF(0, y - look.mm(3), rect.left() - look.mm(2), look.mm(6))
            text = tick_text(value, lane.step)
            paint_line(painter, label, text, self._small, look.color("muted"), Qt.AlignmentFlag.AlignRight)

    def style_of(self, pen: TrendPen) -> Qt.PenStyle:
        """Curves that share a lane differ in their dashes as well as in colour."""
        lane = next(lane for lane in self._frame.lanes if pen in lane.pens)
        styles = (
            Qt.PenStyle.SolidLine,
            Qt.PenStyle.DashLine,
            Qt.PenStyle.DotLine,
            Qt.PenStyle.DashDotLine,
        )
        return styles[lane.pens.index(pen) % len(styles)]

    def _paint_times(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[-1].rect()
        span = frame.end_s - frame.start_s
        width = text_width("00:00:00" if span < 600 else "00:00", self._small)
        most = max(1, int(rect.width() / (width + look.mm(10))))
        for tick in ticks_s(frame.start_s, frame.end_s, most):
            x = frame.x(tick)
            left = min(max(0.0, x - width / 2), rect.right() + look.mm(3) - width - 2)
            painter.setPen(QPen(look.color("strong_line"), 1))
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x, rect.bottom() + look.mm(1.2)))
            label = QRectF(left, rect.bottom() + look.mm(1.6), width + 2, look.mm(5))
            paint_line(painter, label, clock_text(tick, span), self._small, look.color("muted"))

    def _paint_ends(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[-1].rect()
        area = QRectF(rect.left(), rect.bottom() + look.mm(0.8), rect.width(), look.mm(4))
        paint_line(painter, area, clock_text(frame.start_s), self._small, look.color("muted"))
        end = frame.now_text or clock_text(frame.end_s)
        paint_line(painter, area, end, self._small, look.color("muted"), Qt.AlignmentFlag.AlignRight)

    def _paint_bands(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[0].rect()
        top = float(look.mm(0.6))
        for row, bands in enumerate(frame.bands):
            height = look.mm(6.8 if row == 0 else 6.0)
            for band in bands:
                left = max(rect.left(), frame.x(band.start_s))
                right = min(rect.right(), frame.x(frame.lasting_until_s if band.end_s is None else band.end_s)) - 1
                if right - left < 2:
                    continue
                box = QRectF(left, top, right - left, height).adjusted(0.5, 0.5, -0.5, -0.5)
                painter.setPen(QPen(look.color("line"), 1))
                painter.setBrush(look.color("selected" if band.strong else "bar"))
                painter.drawRoundedRect(box, look.mm(0.8), look.mm(0.8))
                font = look.font(CAPITAL_SMALL_MM)
                inner = box.adjusted(look.mm(2), 0, -look.mm(1), 0)
                if inner.width() > look.mm(5):
                    paint_line(painter, inner, [Run(band.text, row == 0)], font, look.color("text"))
            top += height + look.mm(0.6)

    def _paint_marks(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        rect = frame.lanes[0].rect()
        side = look.mm(4)
        # a row of their own above the first lane's title, so that no mark hides a pen's name
        y = rect.top() - self.title_px() - look.mm(MARKS_MM) + look.mm(1.4)
        for mark in frame.marks:
            if frame.start_s <= mark.time_s <= frame.end_s:
                area = QRectF(frame.x(mark.time_s) - side / 2, y, side, side)
                paint_shape(painter, mark.shape, area, look.color(mark.color), look.color("on_warning"))

    def _paint_cursor(self, painter: QPainter) -> None:
        look, frame = self._look, self._frame
        if frame.cursor_s is None or not frame.start_s <= frame.cursor_s <= frame.end_s:
            return
        x = frame.x(frame.cursor_s)
        first, last = frame.lanes[0].rect(), frame.lanes[-1].rect()
        painter.setPen(QPen(look.color("text"), max(1.0, look.mm(0.35))))
        painter.drawLine(QPointF(x, first.top()), QPointF(x, last.bottom()))
        font = look.font(CAPITAL_SMALL_MM)
        line_height = QFontMetricsF(font).lineSpacing()
        width = max((text_width(line, font) for line in frame.cursor_lines), default=0) + look.mm(5)
        height = line_height * len(frame.cursor_lines) + look.mm(3)
        left = x + look.mm(2) if x + look.mm(2) + width < first.right() else x - look.mm(2) - width
        box = QRectF(max(0.0, left), first.top() + look.mm(2), width, height)
        painter.setPen(QPen(look.color("strong_line"), 1))
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(box, look.mm(1), look.mm(1))
        for row, line in enumerate(frame.cursor_lines):
            area = QRectF(box.left() + look.mm(2.5), box.top() + look.mm(1.5) + row * line_height, width, line_height)
            paint_line(painter, area, line, font, look.color("second"), bold_color=look.color("text"))


def lane_ticks(lane: Lane) -> Sequence[float]:
    """The values with a grid line."""
    count = round((lane.top - lane.bottom) / lane.step)
    every = 2 if lane.rect().height() < 26 * count else 1
    return [lane.bottom + i * lane.step for i in range(0, count + 1, every)]


def tick_text(value: float, step: float) -> str:
    """A value with as many decimals as the step between grid lines needs."""
    decimals = max(0, min(6, -_exponent(step)))
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _exponent(step: float) -> int:
    mantissa, exponent = f"{step:.6e}".split("e")
    digits = len(mantissa.rstrip("0").rstrip(".").replace(".", "")) - 1
    return int(exponent) - digits
