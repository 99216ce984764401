"""From what is known of each pen to the lines, states and gaps of one frame; axes follow what is in sight."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPainterPath

from widgets.trend_axis import DIVISIONS, Axis, Lane, TrendPen
from widgets.trend_canvas import Frame, Line
from widgets.trend_curve import Curve
from widgets.trend_parts import Array, Parts, polyline
from widgets.trend_states import state_spans

CALM_LENGTHS: Final = 8.0
"""A line up to so many times as long as the picture is wide is smooth enough for dashes and soft edges."""
NARROWEST_PX: Final = 2
FAR_SHARE: Final = 50.0
"""So many heights outside of a lane a value is far enough: painting clips, and huge coordinates would overflow."""


class TrendDrawing:
    """Draws the curves of `curves` (by the keys of pens) into a frame."""

    def __init__(self, frame: Frame, curves: Mapping[str, Curve]) -> None:
        self._frame, self._curves = frame, curves

    def draw(self, columns: int) -> tuple[int, int]:
        """The frame's time span in so many pixel columns: (points drawn, samples they stand for)."""
        frame = self._frame
        drawn = stood_for = 0
        for lane in frame.lanes:
            lane.gaps = [gap for pen in lane.pens for gap in self._curves[pen.key].gaps(frame.start_s, frame.end_s)]
            parts_of = {pen.key: self._curves[pen.key].parts(frame.start_s, frame.end_s, columns) for pen in lane.pens}
            stood_for += sum(parts.counts for parts in parts_of.values())
            drawn += self._states(parts_of, columns) if lane.is_states else self._numbers(lane, parts_of, columns)
        return drawn, stood_for

    def _states(self, parts_of: Mapping[str, Parts], columns: int) -> int:
        frame = self._frame
        narrowest_s = (frame.end_s - frame.start_s) / columns * NARROWEST_PX
        for key, parts in parts_of.items():
            frame.states[key] = state_spans(parts, narrowest_s)
        return sum(len(frame.states[key]) for key in parts_of)

    def _numbers(self, lane: Lane, parts_of: Mapping[str, Parts], columns: int) -> int:
        frame = self._frame
        lines = {
            pen.key: polyline(parts_of[pen.key], frame.start_s, frame.end_s, columns, pen.hold_after_s)
            for pen in lane.pens
        }
        for axis in lane.axes:
            values = [self._seen(*lines[pen.key]) for pen in axis.pens]
            low = min((float(found.min()) for found in values if found.size), default=math.inf)
            high = max((float(found.max()) for found in values if found.size), default=-math.inf)
            axis.follow(low, high, DIVISIONS if len(lane.axes) > 1 else 0)
            for pen in axis.pens:
                frame.lines[pen.key] = self._line(lane, axis, *self._held_to_now(pen, *lines[pen.key]))
        return sum(times.size for times, _ in lines.values())

    def _seen(self, times: Array, values: Array) -> Array:
        """The good values in sight; those that only lead the line over the edge do not move an axis."""
        inside = values[(times >= self._frame.start_s) & (times <= self._frame.end_s)]
        found = inside[np.isfinite(inside)]
        return found if found.size else values[np.isfinite(values)]

    def _held_to_now(self, pen: TrendPen, times: Array, values: Array) -> tuple[Array, Array]:
        """A good value counts until another one comes: a value that stops arriving is made bad by its driver."""
        last = self._curves[pen.key].live.last()
        until_s = self._frame.lasting_until_s
        if last is None or pen.shift_s or math.isnan(last[1]) or not self._frame.start_s <= last[0] < until_s:
            return times, values
        return np.append(times, until_s), np.append(values, last[1])

    def _line(self, lane: Lane, axis: Axis, times: Array, values: Array) -> Line:
        rect, frame = lane.rect, self._frame
        if times.size < 2:
            return Line(QPainterPath(), True)
        x = rect.left() + (times - frame.start_s) * (rect.width() / (frame.end_s - frame.start_s))
        share = np.clip((values - axis.bottom) / ((axis.top - axis.bottom) or 1.0), -FAR_SHARE, FAR_SHARE)
        y = rect.bottom() - share * max(1.0, rect.height())
        length = float(np.nansum(np.abs(np.diff(y)))) + rect.width()
        return Line(pg.arrayToQPath(x, y, connect="finite"), length < CALM_LENGTHS * rect.width())
