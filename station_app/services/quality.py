"""The activities of inspection together, as windows and scripts use them.

Built in two steps, because execution asks the plans: :class:`PlanRules` first, then execution with it, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from station_app.services.execution import Execution
from station_app.services.gauge_register import Gauges, StationRows
from station_app.services.gauge_studies import GaugeStudies
from station_app.services.governing import PlanRules
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lot_inspecting import LotInspecting
from station_app.services.spc import ProcessControl


@dataclass(frozen=True, slots=True)
class QualityServices:
    """Inspections of units and lots, control charts, gauges, gauge studies."""

    inspecting: LotInspecting
    control: ProcessControl
    gauges: Gauges
    studies: GaugeStudies


def make_plans(ledger: Ledger, library: MasterLibrary, new_id: Callable[[], str]) -> PlanRules:
    """What execution asks about inspection plans."""
    return PlanRules(ledger, library, ProcessControl(ledger, library), new_id)


def make_quality(
    ledger: Ledger,
    library: MasterLibrary,
    execution: Execution,
    plans: PlanRules,
    records: StationRows,
    pool: Executor,
    new_id: Callable[[], str],
) -> QualityServices:
    """The activities, on an execution that was made with the same plans."""
    return QualityServices(
        inspecting=LotInspecting(ledger, execution, plans, new_id),
        control=ProcessControl(ledger, library),
        gauges=Gauges(ledger, library, records, pool),
        studies=GaugeStudies(ledger, plans, new_id),
    )
