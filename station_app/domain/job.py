"""A job: one order's operation on one unit at one station, folded from its records.

The same fold serves the running station and the restart after a crash: :meth:`Job.apply` is given the stored rows, in
order, and nothing else changes a job.

A step that is done again takes with it what relies on it: the steps whose conditions name it, and the steps that only a
signature makes, because they signed its records (:func:`dependents`). They are open again; all others stay done. So is a
signature within a step, when another check of it gets another result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.chain import Row
from station_app.domain.check_results import apply_result
from station_app.domain.checks import MachineValueCheck, SignatureCheck, TimerCheck
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    EquipmentState,
    EvidenceCaptured,
    EvidenceDerived,
    Fact,
    HandOver,
    JobParameters,
    JobState,
    OnStep,
    OnUnit,
    ReworkStarted,
    StepReopened,
    StepSkipped,
    StepState,
    ToolUsed,
    WorkTime,
)
from station_app.domain.step_progress import CheckProgress as CheckProgress
from station_app.domain.step_progress import Mark as Mark
from station_app.domain.step_progress import Signable
from station_app.domain.step_progress import StepProgress as StepProgress
from station_app.domain.variants import variant_for
from station_app.domain.work_clock import NOT_WAITING, UNTIL_FURTHER_NOTICE, Absence, Times, WorkClock, moment_of
from station_app.domain.work_master import Step, WorkMaster

RUNNING, INTERRUPTED, ENDED, ABORTED = "Running", "Interrupted", "Ended", "Aborted"
RESTARTED = "application restarted"
STATION = "station"
# what is inspected without a step of the instruction: no authored step can have this id
INSPECTION = "(inspection)"
NOT_A_STEP = ("", INSPECTION)
_MARKS = {Outcome.PASS: Mark.DONE, Outcome.SKIPPED: Mark.SKIPPED}


@dataclass(frozen=True, slots=True)
class InstalledPart:
    """A component that is in the unit already: the record of it, and its serial number or lot."""

    rec_id: str
    text: str


class Job:
    """The fold of one job's records. ``work_master`` is already resolved for the job's product.

    ``person`` is who works on it; ``tools`` maps a tool class to the tool of it that was scanned last and is good.
    """

    def __init__(self, first: JobState, row: Row, work_master: WorkMaster) -> None:
        self.job_id = first.job_id
        self.serial = first.serial
        self.order_id = first.order_id
        self.operation = first.operation
        self.product = first.product
        self.work_master = work_master
        self.sha256 = first.work_master_sha256
        self.state = first.state
        self.outcome: Outcome | None = None
        self.previous_operation = first.previous_operation
        self.started_us = row.wall_us
        self.person = row.actor
        variant = variant_for(work_master, first.product)
        self.variant = variant.id if variant is not None else ""
        self.parameters: tuple[str, ...] = ()
        self.tools: dict[str, str] = {}
        self.clock = WorkClock()
        self.steps = [
            StepProgress(step, no, checks=[CheckProgress(check) for check in step.checks])
            for no, step in enumerate(work_master.steps, 1)
        ]
        self._current: StepProgress | None = None

    @property
    def current(self) -> StepProgress | None:
        """The step in work, None when the job has ended."""
        return self._current

    @property
    def running(self) -> bool:
        """Whether actions are possible."""
        return self.state == RUNNING

    def step(self, step_id: str) -> StepProgress:
        """The step of that id. Raises KeyError when there is none."""
        for progress in self.steps:
            if progress.step.id == step_id:
                return progress
        raise KeyError(step_id)

    @property
    def takt_s(self) -> float:
        """The takt of the steps that this unit needs, together, as far as is known; 0 without one."""
        return sum(progress.step.takt_s for progress in self.steps if progress.left_out != "condition")

    def spent(self, mono_ns: int, absences: Sequence[Absence] = ()) -> Times:
        """The times of the whole job up to ``mono_ns`` of the current boot: of every attempt, also those done again."""
        total = self.clock.unrecorded(mono_ns, absences) if self._current is not None else Times()
        for times in self.times().values():
            total = total + times
        return total

    def times(self) -> dict[str, Times]:
        """What each person spent on the job, as far as it is recorded."""
        total: dict[str, Times] = {}
        for progress in self.steps:
            for person, times in progress.times.items():
                total[person] = total.get(person, Times()) + times
        return total

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one more record of this job."""
        match fact:
            case JobState():
                self._job_state(row, fact)
            case EquipmentState():
                if fact.reason == RESTARTED and self.running:
                    self.clock.restart(row)
                    self._note_waiting(row)
            case HandOver():
                self.person = fact.to_person
                self._touch(row)
            case JobParameters():
                self.parameters = fact.parameters
            case ReworkStarted():
                self._rework(fact)
            case OnStep():
                self._on_step(row, fact)
            case _:
                pass
        if isinstance(fact, OnUnit) and row.actor != STATION:
            self._note_waiting(row)

    def _on_step(self, row: Row, fact: OnStep) -> None:
        match fact:
            case WorkTime():
                self._work_time(row, fact)
                return
            case EvidenceDerived():
                return  # a copy of a picture says nothing about the work, at whatever step that stands meanwhile
            case StepState():
                self._step_state(row, fact)
            case StepSkipped():
                self._touch(row)
                self._skip(fact)
            case StepReopened():
                self._touch(row)
                self._reopen(fact)
            case _ if fact.step_id in NOT_A_STEP:
                self._touch(row)
                return
            case _:
                self._touch(row)
                self._check_result(row, fact)
        self._note_record(row, fact)

    def govern(self, work_master: WorkMaster) -> None:
        """From its start on the job is done by these steps: the same, with the word of an inspection plan in their checks."""
        self.work_master = work_master
        for progress, step in zip(self.steps, work_master.steps, strict=True):
            kept = {check.id: check for check in step.checks}
            progress.step = step
            progress.checks = [check for check in progress.checks if check.check.id in kept]
            for check in progress.checks:
                check.check = kept[check.check.id]

    def _touch(self, row: Row) -> None:
        """What the station records by itself, like a picture of a failure, proves nobody's presence."""
        if self.running and row.actor != STATION:
            self.clock.touch(row)

    def _job_state(self, row: Row, fact: JobState) -> None:
        if fact.state == RUNNING and self.state == INTERRUPTED:
            self.person = row.actor
            self.clock.restart(row)
        elif self.state == RUNNING:
            self.clock.touch(row)
        self.state = fact.state
        if fact.state in (ENDED, ABORTED):
            self.outcome = fact.outcome
            self._current = None
        if fact.state != RUNNING:
            self.clock.pause()

    def _step_state(self, row: Row, fact: StepState) -> None:
        progress = self.step(fact.step_id)
        if fact.state == "started":
            progress.mark = Mark.CURRENT
            progress.attempt = fact.attempt
            progress.began = moment_of(row)
            self._current = progress
            self.clock.start(row)
        elif fact.state == "repeated":
            self.clock.touch(row)
            progress.again(fact.attempt)
            progress.began = moment_of(row)
            progress.mark = Mark.CURRENT
        elif fact.state == "completed":
            progress.mark = _MARKS.get(fact.outcome or Outcome.FAIL, Mark.FAILED)
            progress.attended_s = fact.attended_s
            self._current = None

    def _skip(self, fact: StepSkipped) -> None:
        progress = self.step(fact.step_id)
        progress.mark = Mark.SKIPPED
        progress.left_out = fact.cause
        if progress is self._current:
            self._current = None

    def _reopen(self, fact: StepReopened) -> None:
        """Another attempt of an earlier step: the step where the work stood and what relies on this one are open again."""
        left = self._current
        self._current = None
        again = dependents(self.work_master, fact.step_id)
        for progress in self.steps:
            if progress is left:
                progress.again(progress.attempt if progress.untouched() else progress.attempt + 1)
            elif progress.step.id in again and progress.settled:
                progress.again(progress.attempt + 1)
        self.step(fact.step_id).again(fact.attempt)

    def _rework(self, fact: ReworkStarted) -> None:
        """Every step from the one for rework to the one that failed is done again."""
        failed, to = self.step(fact.from_step), self.step(fact.to_step)
        failed.reworks += 1
        self._current = None
        for progress in self.steps[to.no : failed.no]:
            progress.again(progress.attempt + 1)

    def _work_time(self, row: Row, fact: WorkTime) -> None:
        times = Times(fact.wall_s, fact.attended_s, fact.waiting_s)
        progress = self.step(fact.step_id)
        progress.times[fact.person_id] = progress.times.get(fact.person_id, Times()) + times
        self.clock.record(row, times)

    def _check_result(self, row: Row, fact: OnStep) -> None:
        progress = self.step(fact.step_id)
        if isinstance(fact, ToolUsed) and fact.outcome is Outcome.PASS:
            self.tools[fact.tool_class] = fact.tool
        if not fact.check_id:
            if isinstance(fact, EvidenceCaptured) and fact.attempt == progress.attempt:
                progress.pictures.append(fact.sha256)
            return
        check = progress.check(fact.check_id)
        apply_result(check, row, fact)
        if not isinstance(check.check, SignatureCheck):
            _void_signatures(progress)
        if progress is self._current:
            progress.mark = Mark.FAILED if progress.failed_check() is not None else Mark.CURRENT

    def _note_record(self, row: Row, fact: OnStep) -> None:
        records = self.step(fact.step_id).records
        if fact.supersedes:
            records[:] = [record for record in records if record.rec_id != fact.supersedes]
        records.append(Signable(row.rec_id, row.hash.hex(), row.actor, fact.attempt, row.kind))

    def _note_waiting(self, row: Row) -> None:
        """Until when the step in work waits by itself: for a timer, or for a machine, that is what comes next in it."""
        step = self._current
        check = step.next_check() if step is not None else None
        self.clock.waits_until_ns = NOT_WAITING
        if check is None:
            return
        if isinstance(check.check, MachineValueCheck) and check.check.mode == "wait":
            self.clock.waits_until_ns = UNTIL_FURTHER_NOTICE
        elif isinstance(check.check, TimerCheck) and check.timer is not None and check.mark is Mark.OPEN:
            left_s = check.timer.left_s(moment_of(row))
            self.clock.waits_until_ns = row.mono_ns + round(left_s * 1e9)


def _void_signatures(progress: StepProgress) -> None:
    """What is recorded after a signature was not signed by it: the step is signed anew."""
    for check in progress.checks:
        if isinstance(check.check, SignatureCheck) and check.mark is Mark.DONE:
            check.mark, check.text, check.answer = Mark.OPEN, "", ""


def signs_only(step: Step) -> bool:
    """Whether a step consists of signatures: it signs everything that the job recorded before."""
    return bool(step.checks) and all(isinstance(check, SignatureCheck) for check in step.checks)


def dependents(work_master: WorkMaster, step_id: str) -> frozenset[str]:
    """The later steps that rely on a step: by their conditions, also through other steps, and by what they sign."""
    found = {step_id}
    begun = False
    for step in work_master.steps:
        if begun and (signs_only(step) or any(condition.step in found for condition in step.conditions)):
            found.add(step.id)
        begun = begun or step.id == step_id
    return frozenset(found - {step_id})
