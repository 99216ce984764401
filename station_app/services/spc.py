"""Control charts while work goes on: each charted characteristic's points and limits, what a new reading means, causes, and
limits frozen by a signed decision.

A reading is judged *before* it is recorded, so that its signals, and a hold, stand in the same commit as the reading: after a
crash both are there or neither, and nothing is doubled. All verbs are called on the main thread and may raise Refusal;
a chart of 10,000 points takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.plan import Characteristic, ChartSettings, InspectionPlan
from station_app.domain.permissions import Permission
from station_app.domain.quality.chart import Chart, ChartOptions, ControlLimits
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.kinds import ATTRIBUTE_KINDS, ChartKind
from station_app.domain.quality.run_rules import RULE_SETS
from station_app.domain.records import AttributeInspected, ControlLimitsSet, SampleMeasured, SignalCause
from station_app.domain.rules import Refusal, refuse_unpermitted
from station_app.domain.spc.line import merged
from station_app.domain.spc.live import FoundSignal, LiveChart, grouped, live_chart, make_chart, readings_of
from station_app.domain.spc.points import WHOLE_LINE, ChartPoint, Selection, chart_id_of, made_point
from station_app.domain.spc.signals import Signal
from station_app.services.charts_of_line import ChartName, ChartsOfLine
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary

if TYPE_CHECKING:
    from station_app.domain.quality.capability import Capability, Histogram

Saving = Future[list[Row]]
FEWEST_FOR_LIMITS = 5


@dataclass(frozen=True, slots=True)
class ChartEntry:
    """One chart of the station. ``points`` counts the samples here, ``open_signals`` those whose cause nobody named yet."""

    chart_id: str
    plan: InspectionPlan
    characteristic: Characteristic
    settings: ChartSettings
    points: int
    open_signals: int
    limits_version: int


@dataclass(frozen=True, eq=False)
class Proposal:
    """Limits that could be frozen: computed from ``points`` (samples that were left out are not among them)."""

    entry: ChartEntry
    chart: Chart
    limits: ControlLimits
    points: tuple[ChartPoint, ...]

    @property
    def stable(self) -> bool:
        """Whether no rule is broken by the points that the limits come from."""
        return self.chart.stable


@dataclass(frozen=True, eq=False)
class CapabilityFound:
    """Capability with its histogram, both of `domain.quality.capability`; ``chart`` is the one that is live."""

    capability: Capability
    histogram: Histogram
    chart: Chart | None

    @property
    def stable(self) -> bool:
        """Whether neither the chart of the same readings signals nor the one that is live, with its own limits and rules."""
        return self.capability.stable and (self.chart is None or self.chart.stable)


class ProcessControl:
    """The control charts of a station. ``line`` knows other stations' points, None where nobody asks for them."""

    def __init__(self, ledger: Ledger, library: MasterLibrary, line: ChartsOfLine | None = None) -> None:
        self._ledger = ledger
        self._library = library
        self.line = line

    # --- looking ---------------------------------------------------------------------------------------------------

    def charts(self) -> list[ChartEntry]:
        """Every charted characteristic of the plans in force, by plan and balloon."""
        entries = []
        for plan in sorted(self._library.book.plans.values(), key=lambda each: each.id):
            for each in sorted(plan.characteristics, key=lambda c: c.balloon):
                if each.chart is not None:
                    entries.append(self._entry(plan, each, each.chart))
        return entries

    def entry(self, chart_id: str) -> ChartEntry:
        """One chart: of the plans in force, else as the inspection or version that still has it says. Raises Refusal."""
        found = next((each for each in self.charts() if each.chart_id == chart_id), None)
        found = found or self._former(chart_id)
        if found is None:
            raise Refusal(f"There is no chart {chart_id} in the inspection plans of this station.")
        return found

    def live(self, chart_id: str, selection: Selection | None = None, stages: tuple[int, ...] = ()) -> LiveChart:
        """The chart as it is now, of all points that were made here or of those that a selection wants."""
        entry = self.entry(chart_id)
        points = self.points(chart_id, "" if selection is None else selection.station)
        chosen = points if selection is None else selection.of(points)
        return live_chart(entry.settings, chosen, self._frozen(chart_id, entry.settings), stages)

    def revision(self, chart_id: str) -> int:
        """Another number whenever a point that was made here came or was measured again."""
        return self._ledger.fold.quality.charts.revisions.get(chart_id, 0)

    def points(self, chart_id: str, station: str = "") -> Sequence[ChartPoint]:
        """The points of a chart, oldest first: those made here, of one other station, or of the WHOLE_LINE.

        Of the line what is known here: its own points at once, the others' as they come (``line``).
        """
        own = self._ledger.fold.quality.charts.of(chart_id)
        if not station:
            return own
        others = {} if self.line is None else self.line.points(chart_id)
        return merged(own, others) if station == WHOLE_LINE else others.get(station, ())

    def seek_line(self, entry: ChartEntry, *, now: bool = False) -> None:
        """Ask for what other stations measured since; ``line.changed`` tells when it is here."""
        if self.line is not None:
            plan = entry.plan
            self.line.seek(ChartName(entry.chart_id, plan.product, plan.operation, entry.characteristic.id), now=now)

    def signals(self, chart_id: str) -> list[Signal]:
        """The signals of a chart that were recorded here, oldest first."""
        return self._ledger.fold.quality.signals.of_chart(chart_id)

    def open_signals(self) -> list[Signal]:
        """Every signal whose cause nobody named yet, oldest first."""
        return list(self._ledger.fold.quality.signals.unexplained.values())

    def causes(self, chart_id: str) -> tuple[str, ...]:
        """The list of causes to choose from; anything else may be typed."""
        return self._library.book.reasons.get(self.entry(chart_id).settings.causes, ())

    def capability(self, chart_id: str, selection: Selection | None = None) -> CapabilityFound:
        """Capability against the specification limits of the characteristic. Raises Refusal when it cannot be computed."""
        # scipy is loaded for it, and a station that never asks does not pay for that
        from station_app.domain.quality.capability import Specification, capability, histogram

        entry = self.entry(chart_id)
        wanted = entry.characteristic
        if entry.settings.chart in ATTRIBUTE_KINDS:
            raise Refusal(f"“{wanted.title}” is counted, not measured: it has no capability indices.")
        chart = self.live(chart_id, selection)
        limits = [None if limit is None else float(limit) for limit in (wanted.lower, wanted.upper, wanted.nominal)]
        try:
            subgroups = readings_of(chart.groups)
            found = capability(subgroups, Specification(*limits), rules=RULE_SETS[entry.settings.rules])
            return CapabilityFound(found, histogram(subgroups.values), chart.chart)
        except (InputError, ValueError) as error:
            raise Refusal(f"Capability of “{wanted.title}” cannot be computed: {error}.") from error

    # --- judging ---------------------------------------------------------------------------------------------------

    def judge(
        self,
        plan: InspectionPlan,
        characteristic: Characteristic,
        fact: SampleMeasured | AttributeInspected,
        before: Sequence[ChartPoint] = (),
    ) -> list[FoundSignal]:
        """What a sample that is about to be recorded breaks; ``before`` are points of the same commit."""
        settings = characteristic.chart
        if settings is None:
            return []
        clock = self._ledger.clock
        point = made_point(fact, "", "", clock.wall_us(), clock.utc_offset_min())
        if point is None:
            return []
        chart_id = chart_id_of(plan.product, plan.operation, characteristic.id)
        points = [*self._ledger.fold.quality.charts.of(chart_id), *before]
        if fact.supersedes:
            # a point further back that is measured again says nothing about the newest one
            if not points or points[-1].rec_id != fact.supersedes:
                return []
            points.pop()
        points.append(point)
        return live_chart(settings, points, self._frozen(chart_id, settings)).newest_signals()

    def limits_version(self, chart_id: str, kind: ChartKind) -> int:
        """The version of the limits in force, 0 for provisional ones."""
        limits = self._ledger.fold.quality.signals.in_force(chart_id, kind)
        return 0 if limits is None else limits.version

    # --- deciding --------------------------------------------------------------------------------------------------

    def give_cause(self, signal_id: str, cause: str, text: str = "") -> Saving:
        """Why a rule was broken: chosen from the list or typed, with what was done about it. A later one stands beside it."""
        signal = self._ledger.fold.quality.signals.signals.get(signal_id)
        if signal is None:
            raise Refusal("This signal is not known here.")
        self._ledger.refuse_while_busy()
        self._ledger.permit(Permission.NAME_CAUSE)
        if not cause.strip():
            raise Refusal("Choose or type the cause.")
        fact = SignalCause(signal_id=signal_id, cause=cause.strip(), text=text.strip(), serial=signal.fact.serial)
        return self._ledger.commit([fact])

    def propose(self, chart_id: str, left_out: Collection[str] = (), first: str = "", last: str = "") -> Proposal:
        """Limits from the samples from ``first`` to ``last`` (point_ids; empty: all), without those that are left out."""
        entry = self.entry(chart_id)
        points = list(self._ledger.fold.quality.charts.of(chart_id))
        ids = [point.point_id for point in points]
        for name in (first, last):
            if name and name not in ids:
                raise Refusal("The chosen points are not on this chart any more. Choose them again.")
        begin, end = (ids.index(first) if first else 0), (ids.index(last) if last else len(ids) - 1)
        chosen = tuple(point for point in points[begin : end + 1] if point.point_id not in left_out)
        live = live_chart(entry.settings, chosen, stages=())
        if live.chart is None or len(live.groups) < FEWEST_FOR_LIMITS:
            raise Refusal(
                f"Limits need at least {FEWEST_FOR_LIMITS} points; {len(live.groups)} are chosen. {live.note}"
            )
        chart, limits = _phase_one(entry.settings, chosen)
        return Proposal(entry, chart, limits, chosen)

    def freeze(self, proposal: Proposal, reason: str, approval: Approval) -> Saving:
        """Set the proposed limits by a signed decision: from the next reading on they count, as a new version."""
        self._ledger.refuse_while_busy()
        self._ledger.actor()
        refuse_unpermitted(approval.person, Permission.SET_CONTROL_LIMITS)
        if not reason.strip():
            raise Refusal("Say why these limits are set.")
        chart_id = proposal.entry.chart_id
        version = self._ledger.fold.quality.signals.next_version(chart_id)
        return self._ledger.commit([_limits_fact(proposal, version, reason.strip(), approval)])

    # --- inside ----------------------------------------------------------------------------------------------------

    def _former(self, chart_id: str) -> ChartEntry | None:
        """A chart that a newer plan dropped: units that began before go on with it, and its signals want their cause."""
        pinned = [each.plan for each in self._ledger.fold.quality.inspections.by_id.values()]
        for plan in (*reversed(pinned), *self._library.book.plan_versions.values()):
            for each in plan.characteristics:
                if each.chart is not None and chart_id_of(plan.product, plan.operation, each.id) == chart_id:
                    return self._entry(plan, each, each.chart)
        return None

    def _entry(self, plan: InspectionPlan, characteristic: Characteristic, settings: ChartSettings) -> ChartEntry:
        chart_id = chart_id_of(plan.product, plan.operation, characteristic.id)
        quality = self._ledger.fold.quality
        return ChartEntry(
            chart_id=chart_id,
            plan=plan,
            characteristic=characteristic,
            settings=settings,
            points=len(quality.charts.of(chart_id)),
            open_signals=sum(signal.open for signal in quality.signals.of_chart(chart_id)),
            limits_version=self.limits_version(chart_id, settings.chart),
        )

    def _frozen(self, chart_id: str, settings: ChartSettings) -> ControlLimits | None:
        return self._ledger.fold.quality.signals.in_force(chart_id, settings.chart)


