"""Axes and lanes: which pens share an axis, how far it reaches, and where it lies on the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from PySide6.QtCore import QRectF

from widgets.trend_series import Gap

DIVISIONS = 4
"""Axes that share a lane are divided into as many parts, so that their grid lines are the same."""


class Arrangement(Enum):
    """Each axis in a lane of its own, or all of them over the whole height."""

    STACKED = "stacked"
    SHARED = "shared"


@dataclass(frozen=True)
class TrendPen:
    """One curve: `key` names it in `append`, curves of one `unit` share an axis; limits are in that unit.

    `lower_limit` and `upper_limit` are those of a check, drawn as a band; `low_alarm` and `high_alarm` are drawn as lines.
    `color` as "#RRGGBB" keeps its colour whichever others are shown; empty: by its place among them.
    `states`: its values are states with names, drawn as bands of their own. `shift_s` is added to its times, and `pale` is
    drawn lighter and dashed: the second of two units that are compared. Values further apart than `hold_after_s` are joined
    by steps: the last one counts until the next comes.
    """

    key: str
    name: str
    unit: str
    lower_limit: float | None = None
    upper_limit: float | None = None
    color: str = ""
    low_alarm: float | None = None
    high_alarm: float | None = None
    states: bool = False
    shift_s: float = 0.0
    pale: bool = False
    hold_after_s: float = math.inf


@dataclass
class Axis:
    """The values of one unit, from `bottom` to `top` with a grid line each `step`.

    `held`: a person has moved it, so it does not follow the values until it is released.
    """

    unit: str
    pens: list[TrendPen]
    bottom: float = 0.0
    top: float = 1.0
    step: float = 0.5
    held: bool = False

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the bottom, 1 at the top."""
        return (value - self.bottom) / ((self.top - self.bottom) or 1.0)

    def follow(self, low: float, high: float, divisions: int = 0) -> None:
        """Widen at once when needed; narrow only when the values fill less than 40 %.

        With `divisions` the axis has exactly so many grid distances.
        """
        every = [
            limit for pen in self.pens for limit in (pen.lower_limit, pen.upper_limit, pen.low_alarm, pen.high_alarm)
        ]
        limits = [limit for limit in every if limit is not None]
        low, high = min([low, *limits]), max([high, *limits])
        if self.held or not math.isfinite(low) or not math.isfinite(high):
            return
        inside = self.bottom <= low and high <= self.top
        divided = not divisions or round((self.top - self.bottom) / self.step) == divisions
        if not inside or not divided or (high - low) < 0.4 * (self.top - self.bottom):
            self.bottom, self.top, self.step = even_range(low, high, divisions) if divisions else nice_range(low, high)

    def zoom(self, factor: float, share: float = 0.5) -> None:
        """Show `factor` as much of the values around a place (0 bottom, 1 top)."""
        span = self.top - self.bottom
        wanted = span * factor
        if not 1e-12 < wanted < 1e15:
            return
        self.bottom += (span - wanted) * share
        self.top = self.bottom + wanted
        self._regrid()

    def pan(self, share: float) -> None:
        """Move by a part of what is shown; up shows lower values."""
        moved = (self.top - self.bottom) * share
        self.bottom, self.top = self.bottom + moved, self.top + moved
        self._regrid()

    def release(self) -> None:
        """Follow the values again, from the next drawing on."""
        self.held, self.top = False, self.bottom

    def _regrid(self) -> None:
        self.held = True
        self.step = nice_range(self.bottom, self.top)[2]


