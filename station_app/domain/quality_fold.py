"""What a station knows of inspection from its own records: inspections, series of lots, gauges, charts, signals, studies.

A part of the station's fold (:mod:`station_app.domain.station_fold`): made anew at every start, moved by every commit, and by
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from station_app.domain.chain import Row
from station_app.domain.inspection.gauges import GaugeRegister
from station_app.domain.inspection.lots import LotSeries
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.inspection.results import Inspections
from station_app.domain.records import (
    AttributeInspected,
    ControlLimitsSet,
    ControlSignal,
    Fact,
    GaugeCalibrated,
    GaugeStatusChanged,
    GaugeStudyEnded,
    GaugeStudyReading,
    GaugeStudyStarted,
    InspectionDecided,
    InspectionStarted,
    JobState,
    Measurement,
    ResultConfirmed,
    SampleMeasured,
    SamplingResumed,
    SignalCause,
)
from station_app.domain.spc.points import ChartHistories
from station_app.domain.spc.signals import SignalBook
from station_app.domain.spc.studies import Studies


@dataclass
class QualityFold:
    """The fold. ``open_plan`` gives a pinned plan by its content hash, None when it is lost."""

    open_plan: Callable[[str], InspectionPlan | None]
    inspections: Inspections = field(default_factory=Inspections)
    lots: LotSeries = field(default_factory=LotSeries)
    gauges: GaugeRegister = field(default_factory=GaugeRegister)
    charts: ChartHistories = field(default_factory=ChartHistories)
    signals: SignalBook = field(default_factory=SignalBook)
    studies: Studies = field(default_factory=Studies)

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record; kinds that do not concern inspection are passed over."""
        match fact:
            case SampleMeasured() | AttributeInspected():
                self.inspections.apply(row, fact)
                self.charts.apply(row, fact)
            case Measurement():
                self.charts.apply(row, fact)
            case JobState():
                self.inspections.apply(row, fact)
                self.charts.apply(row, fact)
            case InspectionStarted():
                self.inspections.start(row, fact, self.open_plan(fact.plan_sha256))
            case InspectionDecided():
                self.inspections.apply(row, fact)
                self.lots.apply(fact)
            case ResultConfirmed():
                self.inspections.apply(row, fact)
            case SamplingResumed():
                self.lots.resume(fact)
            # uses are looked for in the journal when they are asked for: they would fill the memory
            case GaugeCalibrated() | GaugeStatusChanged():
                self.gauges.apply(row, fact)
            case ControlSignal() | SignalCause() | ControlLimitsSet():
                self.signals.apply(row, fact)
            case GaugeStudyStarted() | GaugeStudyReading() | GaugeStudyEnded():
                self.studies.apply(row, fact)
            case _:
                pass
