"""How one panel of a control chart is painted: zones, stepped limits, the curve, points, marks. Only what is in sight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from widgets.control_chart_values import ChartTexts, FloatArray, PanelValues, PointMark, runs, value_range
from widgets.shapes import Shape, paint_shape
from widgets.text import Run, paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look

LABEL_MM = 3.3
# members of a pattern may lie before the point that completes it, which may be out of sight
REACH = 16
# with less room than this a point is no mark of its own any more
CLOSE_PX = 3.0
CROWDED_MARK_MM = 2.0


@dataclass(frozen=True)
class Sight:
    """What is in sight: the points from ``first`` up to but not with ``stop``, the chosen one, those that are left out."""

    first: int
    stop: int
    selected: int | None = None
    excluded: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """How many points."""
        return self.stop - self.first


class PanelPainter:
    """Paints one panel into ``area`` (px); the labels of the limits stand at its right."""

    def __init__(self, look: Look, texts: ChartTexts, panel: PanelValues, area: QRectF, sight: Sight) -> None:
        self._look, self._texts, self._panel, self._area, self._sight = look, texts, panel, area, sight
        self._low, self._high = value_range(panel, sight.first, sight.stop)
        self._step = area.width() / max(1, sight.count)

    def x(self, index: float) -> float:
        """Where a point stands: each has the same room, its own in the middle."""
        return self._area.left() + (index - self._sight.first + 0.5) * self._step

    def y(self, value: float) -> float:
        """Where a value lies; one beyond the range stays at the edge."""
        share = (min(self._high, max(self._low, value)) - self._low) / (self._high - self._low)
        return self._area.bottom() - self._area.height() * share

    def paint(self, painter: QPainter) -> None:
        """Everything of the panel."""
        found = self._panel.marks.between(self._sight.first, self._sight.stop + REACH)
        marks = [mark for mark in found if mark.index not in self._sight.excluded]
        self._paint_zones(painter)
        if not self._crowded:
            self._paint_limits(painter)
        self._paint_selection(painter)
        self._paint_curve(painter, self._panel.points)
        if self._panel.lower is not None:
            self._paint_curve(painter, -self._panel.lower)
        if self._crowded:
            # the curve is a wide band: the limits would lie behind it
            self._paint_limits(painter)
        self._paint_points(painter, marks)
        self._paint_labels(painter)
        self._paint_rule(painter, marks)

    # --- ground ------------------------------------------------------------------------------------------------------

    def _runs(self, *arrays: FloatArray) -> list[tuple[int, int]]:
        first, stop = self._sight.first, self._sight.stop
        return [(first + a, first + b) for a, b in runs(*(array[first:stop] for array in arrays))]

    def _paint_zones(self, painter: QPainter) -> None:
        """Bands of one and two deviations about the centre, the inner one the lighter."""
        panel, deviation = self._panel, self._panel.deviation
        if deviation is None:
            return
        for first, stop in self._runs(panel.center, deviation, panel.lcl, panel.ucl):
            center, width = float(panel.center[first]), float(deviation[first])
            if not (math.isfinite(center) and math.isfinite(width) and width > 0):
                continue
            left, right = self.x(first - 0.5), self.x(stop - 0.5)
            lcl, ucl = float(panel.lcl[first]), float(panel.ucl[first])
            for times, alpha in ((3, 70), (2, 110), (1, 0)):
                low, high = center - times * width, center + times * width
                low = max(low, lcl) if math.isfinite(lcl) else low
                high = min(high, ucl) if math.isfinite(ucl) else high
                color = QColor(self._look.color("limits_band" if alpha else "card"))
                color.setAlpha(alpha or 255)
                painter.fillRect(QRectF(left, self.y(high), right - left, self.y(low) - self.y(high)), color)

    def _paint_limits(self, painter: QPainter) -> None:
        look = self._look
        thin = max(1.0, look.mm(0.35))
        for array, style, name in (
            (self._panel.center, Qt.PenStyle.SolidLine, "strong_line"),
            (self._panel.lcl, Qt.PenStyle.DashLine, "second"),
            (self._panel.ucl, Qt.PenStyle.DashLine, "second"),
        ):
            painter.setPen(QPen(look.color(name), thin, style))
            before: QPointF | None = None
            for first, stop in self._runs(array):
                value = float(array[first])
                if not math.isfinite(value):
                    before = None
                    continue
                start, end = QPointF(self.x(first - 0.5), self.y(value)), QPointF(self.x(stop - 0.5), self.y(value))
                painter.drawPolyline(QPolygonF([start, end] if before is None else [before, start, end]))
                before = end

    def _paint_selection(self, painter: QPainter) -> None:
        index = self._sight.selected
        if index is not None and self._sight.first <= index < self._sight.stop:
            painter.setPen(QPen(self._look.color("primary"), max(1.0, self._look.mm(0.3)), Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(self.x(index), self._area.top()), QPointF(self.x(index), self._area.bottom()))

    # --- curve and points --------------------------------------------------------------------------------------------

    def _paint_curve(self, painter: QPainter, values: FloatArray) -> None:
        first, stop = self._sight.first, self._sight.stop
        painter.setPen(QPen(self._look.color("primary"), 1.0 if self._crowded else max(1.2, self._look.mm(0.4))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._crowded:
            self._paint_columns(painter, values[first:stop])
            return
        line: list[QPointF] = []
        for index in range(first, stop):
            value = float(values[index])
            if math.isfinite(value) and index not in self._sight.excluded:
                line.append(QPointF(self.x(index), self.y(value)))
                continue
            if math.isnan(value):
                self._paint_gap(painter, index)
                painter.drawPolyline(QPolygonF(line))
                line = []
        painter.drawPolyline(QPolygonF(line))

    @property
    def _crowded(self) -> bool:
        return self._step < CLOSE_PX

    def _paint_columns(self, painter: QPainter, values: FloatArray) -> None:
        """More points than pixels: the lowest and the highest of each column."""
        columns = max(1, min(int(self._area.width()), len(values)))
        edges = np.linspace(0, len(values), columns + 1).astype(np.int64)[:-1]
        low = np.fmin.reduceat(np.where(np.isnan(values), np.inf, values), edges)
        high = np.fmax.reduceat(np.where(np.isnan(values), -np.inf, values), edges)
        width = self._area.width() / columns
        for column in range(columns):
            if low[column] <= high[column]:
                x = self._area.left() + (column + 0.5) * width
                top, bottom = self.y(float(high[column])), self.y(float(low[column]))
                painter.drawLine(QPointF(x, top), QPointF(x, max(bottom, top + 1)))

    def _paint_gap(self, painter: QPainter, index: int) -> None:
        """A missing point: a short stroke at the foot of the panel."""
        painter.save()
        painter.setPen(QPen(self._look.color("muted"), max(1.0, self._look.mm(0.5))))
        half = min(self._step * 0.35, self._look.mm(1.4))
        y = self._area.bottom() - self._look.mm(0.8)
        painter.drawLine(QPointF(self.x(index) - half, y), QPointF(self.x(index) + half, y))
        painter.restore()

    def _paint_points(self, painter: QPainter, marks: Sequence[PointMark]) -> None:
        sight = self._sight
        broken = {(mark.index, mark.lower): mark for mark in marks if sight.first <= mark.index < sight.stop}
        members = {(member, mark.lower) for mark in marks if not mark.warning for member in mark.members}
        curves = [(False, self._panel.points)]
        if self._panel.lower is not None:
            curves.append((True, -self._panel.lower))
        for lower, values in curves:
            wanted = self._apart(broken, lower) if self._crowded else range(sight.first, sight.stop)
            for index in wanted:
                value = float(values[index])
                if math.isfinite(value):
                    mark = broken.get((index, lower))
                    self._paint_point(painter, index, value, mark, (index, lower) in members)
        self._paint_numbers(painter, broken)

    def _apart(self, broken: Mapping[tuple[int, bool], PointMark], lower: bool) -> Sequence[int]:
        """Of marked points that would lie over each other, one in each place above and below the centre."""
        room = max(1, self._look.mm(CROWDED_MARK_MM))
        found: dict[tuple[int, bool], int] = {}
        for index, of_lower in broken:
            if of_lower is lower:
                above = float(self._panel.points[index]) > float(self._panel.center[index])
                found[int(self.x(index)) // room, above] = index
        if self._sight.selected is not None and (self._sight.selected, lower) in broken:
            return [*found.values(), self._sight.selected]
        return list(found.values())

    def _paint_point(self, painter: QPainter, index: int, value: float, mark: PointMark | None, member: bool) -> None:
        look = self._look
        marked = member or mark is not None
        most = look.mm(4.2 if marked else 2.4)
        # many points side by side are smaller, but a mark is still a mark
        side = min(most, max(self._step * (1.6 if marked else 0.8), look.mm(2.0 if marked else 1.0)))
        rect = QRectF(0, 0, side, side)
        rect.moveCenter(QPointF(self.x(index), self.y(value)))
        if index in self._sight.excluded:
            side = look.mm(3.2)
            rect = QRectF(self.x(index) - side / 2, self.y(value) - side / 2, side, side)
            paint_shape(painter, Shape.CROSS, rect, look.color("muted"))
        elif mark is not None and mark.warning:
            paint_shape(painter, Shape.TRIANGLE, rect, look.color("warning"))
        elif marked:
            paint_shape(painter, Shape.DIAMOND, rect, look.color("alarm"))
            if mark is None:
                inset = side * 0.24
                hollow = rect.adjusted(inset, inset, -inset, -inset)
                paint_shape(painter, Shape.DIAMOND, hollow, look.color("card"))
        else:
            paint_shape(painter, Shape.DOT, rect, look.color("primary"))
        if value > self._high or value < self._low:
            self._paint_beyond(painter, index, value > self._high)
        if index == self._sight.selected:
            ring = max(side, look.mm(2.4)) * 0.5 + look.mm(1.3)
            painter.setPen(QPen(look.color("primary"), max(1.5, look.mm(0.5))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(rect.center(), ring, ring)

    def _paint_beyond(self, painter: QPainter, index: int, above: bool) -> None:
        """The value lies farther out than the panel reaches."""
        side = self._look.mm(2.2)
        rect = QRectF(0, 0, side, side * 0.8)
        edge = self._area.top() - side if above else self._area.bottom() + side
        rect.moveCenter(QPointF(self.x(index), edge))
        paint_shape(painter, Shape.UP if above else Shape.DOWN, rect, self._look.color("alarm"))

    def _paint_numbers(self, painter: QPainter, broken: dict[tuple[int, bool], PointMark]) -> None:
        """The numbers of the rules at their points, as far as they do not lie over each other."""
        look = self._look
        font = look.bold(CAPITAL_SMALL_MM)
        free = -math.inf
        for (index, lower), mark in sorted(broken.items(), key=lambda item: item[0]):
            if self._crowded and index != self._sight.selected:
                continue
            width, x = text_width(mark.label, font), self.x(index)
            if not mark.label or (x - width / 2 < free and index != self._sight.selected):
                continue
            rect = self.number_place(index, lower, width, free)
            color = look.color("text" if mark.warning else "alarm")
            # a little wider than measured, so that rounding never shortens it
            paint_line(painter, rect.adjusted(-2, 0, 2, 0), mark.label, font, color, Qt.AlignmentFlag.AlignHCenter)
            free = rect.right() + look.mm(1)

    def number_place(self, index: int, lower: bool, width: float, free: float = -math.inf) -> QRectF:
        """Where a number so wide stands at its point: above or below it, away from the centre; where there is no room or
        another point, beside it or on its other side. ``free`` is the x from which on no other number stands.
        """
        look = self._look
        values = self._panel.points if not lower or self._panel.lower is None else -self._panel.lower
        value, x = float(values[index]), self.x(index)
        y, high = self.y(value), look.mm(4)
        away = look.mm(6.4 if index == self._sight.selected else 4.6)
        outwards = away if value < float(self._panel.center[index]) else -away
        aside = look.mm(3.6) + width / 2
        places = [(x, y + outwards), (x + aside, y), (x - aside, y), (x, y - outwards)]
        rects = [QRectF(px - width / 2, py - high / 2, width, high) for px, py in places]
        top, bottom = self._area.top() - look.mm(3) - high / 2, self._area.bottom() + look.mm(3) + high / 2
        inside = [r for r in rects if r.top() >= top and r.bottom() <= bottom and (r is rects[0] or r.left() >= free)]
        near = self._points_near(index, values, int((aside + width) / self._step) + 1)
        open_ = (rect for rect in inside if not any(rect.intersects(point) for point in near))
        return next(open_, next(iter(inside), rects[0]))

    def _points_near(self, index: int, values: FloatArray, reach: int) -> list[QRectF]:
        """Where the marks of the points beside one stand, in px; its own is not among them."""
        side = min(self._look.mm(4.2), max(self._step * 1.6, self._look.mm(2.0)))
        near = range(max(self._sight.first, index - reach), min(self._sight.stop, index + reach + 1))
        others = [(self.x(i), self.y(float(values[i]))) for i in near if i != index and math.isfinite(values[i])]
        return [QRectF(px - side / 2, py - side / 2, side, side) for px, py in others]

    # --- words -------------------------------------------------------------------------------------------------------

    def _paint_labels(self, painter: QPainter) -> None:
        """What :func:`panel_labels` says, beside the newest point; the labels keep apart from each other."""
        look = self._look
        font = look.font(CAPITAL_SMALL_MM)
        wanted = panel_labels(self._panel, self._texts, self._sight.first, self._sight.stop)
        ys = spread([self.y(value) for value, _ in wanted], look.mm(5.2))
        for (_, label), y in zip(wanted, ys, strict=True):
            rect = QRectF(self._area.right() + look.mm(1.5), y - look.mm(3), look.mm(40), look.mm(6))
            paint_line(painter, rect, label, font, look.color("second"))

    def _paint_rule(self, painter: QPainter, marks: Sequence[PointMark]) -> None:
        """What the chosen point breaks, in words at the head of the panel; without one what the newest breaks."""
        look, sight = self._look, self._sight
        index = sight.selected if sight.selected is not None else sight.stop - 1
        found = [mark for mark in marks if mark.index == index and mark.text]
        if not found:
            return
        mark = found[0]
        runs_ = [Run(self._texts.rule.format(label=mark.label, text=mark.text) if mark.label else mark.text, True)]
        font = look.font(CAPITAL_SMALL_MM)
        title = text_width([Run(self._panel.title, True)], font) + look.mm(4)
        end = self._area.right() + look.mm(18)
        width = min(end - self._area.left() - title, text_width(runs_, font) + look.mm(6))
        rect = QRectF(end - width, self._area.top() - look.mm(9.4), width, look.mm(6))
        side = look.mm(3.6)
        shape, color = (Shape.TRIANGLE, "warning") if mark.warning else (Shape.DIAMOND, "alarm")
        paint_shape(painter, shape, QRectF(rect.left(), rect.center().y() - side / 2, side, side), look.color(color))
        rect.setLeft(rect.left() + look.mm(5))
        ink = look.color("text" if mark.warning else "alarm")
        paint_line(painter, rect, runs_, font, look.color("text"), bold_color=ink)


def panel_labels(panel: PanelValues, texts: ChartTexts, first: int, stop: int) -> list[tuple[float, str]]:
    """Value and label at the right of a panel: the limits of the newest point in sight, from top to bottom.

    While there are no limits yet, the highest and the lowest point in sight: a curve without any number says nothing.
    """
    names = panel.names or (texts.upper, texts.center, texts.lower)
    found = [
        (float(array[stop - 1]), name)
        for array, name in zip((panel.ucl, panel.center, panel.lcl), names, strict=True)
        if math.isfinite(float(array[stop - 1]))
    ]
    if found:
        return [(value, f"{name} {figure_text(value, panel.decimals)}".strip()) for value, name in found]
    points = panel.points[first:stop]
    known = points[np.isfinite(points)]
    ends = dict.fromkeys((float(known.max()), float(known.min()))) if known.size else {}
    return [(value, figure_text(value, panel.decimals)) for value in ends]


def figure_text(value: float, decimals: int) -> str:
    """A number on a chart: zero has no sign, and minus is as wide as a digit, as in all other texts."""
    text = f"{value:.{decimals}f}"
    return f"{0:.{decimals}f}" if float(text) == 0 else text.replace("-", "−")


def spread(ys: Sequence[float], least_px: float) -> list[float]:
    """Places from top to bottom, moved apart until each is ``least_px`` below the one before; their middle stays."""
    placed: list[float] = []
    for y in ys:
        placed.append(y if not placed else max(y, placed[-1] + least_px))
    excess = (placed[-1] - ys[-1]) / 2 if placed else 0.0
    return [y - excess for y in placed]
