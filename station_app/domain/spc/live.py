"""A control chart as it is now, and what its newest point means.

Phases: *collecting* (too few subgroups for limits), *provisional* (phase I: limits from the first subgroups, the baseline) and
*frozen* (phase II: limits set by a signed decision). While collecting, a chart is drawn from all points and nothing signals.

A sample of several readings is a subgroup; single readings are grouped as they come, ``subgroup_size`` at a time, and make a
point when the last of them is there. A chart is computed anew for every reading.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from station_app.domain.inspection.plan import ChartSettings
from station_app.domain.quality.attribute_charts import c_chart, np_chart, p_chart, u_chart
from station_app.domain.quality.chart import Chart, ChartOptions, ControlLimits, Panel
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.kinds import ATTRIBUTE_KINDS, ChartKind
from station_app.domain.quality.readings import Counts, Subgroups
from station_app.domain.quality.run_rules import RULE_SETS
from station_app.domain.quality.variables_charts import i_mr, xbar_r, xbar_s
from station_app.domain.quality.weighted_charts import CusumOptions, EwmaOptions, cusum, ewma
from station_app.domain.spc.points import ChartPoint
from station_app.domain.spc.warning import POINTS as PROJECTED
from station_app.domain.spc.warning import RULE as PROJECTION
from station_app.domain.spc.warning import early_warning

MAIN = "main"


class Phase(enum.StrEnum):
    """Where the limits of a chart come from."""

    COLLECTING = "collecting"
    PROVISIONAL = "provisional"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """A rule that the newest point breaks. ``panel``: main, range, s, mr. ``members`` are point_ids, the newest last."""

    panel: str
    rule: str
    rule_text: str
    point_id: str
    members: tuple[str, ...]
    value_text: str
    warning: bool = False


@dataclass(frozen=True, eq=False)
class LiveChart:
    """A chart with the points behind it. ``chart`` is None while nothing can be computed; ``note`` says why.

    ``groups`` gives for every plotted point the samples behind it; ``waiting`` are the newest ones, of a subgroup that is not
    complete. ``limits_version`` is 0 for limits that are not frozen.
    """

    settings: ChartSettings
    phase: Phase
    chart: Chart | None
    groups: Sequence[Sequence[ChartPoint]]
    waiting: Sequence[ChartPoint]
    limits_version: int
    note: str = ""

    def index_of(self, point_id: str) -> int | None:
        """The plotted point (from 1) that a sample belongs to; None when it is not there."""
        for place in range(len(self.groups) - 1, -1, -1):
            if any(point.point_id == point_id for point in self.groups[place]):
                return place + 1
        return None

    def newest_signals(self) -> list[FoundSignal]:
        """The rules that the newest point breaks, and the early warning; nothing while a subgroup is being filled."""
        if self.chart is None or self.phase is Phase.COLLECTING or self.waiting or not self.groups:
            return []
        if self.settings.chart is ChartKind.CUSUM:
            return self._broken_sums(self.chart)
        found = self._broken(self.chart, MAIN, len(self.groups))
        if self.settings.early_warning and not found:
            found = self._warning(self.chart)
        second = self.chart.second
        return found if second is None else [*found, *self._broken(second, second.name, len(self.groups))]

    def _broken_sums(self, chart: Chart) -> list[FoundSignal]:
        """The violations of a CUSUM are those of both its sums; each is told of the sum that is beyond."""
        upper = self._broken(chart, MAIN, len(self.groups)) if chart.points[-1] > chart.ucl[-1] else []
        lower = chart.second
        return upper if lower is None else [*upper[:1], *self._broken(lower, lower.name, len(self.groups))]

    def _broken(self, panel: Panel, name: str, index: int) -> list[FoundSignal]:
        rules = RULE_SETS[self.settings.rules]
        newest = self.groups[index - 1][-1]
        return [
            FoundSignal(
                panel=name,
                rule=violation.rule,
                rule_text=rules.text(violation.rule),
                point_id=newest.point_id,
                members=tuple(self.groups[member - 1][-1].point_id for member in violation.members),
                value_text=f"{panel.points[index - 1]:.12g}",
            )
            for violation in panel.violations.at(index)
        ]

    def _warning(self, chart: Chart) -> list[FoundSignal]:
        # an average that remembers leads somewhere by itself
        if self.settings.chart is ChartKind.EWMA:
            return []
        found = early_warning(chart)
        if found is None:
            return []
        members = tuple(group[-1].point_id for group in self.groups[-PROJECTED:])
        value = f"{chart.points[-1]:.12g}"
        return [FoundSignal(MAIN, PROJECTION, found.text, members[-1], members, value, warning=True)]


class _Alone(Sequence[Sequence[ChartPoint]]):
    """Every sample a plotted point of its own, without a list of its own for each of ten thousand."""

    def __init__(self, points: Sequence[ChartPoint]) -> None:
        self.points = points

    def __len__(self) -> int:
        return len(self.points)

    @overload
    def __getitem__(self, place: int) -> Sequence[ChartPoint]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[ChartPoint]]: ...
    def __getitem__(self, place: int | slice) -> Sequence[ChartPoint] | Sequence[Sequence[ChartPoint]]:
        return [(point,) for point in self.points[place]] if isinstance(place, slice) else (self.points[place],)


def live_chart(
    settings: ChartSettings,
    points: Sequence[ChartPoint],
    frozen: ControlLimits | None = None,
    stages: tuple[int, ...] = (),
) -> LiveChart:
    """The chart of these points. With ``stages`` (the plotted points, from 1, where one begins) each has limits of its own."""
    groups, waiting = grouped(settings, points)
    rules = RULE_SETS[settings.rules]
    phase, options, version = Phase.COLLECTING, ChartOptions(rules=rules, stages=stages), 0
    if frozen is not None and not stages:
        phase, options, version = Phase.FROZEN, ChartOptions(limits=frozen, rules=rules), frozen.version
    elif len(groups) >= settings.baseline and not stages:
        phase, options = Phase.PROVISIONAL, ChartOptions(baseline=settings.baseline, rules=rules)
    if not groups:
        return LiveChart(settings, phase, None, groups, waiting, version, "There is no point yet.")
    try:
        chart = make_chart(settings, groups, options)
    except InputError as error:
        first = "One point so far. The chart begins with the second one."
        note = first if len(groups) == 1 else f"No limits yet: {error}."
        return LiveChart(settings, Phase.COLLECTING, None, groups, waiting, version, note)
    if phase is Phase.PROVISIONAL and not np.all(chart.sigma > 0):
        note = "The baseline does not vary, so there are no limits yet. Does the gauge resolve enough?"
        return LiveChart(settings, Phase.COLLECTING, chart, groups, waiting, 0, note)
    missing = settings.baseline - len(groups)
    note = f"{missing} more until there are limits." if phase is Phase.COLLECTING and missing > 0 else ""
    return LiveChart(settings, phase, chart, groups, waiting, version, note)


def grouped(
    settings: ChartSettings, points: Sequence[ChartPoint]
) -> tuple[Sequence[Sequence[ChartPoint]], Sequence[ChartPoint]]:
    """The samples of every plotted point, and those of a subgroup that is not complete."""
    size = settings.subgroup_size
    several = bool(points) and len(points[-1].values) > 1
    if not points or size <= 1 or several or settings.chart in ATTRIBUTE_KINDS:
        return _Alone(points), ()
    if points[0].station == points[-1].station and len({point.station for point in points}) <= 1:
        complete = len(points) - len(points) % size
        return [points[at : at + size] for at in range(0, complete, size)], points[complete:]
    return _grouped_by_station(size, points)


def _grouped_by_station(
    size: int, points: Sequence[ChartPoint]
) -> tuple[Sequence[Sequence[ChartPoint]], Sequence[ChartPoint]]:
    """A subgroup is of one station: pieces of two machines are not made alike. It stands where its last sample stands."""
    filling: dict[str, list[ChartPoint]] = {}
    groups: list[Sequence[ChartPoint]] = []
    for point in points:
        group = filling.setdefault(point.station, [])
        group.append(point)
        if len(group) == size:
            groups.append(filling.pop(point.station))
    return groups, [point for group in filling.values() for point in group]


def make_chart(settings: ChartSettings, groups: Sequence[Sequence[ChartPoint]], options: ChartOptions) -> Chart:
    """The chart of samples grouped into plotted points. Raises InputError."""
    kind = settings.chart
    if kind in ATTRIBUTE_KINDS:
        count = np.array([group[0].count for group in groups], dtype=np.float64)
        counts = Counts(count, np.array([group[0].size for group in groups], dtype=np.float64))
        makes = {ChartKind.P: p_chart, ChartKind.NP: np_chart, ChartKind.C: c_chart, ChartKind.U: u_chart}
        return makes[kind](counts, options)
    subgroups = readings_of(groups)
    if kind is ChartKind.EWMA:
        return ewma(subgroups, options, EwmaOptions(weight=settings.weight))
    if kind is ChartKind.CUSUM:
        return cusum(subgroups, options, CusumOptions(k=settings.k, h=settings.h, in_sigmas=True))
    return {ChartKind.XBAR_R: xbar_r, ChartKind.XBAR_S: xbar_s, ChartKind.I_MR: i_mr}[kind](subgroups, options)


def readings_of(groups: Sequence[Sequence[ChartPoint]]) -> Subgroups:
    """The readings of grouped samples, a row a plotted point; short rows are missing readings."""
    if isinstance(groups, _Alone):
        flat = [value for point in groups.points for value in point.values]
        if len(flat) == len(groups) and all(len(point.values) for point in groups.points[-1:]):
            return Subgroups(np.array(flat, dtype=np.float64).reshape(-1, 1))
    rows = [[value for point in group for value in point.values] for group in groups]
    values = np.full((len(rows), max(len(row) for row in rows)), np.nan)
    for place, row in enumerate(rows):
        values[place, : len(row)] = row
    return Subgroups(values)
