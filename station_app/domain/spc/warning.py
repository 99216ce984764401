"""The early warning: a trend towards a control limit before any point is out.

Convention "projection-10-6": a straight line (least squares) through the last ten plotted points explains at least 40 % of
their variation (r²) and reaches a control limit within the next six points. It warns once: not again while the line that
ended one point earlier warned already. On independent normal points 0.7 % begin a warning; of drifts by a quarter of a sigma
at each point half are told before a point is out (simulated; the test does it again).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from station_app.domain.quality.chart import Panel
from station_app.domain.quality.constants import FloatArray

RULE: Final = "projection-10-6"
POINTS: Final = 10
AHEAD: Final = 6
EXPLAINED: Final = 0.4
_AT: Final = np.arange(POINTS, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the last points lead: ``side`` is "upper" or "lower", ``in_points`` after how many points the limit is reached."""

    side: str
    slope: float
    explained: float
    in_points: float

    @property
    def text(self) -> str:
        """The warning for the person at the chart."""
        return (
            f"a line through the last {POINTS} points reaches the {self.side} control limit "
            f"in about {max(1, round(self.in_points))} {'point' if round(self.in_points) <= 1 else 'points'}"
        )


def early_warning(panel: Panel) -> Projection | None:
    """The warning that the newest point of a panel begins; None when there is none, or it was given before."""
    now = projection(panel, len(panel.points))
    if now is None:
        return None
    before = projection(panel, len(panel.points) - 1)
    return None if before is not None and before.side == now.side else now


def projection(panel: Panel, count: int) -> Projection | None:
    """Where the ten points that end with the ``count``-th lead; None unless it is to a limit that is near."""
    if count < POINTS:
        return None
    window = slice(count - POINTS, count)
    points: FloatArray = panel.points[window]
    lcl, ucl = float(panel.lcl[count - 1]), float(panel.ucl[count - 1])
    # a missing point, or one that is out already: that is for the rules to say
    if not bool(np.all((points >= lcl) & (points <= ucl))):
        return None
    centred = _AT - _AT.mean()
    deviations = points - points.mean()
    total = float(deviations @ deviations)
    if total <= 0:
        return None
    slope = float(centred @ deviations) / float(centred @ centred)
    explained = slope * float(centred @ deviations) / total
    if explained < EXPLAINED or slope == 0:
        return None
    end = float(points.mean()) + slope * float(centred[-1])
    limit, side = (ucl, "upper") if slope > 0 else (lcl, "lower")
    in_points = (limit - end) / slope
    # the line may end beyond the limit while no point is: that is as near as can be
    return Projection(side, slope, explained, max(0.0, in_points)) if in_points <= AHEAD else None