@dataclass
class Lane:
    """A stripe of the picture with one axis, with several (shared), or with the states of one pen."""

    axes: list[Axis]
    rect: QRectF = field(default_factory=QRectF)
    gaps: list[Gap] = field(default_factory=list)
    is_states: bool = False

    @property
    def pens(self) -> list[TrendPen]:
        """The pens of all its axes."""
        return [pen for axis in self.axes for pen in axis.pens]

    @property
    def unit(self) -> str:
        """The unit of its first axis."""
        return self.axes[0].unit

    def axis_of(self, key: str) -> Axis:
        """The axis of a pen; KeyError when it is not here."""
        for axis in self.axes:
            if any(pen.key == key for pen in axis.pens):
                return axis
        raise KeyError(key)

    def y(self, value: float, axis: Axis | None = None) -> float:
        """Height of a value on the canvas in px, inside the lane."""
        share = (axis or self.axes[0]).share(value)
        return self.rect.bottom() - self.rect.height() * min(1.0, max(0.0, share))


def lanes_of(pens: Sequence[TrendPen], arrangement: Arrangement) -> list[Lane]:
    """Numbers by their units, in the order given; then each pen of states."""
    axes: dict[str, Axis] = {}
    for pen in pens:
        if not pen.states:
            axes.setdefault(pen.unit, Axis(pen.unit, [])).pens.append(pen)
    grouped = list(axes.values())
    shared = arrangement is Arrangement.SHARED and bool(grouped)
    lanes = [Lane(grouped)] if shared else [Lane([axis]) for axis in grouped]
    return lanes + [Lane([Axis("", [pen])], is_states=True) for pen in pens if pen.states]


def place_lanes(lanes: Sequence[Lane], area: QRectF, title_px: float, states_px: float) -> None:
    """Give each lane its place below the one before: states a fixed height, numbers the rest in equal parts."""
    numbers = sum(not lane.is_states for lane in lanes)
    left_px = area.height() - len(lanes) * title_px - (len(lanes) - numbers) * states_px
    y = area.top()
    for lane in lanes:
        height = states_px if lane.is_states else max(8.0, left_px / max(1, numbers))
        y += title_px
        lane.rect = QRectF(area.left(), y, area.width(), height)
        y += height


def grid_values(axis: Axis, height_px: float) -> list[float]:
    """The values with a grid line, so few that their texts do not touch."""
    first, last = math.ceil(axis.bottom / axis.step - 1e-6), math.floor(axis.top / axis.step + 1e-6)
    every = 2 if height_px < 26 * (last - first) else 1
    return [n * axis.step for n in range(first, last + 1, every)]


def tick_text(value: float, step: float) -> str:
    """A value with as many decimals as the step between grid lines needs."""
    decimals = max(0, min(6, -_exponent(step)))
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _exponent(step: float) -> int:
    mantissa, exponent = f"{step:.6e}".split("e")
    digits = len(mantissa.rstrip("0").rstrip(".").replace(".", "")) - 1
    return int(exponent) - digits


def _spread(low: float, high: float) -> tuple[float, float]:
    # below this the axis could not tell its own grid lines apart
    if high - low <= max(abs(low), abs(high), 1e-3) * 1e-9:
        span = abs(high) * 0.1 if abs(high) > 1e-12 else 1.0
        return low - span / 2, high + span / 2
    return low, high


def nice_range(low: float, high: float) -> tuple[float, float, float]:
    """An axis from `low` to `high` widened to round numbers: (bottom, top, step between grid lines)."""
    if not np.isfinite(low) or not np.isfinite(high):
        return 0.0, 1.0, 0.5
    low, high = _spread(low, high)
    raw = (high - low) / 3
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next(m for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999) * power)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step), step


def even_range(low: float, high: float, divisions: int) -> tuple[float, float, float]:
    """As `nice_range`, with exactly so many grid distances."""
    if not np.isfinite(low) or not np.isfinite(high):
        return 0.0, float(divisions), 1.0
    low, high = _spread(low, high)
    power = 10.0 ** np.floor(np.log10((high - low) / divisions))
    for step in (m * power for m in (1, 2, 2.5, 5, 10, 20)):
        bottom = float(np.floor(low / step + 1e-9) * step)
        if bottom + divisions * step >= high - step * 1e-9:
            return bottom, bottom + divisions * step, float(step)
    raise ValueError(f"no even axis from {low} to {high}")  # pragma: no cover  (twenty times the power always holds it)