def _phase_one(settings: ChartSettings, points: Sequence[ChartPoint]) -> tuple[Chart, ControlLimits]:
    """The chart of the baseline with limits from all of it. Raises Refusal."""
    groups, _ = grouped(settings, points)
    try:
        chart = make_chart(settings, groups, ChartOptions(rules=RULE_SETS[settings.rules]))
    except InputError as error:
        raise Refusal(f"Limits cannot be computed: {error}.") from error
    if not np.all(chart.sigma > 0):
        raise Refusal(
            "The chosen points do not vary: there is nothing to set limits from. Does the gauge resolve enough?"
        )
    return chart, chart.limits[0]


def _limits_fact(proposal: Proposal, version: int, reason: str, approval: Approval) -> ControlLimitsSet:
    chart, limits, entry = proposal.chart, proposal.limits, proposal.entry
    second = chart.second
    return ControlLimitsSet(
        chart_id=entry.chart_id,
        limits_version=version,
        characteristic=entry.characteristic.id,
        chart=str(entry.settings.chart),
        subgroup_size=entry.settings.subgroup_size,
        center=limits.center,
        sigma=limits.sigma,
        lcl=float(chart.lcl[-1]),
        ucl=float(chart.ucl[-1]),
        second_center=None if second is None else float(second.center[-1]),
        second_lcl=None if second is None else float(second.lcl[-1]),
        second_ucl=None if second is None else float(second.ucl[-1]),
        estimator=str(limits.estimator),
        constants=str(limits.constants),
        dispersion=limits.dispersion,
        rules=chart.rules.enabled,
        baseline_from_us=proposal.points[0].at_us,
        baseline_until_us=proposal.points[-1].at_us,
        baseline_points=limits.subgroups,
        baseline_readings=limits.readings,
        reason=reason,
        approved_by=approval.person.id,
        printed_name=approval.person.name,
        method=approval.method,
    )
