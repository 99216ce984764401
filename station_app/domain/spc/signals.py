"""Signals of control charts with their causes, and the versions of frozen limits: folded from records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from station_app.domain.chain import Row
from station_app.domain.quality.chart import ControlLimits
from station_app.domain.quality.constants import Constants
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.sigma import Estimator
from station_app.domain.records import ControlLimitsSet, ControlSignal, Fact, SignalCause

STOP, HOLD = "stop", "hold"
MOST_SIGNALS = 5000


@dataclass(slots=True)
class Signal:
    """A broken rule as it was recorded, with its causes, the newest last."""

    fact: ControlSignal
    rec_id: str
    at_us: int
    actor: str
    causes: list[SignalCause] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether nobody has said why yet. A warning asks for no cause."""
        return not self.causes and not self.fact.warning


@dataclass
class SignalBook:
    """All signals of the station by id, oldest first (at most 5,000), and the limits of every chart by version.

    ``unexplained`` are those of them that are open.
    """

    signals: dict[str, Signal] = field(default_factory=dict)
    unexplained: dict[str, Signal] = field(default_factory=dict)
    limits: dict[str, list[ControlLimitsSet]] = field(default_factory=dict)

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record; others are passed over."""
        match fact:
            case ControlSignal():
                signal = self.signals[fact.signal_id] = Signal(fact, row.rec_id, row.wall_us, row.actor)
                if signal.open:
                    self.unexplained[fact.signal_id] = signal
                if len(self.signals) > MOST_SIGNALS:
                    oldest = next(iter(self.signals))
                    del self.signals[oldest]
                    self.unexplained.pop(oldest, None)
            case SignalCause():
                known = self.signals.get(fact.signal_id)
                if known is not None:
                    known.causes.append(fact)
                    self.unexplained.pop(fact.signal_id, None)
            case ControlLimitsSet():
                self.limits.setdefault(fact.chart_id, []).append(fact)
            case _:
                pass

    def of_chart(self, chart_id: str) -> list[Signal]:
        """The signals of a chart, oldest first."""
        return [signal for signal in self.signals.values() if signal.fact.chart_id == chart_id]

    def of_point(self, point_id: str) -> list[Signal]:
        """What a point broke."""
        return [signal for signal in self.signals.values() if signal.fact.point_id == point_id]

    def stopping(self, job_id: str) -> Iterator[Signal]:
        """The signals that stop a job's step until their cause is known."""
        return (s for s in self.unexplained.values() if s.fact.action == STOP and s.fact.job_id == job_id)

    def in_force(self, chart_id: str, kind: ChartKind) -> ControlLimits | None:
        """The frozen limits of a chart, the newest version; None when there are none for this kind of chart."""
        versions = [each for each in self.limits.get(chart_id, ()) if each.chart == kind]
        return limits_of(max(versions, key=lambda each: each.limits_version)) if versions else None

    def next_version(self, chart_id: str) -> int:
        """The version of the next limits of a chart."""
        return max((each.limits_version for each in self.limits.get(chart_id, ())), default=0) + 1


def limits_of(fact: ControlLimitsSet) -> ControlLimits:
    """The limits that a record froze."""
    return ControlLimits(
        kind=ChartKind(fact.chart),
        center=fact.center,
        sigma=fact.sigma,
        estimator=Estimator(fact.estimator),
        subgroups=fact.baseline_points,
        readings=fact.baseline_readings,
        constants=Constants(fact.constants),
        dispersion=fact.dispersion,
        source=f"limits {fact.limits_version} of {fact.chart_id}",
        version=fact.limits_version,
    )
