"""A job: one order's operation on one unit at one station, folded from its records.

The same fold serves the running station and the restart after a crash: :meth:`Job.apply` is given the stored rows, in
order, and nothing else changes a job.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from drivers.base import Quality
from station_app.domain.chain import Row
from station_app.domain.checks import Check
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    CheckConfirmed,
    EquipmentState,
    EvidenceCaptured,
    Fact,
    JobState,
    MachineValue,
    MaterialConsumed,
    Measurement,
    Nonconformance,
    OnStep,
    StepState,
)
from station_app.domain.work_master import Step, WorkMaster

RUNNING, INTERRUPTED, ENDED, ABORTED = "Running", "Interrupted", "Ended", "Aborted"
RESTARTED = "application restarted"


class Mark(enum.StrEnum):
    """How a step or check stands."""

    OPEN = "open"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(slots=True)
class CheckProgress:
    """A check of the current attempt: its last result, the text that was recorded, and the record it stands in.

    ``earlier`` is its result in an attempt before this one: what is scanned now replaces that component.
    """

    check: Check
    mark: Mark = Mark.OPEN
    text: str = ""
    note: str = ""
    rec_id: str = ""
    evidence_sha256: str = ""
    earlier: CheckProgress | None = None

    def again(self) -> CheckProgress:
        """The check, open again for a new attempt."""
        return CheckProgress(self.check, earlier=self if self.rec_id else self.earlier)


@dataclass(slots=True)
class StepProgress:
    """A step of the job. ``attended_s`` is set when it is completed; ``since_us`` is when the attempt began, UTC.

    ``pictures`` are those kept of the whole step in this attempt, by SHA-256: what it looked like when a check failed.
    """

    step: Step
    no: int
    mark: Mark = Mark.OPEN
    attempt: int = 1
    since_us: int = 0
    attended_s: float | None = None
    checks: list[CheckProgress] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def check(self, check_id: str) -> CheckProgress:
        """The check of that id. Raises KeyError when the step has none."""
        for progress in self.checks:
            if progress.check.id == check_id:
                return progress
        raise KeyError(check_id)

    def next_check(self) -> CheckProgress | None:
        """The first check that has not passed."""
        return next((progress for progress in self.checks if progress.mark is not Mark.DONE), None)

    def failed_check(self) -> CheckProgress | None:
        """The check that keeps the step from going on, if one failed."""
        return next((progress for progress in self.checks if progress.mark is Mark.FAILED), None)


@dataclass(slots=True)
class WorkClock:
    """Attended time of a step in seconds, folded from its records.

    It runs while the application runs. The time from the last record before a stop or a crash to the record of the
    restart is not work time.
    """

    carried_s: float = 0.0
    since_mono_ns: int | None = None
    last_mono_ns: int = 0
    boot_id: str = ""

    def start(self, row: Row) -> None:
        """A step begins with this record."""
        self.carried_s = 0.0
        self.since_mono_ns = self.last_mono_ns = row.mono_ns
        self.boot_id = row.boot_id

    def touch(self, row: Row) -> None:
        """Another record of the step."""
        if self.since_mono_ns is None or row.boot_id != self.boot_id:
            self.pause()
            self.since_mono_ns = row.mono_ns
            self.boot_id = row.boot_id
        self.last_mono_ns = row.mono_ns

    def restart(self, row: Row) -> None:
        """The application was started again with a step in work."""
        self.pause()
        self.since_mono_ns = self.last_mono_ns = row.mono_ns
        self.boot_id = row.boot_id

    def pause(self) -> None:
        """Stop at the last record."""
        if self.since_mono_ns is not None:
            self.carried_s += max(self.last_mono_ns - self.since_mono_ns, 0) / 1e9
        self.since_mono_ns = None

    def seconds(self, mono_ns: int) -> float:
        """Attended seconds up to ``mono_ns`` of the current boot."""
        if self.since_mono_ns is None:
            return self.carried_s
        return self.carried_s + max(mono_ns - self.since_mono_ns, 0) / 1e9


class Job:
    """The fold of one job's records."""

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

    def attended_s(self, mono_ns: int) -> float:
        """Attended seconds of the whole job up to ``mono_ns``."""
        done = sum(progress.attended_s or 0.0 for progress in self.steps)
        return done + (self.clock.seconds(mono_ns) if self._current is not None else 0.0)

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one more record of this job."""
        match fact:
            case JobState():
                self._job_state(row, fact)
            case EquipmentState():
                if fact.reason == RESTARTED and self.running:
                    self.clock.restart(row)
            case StepState():
                self._step_state(row, fact)
            case OnStep():
                if self.running:
                    self.clock.touch(row)
                self._check_result(row, fact)
            case _:
                pass

    def _job_state(self, row: Row, fact: JobState) -> None:
        if fact.state == RUNNING and self.state == INTERRUPTED:
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
            progress.since_us = row.wall_us
            self._current = progress
            self.clock.start(row)
        elif fact.state == "repeated":
            self.clock.touch(row)
            progress.attempt = fact.attempt
            progress.since_us = row.wall_us
            progress.mark = Mark.CURRENT
            progress.checks = [check.again() for check in progress.checks]
            progress.pictures = []
        elif fact.state == "completed":
            progress.mark = Mark.DONE if fact.outcome is Outcome.PASS else Mark.FAILED
            progress.attended_s = fact.attended_s
            self._current = None

    def _check_result(self, row: Row, fact: OnStep) -> None:
        if not fact.check_id:
            if isinstance(fact, EvidenceCaptured) and fact.attempt == self.step(fact.step_id).attempt:
                self.step(fact.step_id).pictures.append(fact.sha256)
            return
        progress = self.step(fact.step_id).check(fact.check_id)
        text, outcome = _result(fact)
        if outcome is None:
            return
        progress.mark = Mark.DONE if outcome is Outcome.PASS else Mark.FAILED
        progress.text = text
        progress.rec_id = row.rec_id
        progress.note = ""
        if isinstance(fact, EvidenceCaptured):
            progress.note = " ".join(fact.faults)
            progress.evidence_sha256 = fact.sha256
        elif isinstance(fact, MachineValue) and outcome is Outcome.ERROR:
            progress.note = fact.status if fact.quality != Quality.GOOD else "no number"
        step = self.step(fact.step_id)
        step.mark = Mark.FAILED if step.failed_check() is not None else Mark.CURRENT


def _result(fact: OnStep) -> tuple[str, Outcome | None]:
    match fact:
        case CheckConfirmed():
            return fact.text, Outcome.PASS
        case Measurement() | MachineValue():
            return fact.value_text, fact.outcome
        case MaterialConsumed():
            return fact.component_serial or fact.lot, Outcome.PASS
        case EvidenceCaptured():
            return fact.sha256, fact.outcome
        case Nonconformance():
            return "", None
        case _:
            return "", None
