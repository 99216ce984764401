"""Points of other stations for the charts of this one: asked for while somebody looks, kept here, added to bit by bit.

Asking and reading happen on the pool; what came is taken over on the main thread. Run rules, signals and holds of a reading
stay with what the station itself knows (`services.spc.judge`): they stand in the reading's own commit and wait for nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from station_app.domain.spc.line import MOST_OTHER_POINTS, SILENT_AFTER_S, Missing, OtherPoints
from station_app.domain.spc.points import ChartPoint
from station_app.services.notices import Notice
from station_app.services.ports import Clock, HeardStation, LoggedRow, Reached, SharedDatabaseError, Unreachable
from station_app.services.ports.line_points import LinePointFiles, LinePointsError
from station_app.services.ports.shared import SharedDatabase
from station_app.services.posting import Post, when_done

logger = logging.getLogger(__name__)
ASK_AGAIN_S = 5.0
KEEP_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class ChartName:
    """What a chart is of."""

    chart_id: str
    product: str
    operation: str
    characteristic: str


@dataclass
class _Known:
    """One chart as it is known. ``reached`` is how far the other stations' logs were read since the start."""

    points: OtherPoints = field(default_factory=OtherPoints)
    reached: Reached = field(default_factory=dict)
    heard: tuple[HeardStation, ...] = ()
    asking: bool = False
    again: bool = False
    read: bool = False
    next_ns: int = 0
    keep_ns: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the pool found out. ``fault``: why the server could not be asked."""

    points: OtherPoints
    reached: Reached
    heard: tuple[HeardStation, ...]
    new: bool
    fault: str = ""


class ChartsOfLine:
    """Other stations' points by chart. All verbs are called on the main thread and return at once.

    ``changed`` is told when points came, or when a station fell silent or came back.
    """

    def __init__(
        self,
        database: SharedDatabase,
        files: LinePointFiles,
        pool: Executor,
        post: Post,
        clock: Clock,
        in_contact: Callable[[], bool],
    ) -> None:
        self._database = database
        self._files = files
        self._pool = pool
        self._post = post
        self._clock = clock
        self._in_contact = in_contact
        self._known: dict[str, _Known] = {}
        self.changed = Notice()

    def seek(self, chart: ChartName, *, now: bool = False) -> None:
        """Ask for what is new of a chart, unless it was asked for within the last five seconds and not ``now``."""
        known = self._known.setdefault(chart.chart_id, _Known())
        now_ns = self._clock.mono_ns()
        if known.asking or (now_ns < known.next_ns and not now):
            known.again = known.again or now
            return
        known.asking, known.next_ns = True, now_ns + int(ASK_AGAIN_S * 1e9)
        keep = now_ns >= known.keep_ns
        future = self._pool.submit(self._ask, chart, known.points, known.reached, known.read, self._in_contact(), keep)

        def failed(error: BaseException) -> None:
            known.asking = False
            raise error

        when_done(future, self._post, lambda answer: self._take(chart, answer, keep), failed)

    def points(self, chart_id: str) -> Mapping[str, Sequence[ChartPoint]]:
        """Other stations' points on a chart, by station, each in the order of its log."""
        known = self._known.get(chart_id)
        return {} if known is None else known.points.by_station

    def missing(self, chart_id: str) -> list[Missing]:
        """Whose points may be missing now. Only stations that have points on the chart are named."""
        known = self._known.get(chart_id)
        if known is None:
            return []
        stations = sorted(known.points.by_station)
        if known.fault or not known.heard:
            return [Missing(station, known.points.asked_us) for station in stations]
        heard = {each.station: each for each in known.heard}
        found = [self._missing(known, heard.get(station), station) for station in stations]
        return [each for each in found if each is not None]

    def fault(self, chart_id: str) -> str:
        """Why the server could not be asked the last time; empty when it could."""
        known = self._known.get(chart_id)
        return "" if known is None else known.fault

    def asked(self, chart_id: str) -> bool:
        """Whether the other stations' points were looked for, here or at the server."""
        known = self._known.get(chart_id)
        return known is not None and known.read

    # --- inside ----------------------------------------------------------------------------------------------------

    def _missing(self, known: _Known, heard: HeardStation | None, station: str) -> Missing | None:
        asked_us = known.points.asked_us or 0
        if heard is None or heard.heard_age_s is None:
            return Missing(station, None)
        if heard.heard_age_s > SILENT_AFTER_S:
            return Missing(station, asked_us - int(heard.heard_age_s * 1e6))
        return Missing(station, asked_us, heard.waiting) if heard.waiting else None

    def _take(self, chart: ChartName, answer: _Answer, keep: bool) -> None:
        known = self._known[chart.chart_id]
        before = (known.fault, [station for station, _ in _silent(known.heard)], known.read)
        known.asking, known.read = False, True
        known.points, known.reached, known.fault = answer.points, answer.reached, answer.fault
        known.heard = answer.heard or known.heard
        if keep and answer.new:
            known.keep_ns = self._clock.mono_ns() + int(KEEP_AGAIN_S * 1e9)
        after = (known.fault, [station for station, _ in _silent(known.heard)], known.read)
        if answer.new or before != after:
            self.changed.tell()
        if known.again:
            known.again = False
            self.seek(chart, now=True)

    def _ask(
        self, chart: ChartName, known: OtherPoints, reached: Reached, read: bool, in_contact: bool, keep: bool
    ) -> _Answer:
        """On the pool: what was kept the first time, then what the server has since."""
        points = known if read else (self._kept(chart.chart_id) or known)
        first = points is not known
        if not in_contact:
            return _Answer(points, reached, (), first, "the server is out of contact")
        try:
            heard, rows = self._asked(chart, reached)
        except Unreachable as error:
            return _Answer(points, reached, (), first, str(error))
        except SharedDatabaseError as error:
            logger.warning("points of other stations: %s", error)
            return _Answer(points, reached, (), first, str(error))
        points = points.copy()
        new = points.take(rows) > 0
        points.asked_us = self._clock.wall_us()
        if keep and (new or first):
            self._keep(chart.chart_id, points)
        return _Answer(points, {(h.station, epoch): seq for h in heard for epoch, seq in h.heads}, heard, new or first)

    def _asked(self, chart: ChartName, reached: Reached) -> tuple[tuple[HeardStation, ...], list[LoggedRow]]:
        # the heads first: what comes in between is answered twice and known by its rec_id
        heard = tuple(self._database.stations_heard())
        rows = self._database.chart_points(
            chart.product, chart.operation, chart.characteristic, reached, MOST_OTHER_POINTS
        )
        return heard, rows

    def _kept(self, chart_id: str) -> OtherPoints | None:
        try:
            return self._files.read(chart_id)
        except LinePointsError as error:
            logger.warning("%s", error)
            return None

    def _keep(self, chart_id: str, points: OtherPoints) -> None:
        try:
            self._files.keep(chart_id, points)
        except LinePointsError as error:
            logger.warning("%s", error)


def _silent(heard: Sequence[HeardStation]) -> list[tuple[str, bool]]:
    return [
        (each.station, bool(each.waiting))
        for each in heard
        if each.heard_age_s is None or each.heard_age_s > SILENT_AFTER_S or each.waiting
    ]
