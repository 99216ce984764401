"""The activities of inspection together, as windows and scripts use them: ``services.quality``.

============ ====================================================================================================
`inspecting` `current` (the unit's inspection), `rows(inspection, piece)`; `enter(Entering(...))`, `enter_many`,
             `enter_attribute`, `enter_count`, `confirm`; lots: `plans`, `start_lot`, `open_lots`, `verdicts`, `decide_lot`,
             `switching`, `resume_sampling`; `release_hold`
`control`    `charts()`, `live(chart_id, Selection(...), stages)`, `signals(chart_id)`, `open_signals()`, `causes`,
             `give_cause`; `propose` and `freeze` limits; `capability`; other stations' points: `seek_line`, `line`
`gauges`     `all()`, `state`, `fault(gauge, gauge_class)`, `record_calibration`, `set_status`, `affected`
`studies`    `start`, `in_work`, `study(id).next_for(operator)`, `record`, `compute`, `finish`, `abandon`
============ ====================================================================================================

From a point of a chart (`LiveChart.groups`) to what stands behind it: its `rec_id`, `serial`, `job_id`, `at_us`, `operator` and
`gauge`. Imported results are made by `domain.inspection.qif` and `importing`, and taken by `enter_many`.

Built in two steps, because execution asks the plans: :class:`PlanRules` first, then execution with it, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from station_app.services.charts_of_line import ChartsOfLine
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
    line: ChartsOfLine | None = None,
) -> QualityServices:
    """The activities, on an execution that was made with the same plans."""
    return QualityServices(
        inspecting=LotInspecting(ledger, library, execution, plans, new_id),
        control=ProcessControl(ledger, library, line),
        gauges=Gauges(ledger, library, records, pool),
        studies=GaugeStudies(ledger, plans, new_id),
    )
