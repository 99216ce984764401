"""What an inspection plan adds to a job: how the job begins, what a reading records, and why a unit may not go on.

Execution asks through the :class:`Governing` protocol; :class:`PlanRules` answers facts and commits nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from station_app.domain import rules
from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.governing import governing
from station_app.domain.inspection.plan import Action, Characteristic, InspectionPlan, PlanError
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.sampling import due_on_unit, schemes_of
from station_app.domain.job import ABORTED, ENDED, Job, Mark
from station_app.domain.master import JobOrder
from station_app.domain.outcome import Outcome
from station_app.domain.quality.sampling import Severity
from station_app.domain.records import (
    AttributeInspected,
    CheckOverridden,
    ControlSignal,
    Fact,
    Hold,
    InspectionDecided,
    InspectionStarted,
    JobState,
    SampleMeasured,
    StepSkipped,
    StepState,
)
from station_app.domain.rules import Refusal
from station_app.services.inspection_entry import Entering, EntryRules, Gathered
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.spc import ProcessControl

# a step that was left out by a signature
OVERRIDE = "override"
# where readings come with the decimals that a gauge shows; values of tags have those of a float
TYPED_OR_GAUGE = ("keypad", "keyboard", "scanner", "gauge")
TAG_DECIMALS = 12


class Governing(Protocol):
    """What execution asks about inspection plans."""

    def plan_for(self, order: JobOrder, operation: str, today: str) -> tuple[str, str] | None:
        """Id and version of the plan that the next unit of an order is inspected by, if any; ``today`` is an ISO date.

        Raises Refusal: it was withdrawn, or a supervisor decides about its version first (VersionAsked).
        """
        ...

    def at_start(self, job_id: str, serial: str, order: JobOrder, operation: str, today: str) -> list[Fact]:
        """What is recorded with a job's start. Raises Refusal when the plan cannot be used."""
        ...

    def entry(self, job: Job | None, check_id: str, text: str, source: str, gauge: str) -> list[Fact] | None:
        """What one reading of a check records; None for a check that no plan governs. Raises Refusal."""
        ...

    def before_commit(self, job: Job, facts: Sequence[Fact]) -> list[Fact]:
        """The facts as they may be recorded: without going on where something keeps the unit. Raises Refusal."""
        ...


class PlanRules:
    """The plans in force, and the facts that follow from them."""

    def __init__(
        self, ledger: Ledger, library: MasterLibrary, control: ProcessControl, new_id: Callable[[], str]
    ) -> None:
        self._ledger = ledger
        self._library = library
        self._new_id = new_id
        self.entries = EntryRules(ledger, library, control, new_id)

    # --- the beginning ---------------------------------------------------------------------------------------------

    def plan_for(self, order: JobOrder, operation: str, today: str) -> tuple[str, str] | None:
        """Id and version of the plan for the next unit of an order."""
        return self._library.plan_for(order.product, operation, order.id, self._ledger.fold.versions, today)

    def at_start(self, job_id: str, serial: str, order: JobOrder, operation: str, today: str) -> list[Fact]:
        """The inspection of a job's unit begins with the job, where a plan is in force for it."""
        found = self.plan_for(order, operation, today)
        if found is None:
            return []
        plan, sha256 = self.open_plan(*found)
        if not plan.characteristics:
            return []
        series = self._ledger.fold.quality.lots
        severities = {scheme.key: series.state(plan.id, "", scheme).severity for scheme in schemes_of(plan)}
        return [
            InspectionStarted(
                job_id=job_id,
                serial=serial,
                order_id=order.id,
                operation=operation,
                inspection_id=self._new_id(),
                plan_id=plan.id,
                plan_version=plan.version,
                plan_sha256=sha256,
                product=plan.product,
                due=due_on_unit(plan, serial, order.id, order.serials, severities),
                severities=severity_texts(severities),
            )
        ]

    def open_plan(self, plan_id: str, version: str) -> tuple[InspectionPlan, str]:
        """That version of a plan with its content hash, kept here. Raises Refusal."""
        try:
            return self._library.open_plan(plan_id, version)
        except PlanError as error:
            raise Refusal(f"{error}. Tell a supervisor; nothing was started.") from error

    # --- readings --------------------------------------------------------------------------------------------------

    def entry(self, job: Job | None, check_id: str, text: str, source: str, gauge: str) -> list[Fact] | None:
        """One reading for the check of the step in work."""
        inspection = None if job is None else self._ledger.fold.quality.inspections.for_job(job.job_id)
        if job is not None:
            self._refuse_lost(job)
        if job is None or inspection is None:
            return None
        step = rules.current_step(job)
        try:
            check = step.check(check_id)
        except KeyError:
            return None
        wanted = governing(check.check, inspection.plan)
        if wanted is None:
            return None
        gathered = Gathered()
        most = None if source in TYPED_OR_GAUGE else TAG_DECIMALS
        self.entries.gather(gathered, inspection, wanted, Entering(wanted.id, (text,), source, gauge), job, most)
        return gathered.commit

    # --- going on --------------------------------------------------------------------------------------------------

    def before_commit(self, job: Job, facts: Sequence[Fact]) -> list[Fact]:
        """Keep the unit where a signal, a hold or a missing result says so; decide its inspection where the job ends."""
        inspection = self._ledger.fold.quality.inspections.for_job(job.job_id)
        end = next((fact for fact in facts if isinstance(fact, JobState) and fact.state == ENDED), None)
        passes = end is not None and end.outcome is Outcome.PASS
        leaves = any(isinstance(fact, StepState) and fact.state == "completed" for fact in facts)
        kept = self._why_stopped(job, facts) if leaves or passes else ""
        if passes:
            self._refuse_lost(job)
        if passes and not kept:
            kept = self._why_not_ended(job, inspection, facts)
        if kept:
            return _without_going_on(facts, kept)
        if any(isinstance(fact, JobState) and fact.state == ABORTED for fact in facts):
            return [*facts, *self._held_at_abort(job, inspection)]
        if end is None or inspection is None or inspection.closed:
            return list(facts)
        return [*facts, _decided(inspection, end.outcome or Outcome.FAIL, facts)]

    def _refuse_lost(self, job: Job) -> None:
        """Raises Refusal when the plan that the job's inspection pinned is not here any more."""
        lost = self._ledger.fold.quality.inspections.lost.values()
        if any(started.job_id == job.job_id for started in lost):
            raise Refusal(
                "The inspection plan of this unit is not at this station any more. Publish it again, start the station anew "
                "when it is here, or abort the job."
            )

    def _held_at_abort(self, job: Job, inspection: Inspection | None) -> list[Fact]:
        """A hold on a unit that is left out of limits or stopped by a chart: begun anew, that would be forgotten."""
        failed = () if inspection is None or inspection.closed else inspection.unconfirmed()
        open_ = next((each for each, _, _ in failed if not _set_aside(job, each)), None)
        stopped = self._why_stopped(job, ())
        if open_ is not None:
            reason = f"Aborted while “{open_.title}” (balloon {open_.balloon}) was out of limits"
        elif stopped:
            reason = "Aborted while a control chart stopped it"
        else:
            return []
        if self._ledger.fold.held(job.serial) is not None:
            return []
        return [Hold(hold_id=self._new_id(), scope="unit", subject=job.serial, reason=reason)]

    def _why_stopped(self, job: Job, facts: Sequence[Fact]) -> str:
        stopping = next(self._ledger.fold.quality.signals.stopping(job.job_id), None)
        found = stopping.fact if stopping is not None else None
        if found is None:
            found = next((f for f in facts if isinstance(f, ControlSignal) and f.action == Action.STOP), None)
        if found is None:
            return ""
        return f"A control chart stops this step: {found.rule_text}. Name the cause before you go on."

    def _why_not_ended(self, job: Job, inspection: Inspection | None, facts: Sequence[Fact]) -> str:
        hold = self._ledger.fold.held(job.serial, job.order_id)
        if hold is None:
            hold = next((f for f in facts if isinstance(f, Hold) and f.subject == job.serial), None)
        if hold is not None:
            return f"Unit {job.serial} is on hold: {hold.reason}. It cannot be completed before the hold is released."
        if inspection is None:
            return ""
        missing = next((each for each, _ in inspection.missing(facts) if not _set_aside(job, each, facts)), None)
        if missing is not None:
            return f"“{missing.title}” (balloon {missing.balloon}) has no result yet. Enter it on the page Inspect."
        again = {fact.supersedes for fact in facts if isinstance(fact, SampleMeasured | AttributeInspected)}
        failed = (each for each, _, result in inspection.unconfirmed() if result.rec_id not in again)
        bad = next((each for each in failed if not _set_aside(job, each, facts)), None)
        if bad is not None:
            return f"“{bad.title}” (balloon {bad.balloon}) is not in order. Measure again or confirm the defect."
        return ""


