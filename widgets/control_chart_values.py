"""What a control chart is told to draw: panels of points with their limits, marks of broken rules, stages. Values only.

Indexes count the points from 0. All arrays of a panel have the shape (points,); NaN in ``points`` is a missing point and
leaves a gap, NaN in a limit means that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PointMark:
    """What a point completes. ``label`` stands at the point ("3", "1 5"), ``text`` says it in words.

    ``members`` are the points of the pattern. ``warning``: nothing is broken yet. ``lower``: it is on the panel's lower curve.
    """

    index: int
    label: str
    text: str = ""
    members: tuple[int, ...] = ()
    warning: bool = False
    lower: bool = False


class Marks(Protocol):
    """Marks that are made when they are looked at: a chart of many points asks for those in sight only."""

    def between(self, first: int, stop: int) -> Sequence[PointMark]:
        """The marks of the points from ``first`` up to but not with ``stop``, in their order."""
        ...


class ListedMarks:
    """A few marks, listed."""

    def __init__(self, marks: Sequence[PointMark] = ()) -> None:
        self._marks = tuple(sorted(marks, key=lambda mark: mark.index))

    def between(self, first: int, stop: int) -> Sequence[PointMark]:
        """Those of a range of points."""
        return [mark for mark in self._marks if first <= mark.index < stop]


@dataclass(frozen=True, eq=False)
class PanelValues:
    """One panel. ``deviation`` is the width of a zone; None draws no zones. ``decimals`` are those of the limits' labels.

    ``lower`` is a second curve, drawn downwards from the centre: the lower sum of a two-sided CUSUM. ``weight`` is the share of
    the height that the panel gets, ``names`` those of its upper, middle and lower line where they have other ones than usual.
    """

    title: str
    points: FloatArray
    center: FloatArray
    lcl: FloatArray
    ucl: FloatArray
    deviation: FloatArray | None = None
    lower: FloatArray | None = None
    marks: Marks = field(default_factory=ListedMarks)
    decimals: int = 3
    weight: float = 1.0
    names: tuple[str, str, str] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for arrays of different lengths."""
        arrays = [self.points, self.center, self.lcl, self.ucl]
        arrays += [array for array in (self.deviation, self.lower) if array is not None]
        if len({len(array) for array in arrays}) > 1:
            raise ValueError(f"panel {self.title!r}: points and limits must be of one length")


@dataclass(frozen=True, slots=True)
class StageMark:
    """A stage begins with the point ``start``: "baseline", "limits 4 from 2026-11-02"."""

    start: int
    text: str


@dataclass(frozen=True, slots=True)
class ChartTexts:
    """The words on a chart. ``rule`` has a place for the number and the words of a rule."""

    upper: str = "UCL"
    lower: str = "LCL"
    center: str = "CL"
    rule: str = "rule {label}: {text}"
    point: str = "Point {number}"
    missing: str = "no value"


def runs(*arrays: FloatArray) -> list[tuple[int, int]]:
    """Where all arrays stay the same: ranges (first, stop) that together cover them. NaN equals NaN."""
    size = len(arrays[0])
    if size == 0:
        return []
    change = np.zeros(size - 1, dtype=np.bool_)
    for array in arrays:
        left, right = array[:-1], array[1:]
        change |= (left != right) & ~(np.isnan(left) & np.isnan(right))
    starts = [0, *(int(place) + 1 for place in np.flatnonzero(change))]
    return list(zip(starts, [*starts[1:], size], strict=True))


def value_range(panel: PanelValues, first: int, stop: int) -> tuple[float, float]:
    """The values that the points in sight reach over; a gross one does not press limits and curve into one stroke."""
    part = slice(first, stop)
    lines = np.concatenate([panel.lcl[part], panel.ucl[part], panel.center[part]])
    curves = [panel.points[part]] if panel.lower is None else [panel.points[part], -panel.lower[part]]
    values = np.concatenate(curves)
    lines, values = lines[np.isfinite(lines)], values[np.isfinite(values)]
    if not lines.size and not values.size:
        return 0.0, 1.0
    if not lines.size:
        low, high = float(values.min()), float(values.max())
    else:
        low, high = float(lines.min()), float(lines.max())
        room = (high - low) or abs(high) * 0.1 or 1.0
        if values.size:
            low = max(min(low, float(values.min())), low - room)
            high = min(max(high, float(values.max())), high + room)
    pad = (high - low) * 0.1 or abs(high) * 0.05 or 1.0
    return low - pad, high + pad
