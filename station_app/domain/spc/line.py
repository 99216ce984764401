"""The points of one chart that other stations made, as far as they are known here, and whose may be missing.

Points stay grouped by station, each station's in the order of its log; :func:`merged` brings them and the station's own into
one order for drawing. A re-measurement takes the place of the point that it supersedes, at whichever station.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from station_app.domain.log import LoggedRow
from station_app.domain.records import AttributeInspected, Measurement, RecordError, SampleMeasured, decode_body
from station_app.domain.spc.points import ChartPoint, point_of

MOST_OTHER_POINTS: Final = 10_080
"""So many points of other stations are kept for a chart: the newest."""
SILENT_AFTER_S: Final = 15.0
"""A station tells its status about once a second; one that has not for so long is out of contact."""
POINT_KINDS = (SampleMeasured, AttributeInspected, Measurement)


@dataclass(frozen=True, slots=True)
class Missing:
    """Points of a station that may not be here: those since ``since_us`` (UTC), or ``waiting`` records that it still has.

    ``since_us`` is None when nobody knows since when: it was never heard of.
    """

    station: str
    since_us: int | None
    waiting: int = 0


@dataclass
class OtherPoints:
    """The points of other stations on one chart. ``asked_us`` is when they were last complete here (UTC), None for never."""

    by_station: dict[str, list[ChartPoint]] = field(default_factory=dict)
    asked_us: int | None = None

    def take(self, rows: Iterable[LoggedRow]) -> int:
        """Fold records of other stations, in each log's order; how many were new. What is known already is passed over."""
        known = {point.rec_id for points in self.by_station.values() for point in points}
        taken = 0
        for logged in rows:
            if logged.row.rec_id in known:
                continue
            point, supersedes = _point(logged)
            if point is not None:
                known.add(point.rec_id)
                self._add(point, supersedes)
                taken += 1
        self._bound()
        return taken

    def copy(self) -> OtherPoints:
        """Another one with the same points, to be folded on in another thread."""
        return OtherPoints({station: list(points) for station, points in self.by_station.items()}, self.asked_us)

    def count(self) -> int:
        """How many points there are."""
        return sum(map(len, self.by_station.values()))

    def _add(self, point: ChartPoint, supersedes: str) -> None:
        points = self.by_station.setdefault(point.station, [])
        for place in range(len(points) - 1, -1, -1) if supersedes else ():
            if points[place].rec_id == supersedes:
                points[place] = point
                return
        points.append(point)

    def _bound(self) -> None:
        """Of too many points the oldest go, whichever station's they are."""
        over = self.count() - MOST_OTHER_POINTS
        if over <= 0:
            return
        oldest = heapq.nsmallest(over, (p for points in self.by_station.values() for p in points), _PLACED)
        gone = {point.rec_id for point in oldest}
        for station, points in list(self.by_station.items()):
            self.by_station[station] = [point for point in points if point.rec_id not in gone]


_PLACED = attrgetter("placed_us")


def _point(logged: LoggedRow) -> tuple[ChartPoint | None, str]:
    try:
        fact = decode_body(logged.row.kind, logged.row.body)
    except RecordError:
        return None, ""  # of a newer version: its own station shows it
    if not isinstance(fact, POINT_KINDS):
        return None, ""
    return point_of(logged.row, fact, logged.station), fact.supersedes


def merged(own: Sequence[ChartPoint], others: Mapping[str, Sequence[ChartPoint]]) -> Sequence[ChartPoint]:
    """All points in one order by the server's clock; those of one station never change places among themselves."""
    lists = [points for points in (own, *(others[station] for station in sorted(others))) if points]
    if len(lists) <= 1:
        return lists[0] if lists else ()
    # a clock that was set back brings no station's points out of their order: merging takes each list as it is
    return list(heapq.merge(*lists, key=_PLACED))
