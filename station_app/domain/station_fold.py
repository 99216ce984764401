"""What a station knows from its own records: the running job, the units it has seen, components, calls, alarms, counts,
and what it did lately.

Folded from the journal at start and one record at a time afterwards; nothing else changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from station_app.domain.alarm import AlarmList
from station_app.domain.chain import Row
from station_app.domain.characteristic_history import CharacteristicHistory
from station_app.domain.inspection.governing import governed_work_master
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, InstalledPart, Job
from station_app.domain.outcome import Outcome
from station_app.domain.quality_fold import QualityFold
from station_app.domain.recent_work import RecentWork
from station_app.domain.records import (
    KINDS,
    AlarmTransition,
    CallAnswered,
    CallRaised,
    EquipmentState,
    EsdTested,
    Fact,
    Hold,
    HoldReleased,
    InspectionStarted,
    JobState,
    MaintenanceRequested,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    OnStep,
    OnUnit,
    SampleMeasured,
    decode_body,
)
from station_app.domain.releases import OrderVersions
from station_app.domain.variants import VariantError, resolve
from station_app.domain.work_master import WorkMaster

IGNORED = frozenset({"checkpoint", "epoch_start", "comment"})


@dataclass(frozen=True, slots=True)
class UnitHere:
    """The newest job of a unit at this station."""

    serial: str
    job_id: str
    order_id: str
    operation: str
    state: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Call:
    """An open call for help."""

    fact: CallRaised
    since_us: int
    actor: str


@dataclass(slots=True)
class Counts:
    """Jobs ended here, by outcome."""

    good: int = 0
    nonconforming: int = 0


def _no_plan(_sha256: str) -> None:
    """A station without inspection plans."""


@dataclass
class StationFold:
    """The fold. ``open_work_master`` gives the pinned work master of a job by its content hash, None when it is lost.

    ``open_plan`` does the same for inspection plans; ``quality`` is what is known of inspection.

    ``interrupted`` holds the jobs, by serial number, that were set aside for another unit; they go on where they stood.
    ``esd`` is each person's newest ESD test, ``versions`` with which version orders go on.
    ``unopened`` is a running job whose work master is lost: no other work starts before that is settled.
    """

    open_work_master: Callable[[str], WorkMaster | None]
    open_plan: Callable[[str], InspectionPlan | None] = _no_plan
    quality: QualityFold = field(init=False)
    job: Job | None = None
    interrupted: dict[str, Job] = field(default_factory=dict)
    unopened: JobState | None = None
    units: dict[str, UnitHere] = field(default_factory=dict)
    component_used_in: dict[str, str] = field(default_factory=dict)
    lot_consumed: dict[str, float] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    alarms: AlarmList = field(default_factory=AlarmList)
    esd: dict[str, EsdTested] = field(default_factory=dict)
    versions: OrderVersions = field(default_factory=OrderVersions)
    equipment: EquipmentState | None = None
    counts: Counts = field(default_factory=Counts)
    _consumed: dict[str, MaterialConsumed] = field(default_factory=dict)
    _installed: dict[tuple[str, str, str, str], str] = field(default_factory=dict)
    _resolved: dict[tuple[str, str], WorkMaster] = field(default_factory=dict)
    characteristics: CharacteristicHistory = field(default_factory=CharacteristicHistory)
    recent: RecentWork = field(default_factory=RecentWork)

    def __post_init__(self) -> None:
        self.quality = QualityFold(self.open_plan)

    def apply_row(self, row: Row) -> None:
        """Fold one stored row; kinds of a newer version are passed over."""
        if row.kind in KINDS and row.kind not in IGNORED and KINDS[row.kind].version >= row.ver:
            self.apply(row, decode_body(row.kind, row.body))

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record."""
        self.recent.apply(row, fact)
        self.versions.apply(fact)
        self.quality.apply(row, fact)
        match fact:
            case JobState():
                self._job_state(row, fact)
            case OnStep():
                self._on_step(row, fact)
            case InspectionStarted():
                self._govern(fact)
            case OnUnit():
                if self.job is not None and self.job.job_id == fact.job_id:
                    self.job.apply(row, fact)
            case EsdTested():
                self.esd[fact.person_id] = fact
            case EquipmentState():
                self.equipment = fact
                if self.job is not None:
                    self.job.apply(row, fact)
            case CallRaised():
                self.calls[fact.call_id] = Call(fact, row.wall_us, row.actor)
            case CallAnswered():
                self.calls.pop(fact.call_id, None)
            case Hold():
                self.holds[fact.hold_id] = fact
            case HoldReleased():
                self.holds.pop(fact.hold_id, None)
            case AlarmTransition():
                self.alarms.apply(fact, row.actor, row.wall_us)
            case MaintenanceRequested():
                self.alarms.apply_request(fact, row.actor)
            case _:
                pass

    def held(self, serial: str, order_id: str = "") -> Hold | None:
        """The hold on a unit, or on its order where that is given, placed here, if any."""
        return self.held_as("unit", serial) or (self.held_as("order", order_id) if order_id else None)

    def held_as(self, scope: str, subject: str) -> Hold | None:
        """The hold on a unit, lot or order placed here, if any."""
        return next((h for h in self.holds.values() if (h.scope, h.subject) == (scope, subject)), None)

    def _job_state(self, row: Row, fact: JobState) -> None:
        if self.job is not None and self.job.job_id == fact.job_id:
            self.job.apply(row, fact)
        elif fact.state in (RUNNING, INTERRUPTED):
            self._change_job(row, fact)
        elif self.unopened is not None and self.unopened.job_id == fact.job_id:
            self.unopened = None
        if fact.state == ENDED:
            self.counts.good += fact.outcome is Outcome.PASS
            self.counts.nonconforming += fact.outcome is Outcome.FAIL
        self.units[fact.serial] = UnitHere(
            fact.serial, fact.job_id, fact.order_id, fact.operation, fact.state, fact.outcome
        )

    def _govern(self, fact: InspectionStarted) -> None:
        """The inspection of the job's unit began: its plan's word counts in the checks."""
        inspection = self.quality.inspections.by_id.get(fact.inspection_id)
        if inspection is not None and self.job is not None and self.job.job_id == fact.job_id:
            self.job.govern(governed_work_master(self.job.work_master, inspection.plan, fact.due))

    def installed_before(self, job: Job, step_id: str) -> dict[str, InstalledPart]:
        """What an earlier job of the unit's operation, which was aborted, has built in at a step: by check."""
        found = {}
        for check in job.step(step_id).checks:
            rec_id = self._installed.get((job.serial, job.operation, step_id, check.check.id), "")
            fact = self._consumed.get(rec_id)
            if fact is not None and fact.job_id != job.job_id:
                found[check.check.id] = InstalledPart(rec_id, fact.component_serial or fact.lot)
        return found

    def _take_back(self, rec_id: str) -> None:
        """A component that a later record replaces was not used after all."""
        replaced = self._consumed.pop(rec_id, None)
        if replaced is None:
            return
        if replaced.component_serial:
            self.component_used_in.pop(replaced.component_serial, None)
        else:
            self.lot_consumed[replaced.lot] -= replaced.quantity

    def _change_job(self, row: Row, fact: JobState) -> None:
        """Another job than the last one: a new one, or one that was set aside and goes on."""
        if self.job is not None and self.job.state == INTERRUPTED:
            self.interrupted[self.job.serial] = self.job
        aside = self.interrupted.get(fact.serial)
        if aside is not None and aside.job_id == fact.job_id:
            self.job = self.interrupted.pop(fact.serial)
            self.job.apply(row, fact)
            return
        work_master = self._instruction(fact)
        self.job = None if work_master is None else Job(fact, row, work_master)
        self.unopened = fact if work_master is None else None

    def _instruction(self, fact: JobState) -> WorkMaster | None:
        """The pinned work master resolved for the job's product; None when it is lost or serves that product no more."""
        key = (fact.work_master_sha256, fact.product)
        if key not in self._resolved:
            work_master = self.open_work_master(fact.work_master_sha256)
            if work_master is None:
                return None  # it may come again
            try:
                self._resolved[key] = resolve(work_master, fact.product)
            except VariantError:
                return None
        return self._resolved[key]

    def _on_step(self, row: Row, fact: OnStep) -> None:
        if isinstance(fact, MaterialConsumed):
            self._take_back(fact.supersedes)
            self._consumed[row.rec_id] = fact
            self._installed[fact.serial, fact.operation, fact.step_id, fact.check_id] = row.rec_id
            if fact.component_serial:
                self.component_used_in[fact.component_serial] = fact.serial
            else:
                self.lot_consumed[fact.lot] = self.lot_consumed.get(fact.lot, 0.0) + fact.quantity
        elif isinstance(fact, Measurement | SampleMeasured):
            self.characteristics.add(row, fact)
        elif isinstance(fact, MaterialDetached):
            self.component_used_in.pop(fact.component_serial, None)
        if self.job is not None and self.job.job_id == fact.job_id:
            self.job.apply(row, fact)
