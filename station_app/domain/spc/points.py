"""The points of control charts, each with what stands behind it: record, unit, job, time, person, gauge, machine, tool.

A chart belongs to a characteristic of an operation of a product. Points come from samples of an inspection plan and from
measurements of before there was one. A re-measurement takes the place of the point that it supersedes; values that are no
numbers or of bad quality are no points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from station_app.domain.chain import Row
from station_app.domain.log import corrected_us
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.records import AttributeInspected, Fact, JobState, Measurement, SampleMeasured

# the least common multiple of 2 to 10, so that subgroups of consecutive points keep their borders when old ones go
DROPPED_AT_ONCE: Final = 2520
MOST_POINTS: Final = 25_200
WHOLE_LINE: Final = "*"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One sample of a chart. ``point_id`` is the sample's identity (the record's, for a measurement without one).

    ``values`` are its readings in the characteristic's unit; for counts ``values`` is empty, ``count`` of ``size`` were not in
    order. ``value_text`` is what was judged. ``at_us`` is UTC, ``utc_offset_min`` the station's offset at that time.
    ``station`` is empty for a point that was made here. ``placed_us`` is ``at_us`` by the server's clock, as far as its offset
    was known: it orders the points of several stations.
    """

    point_id: str
    rec_id: str
    serial: str
    lot: str
    job_id: str
    at_us: int
    utc_offset_min: int
    operator: str
    gauge: str
    machine: str
    tool: str
    values: tuple[float, ...]
    value_text: str
    count: int = 0
    size: int = 1
    outcome: Outcome = Outcome.PASS
    station: str = ""
    placed_us: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift by the station's local time: minutes of the day; one over midnight ends before it begins."""

    name: str
    from_min: int
    until_min: int

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day is in it."""
        if self.from_min <= self.until_min:
            return self.from_min <= minute < self.until_min
        return minute >= self.from_min or minute < self.until_min


THREE_SHIFTS: Final = (Shift("early", 360, 840), Shift("late", 840, 1320), Shift("night", 1320, 360))


def shift_of(point: ChartPoint, shifts: Sequence[Shift] = THREE_SHIFTS) -> str:
    """The shift in which a point was measured; empty where there is none at that time."""
    minute = (point.at_us // 60_000_000 + point.utc_offset_min) % 1440
    return next((shift.name for shift in shifts if shift.holds(minute)), "")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which points of a chart are wanted; an empty text does not matter.

    ``station``: empty for the points that were made here, ``WHOLE_LINE`` for those of every station, else a station's path.
    """

    machine: str = ""
    tool: str = ""
    operator: str = ""
    lot: str = ""
    shift: str = ""
    gauge: str = ""
    station: str = ""

    @property
    def everything(self) -> bool:
        """Whether nothing is asked for: all points that were made here."""
        return self == Selection()

    def of(self, points: Sequence[ChartPoint], shifts: Sequence[Shift] = THREE_SHIFTS) -> Sequence[ChartPoint]:
        """The points that fit, in their order. Whose points these are was chosen before (``station``)."""
        if not any((self.machine, self.tool, self.operator, self.lot, self.gauge, self.shift)):
            return points
        return [point for point in points if self._fits(point, shifts)]

    def _fits(self, point: ChartPoint, shifts: Sequence[Shift]) -> bool:
        wanted = (self.machine, self.tool, self.operator, self.lot, self.gauge)
        found = (point.machine, point.tool, point.operator, point.lot, point.gauge)
        same = all(want in ("", value) for want, value in zip(wanted, found, strict=True))
        return same and (not self.shift or shift_of(point, shifts) == self.shift)


def chart_id_of(product: str, operation: str, characteristic: str) -> str:
    """How a chart is named in records."""
    return f"{product}/{operation}/{characteristic}"


@dataclass
class ChartHistories:
    """The points of every chart, folded from records. The oldest are dropped, so that at most 25,200 of each stay.

    ``dropped`` counts how many points of a chart are not here any more. ``revisions`` counts the changes of a chart: a point
    that came, and one that was measured again, which may stand anywhere.
    """

    points: dict[str, list[ChartPoint]] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    _product_of_job: dict[str, str] = field(default_factory=dict)

    def of(self, chart_id: str) -> Sequence[ChartPoint]:
        """The points of a chart, oldest first."""
        return self.points.get(chart_id, ())

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record; others are passed over."""
        if isinstance(fact, JobState):
            if fact.product:
                self._product_of_job[fact.job_id] = fact.product
            if fact.outcome is not None:
                self._product_of_job.pop(fact.job_id, None)
            return
        if isinstance(fact, Measurement):
            product = self._product_of_job.get(fact.job_id, "")
        elif isinstance(fact, SampleMeasured | AttributeInspected):
            product = fact.product
        else:
            return
        point = point_of(row, fact)
        if point is None:
            return
        self._add(chart_id_of(product, fact.operation, fact.characteristic), point, fact.supersedes)

    def _add(self, chart_id: str, point: ChartPoint, supersedes: str) -> None:
        points = self.points.setdefault(chart_id, [])
        self.revisions[chart_id] = self.revisions.get(chart_id, 0) + 1
        if supersedes:
            for place in range(len(points) - 1, max(-1, len(points) - 1 - 1000), -1):
                if points[place].rec_id == supersedes:
                    points[place] = point
                    return
        points.append(point)
        if len(points) > MOST_POINTS:
            del points[:DROPPED_AT_ONCE]
            self.dropped[chart_id] = self.dropped.get(chart_id, 0) + DROPPED_AT_ONCE


def point_of(row: Row, fact: Measurement | SampleMeasured | AttributeInspected, station: str = "") -> ChartPoint | None:
    """The point that a record makes; None for a value that is no number or of bad quality."""
    if fact.outcome is Outcome.ERROR:
        return None
    point = made_point(fact, row.rec_id, row.actor, row.wall_us, row.utc_offset_min)
    return None if point is None else replace(point, station=station, placed_us=corrected_us(row))


def made_point(
    fact: Measurement | SampleMeasured | AttributeInspected, rec_id: str, actor: str, at_us: int, utc_offset_min: int
) -> ChartPoint | None:
    """The point of a fact, also of one that is about to be recorded (``rec_id`` is then empty)."""
    values: tuple[float, ...] = ()
    count, size, machine, tool, lot = 0, 1, "", "", ""
    point_id = rec_id
    if isinstance(fact, AttributeInspected):
        count, size = (fact.defects or fact.nonconforming), fact.inspected
        value_text = str(count)
    else:
        texts: Iterable[str] = fact.readings if isinstance(fact, SampleMeasured) else (fact.value_text,)
        try:
            values = tuple(float(parse_reading(text)) for text in texts)
        except ReadingError:
            return None
        value_text = fact.value_text
    if not isinstance(fact, Measurement):
        point_id, machine, tool, lot = fact.sample_id, fact.machine, fact.tool, fact.lot
    return ChartPoint(
        point_id=point_id,
        rec_id=rec_id,
        serial=fact.serial,
        lot=lot,
        job_id=fact.job_id,
        at_us=at_us,
        utc_offset_min=utc_offset_min,
        operator=actor,
        gauge=fact.gauge,
        machine=machine,
        tool=tool,
        values=values,
        value_text=value_text,
        count=count,
        size=size,
        outcome=fact.outcome,
    )