def _set_aside(job: Job, wanted: Characteristic, facts: Sequence[Fact] = ()) -> bool:
    """Whether a signature set the check of a characteristic aside, or left its step out. Nothing else replaces a result.

    ``facts`` are about to be recorded.
    """
    for step in job.steps:
        for check in step.checks:
            if isinstance(check.check, MeasureCheck) and check.check.characteristic == wanted.id:
                signed = step.left_out == OVERRIDE or any(
                    _signs_out(fact, step.step.id, check.check.id) for fact in facts
                )
                return signed or check.mark is Mark.SKIPPED
    return False


def _signs_out(fact: Fact, step_id: str, check_id: str) -> bool:
    if isinstance(fact, StepSkipped):
        return fact.step_id == step_id and fact.cause == OVERRIDE
    return isinstance(fact, CheckOverridden) and (fact.step_id, fact.check_id) == (step_id, check_id)


def _without_going_on(facts: Sequence[Fact], reason: str) -> list[Fact]:
    """What was measured is kept; the step's completion and what follows it are not. Raises Refusal when nothing is left."""
    for place, fact in enumerate(facts):
        leaving = isinstance(fact, StepState) and fact.state == "completed"
        if leaving or isinstance(fact, StepSkipped | JobState):
            if place == 0:
                raise Refusal(reason)
            return list(facts[:place])
    return list(facts)


def _decided(inspection: Inspection, outcome: Outcome, facts: Sequence[Fact]) -> InspectionDecided:
    started = inspection.started
    bad = {(c.id, piece) for c, piece, _ in inspection.nonconforming()}
    for fact in facts:
        if isinstance(fact, SampleMeasured | AttributeInspected):
            key = (fact.characteristic, fact.sample_no)
            (bad.discard if fact.outcome is Outcome.PASS else bad.add)(key)
    return InspectionDecided(
        job_id=started.job_id,
        serial=started.serial,
        order_id=started.order_id,
        operation=started.operation,
        inspection_id=started.inspection_id,
        plan_id=started.plan_id,
        plan_version=started.plan_version,
        plan_sha256=started.plan_sha256,
        nonconforming=len(bad),
        outcome=outcome,
    )


def severity_texts(severities: dict[str, Severity]) -> tuple[str, ...]:
    """Severities as an inspection pins them."""
    return tuple(f"{key} {severity}" for key, severity in severities.items())
