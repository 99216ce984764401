"""How the steps and checks of a job stand: what :mod:`station_app.domain.job` folds records into."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from station_app.domain.checks import Check
from station_app.domain.outcome import Outcome
from station_app.domain.work_clock import Moment, Times
from station_app.domain.work_master import Step


class Mark(enum.StrEnum):
    """How a step or check stands. SKIPPED: left out, or set aside by a signature; it keeps nobody from going on."""

    OPEN = "open"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


SETTLED = (Mark.DONE, Mark.SKIPPED)


@dataclass(frozen=True, slots=True)
class Screw:
    """The result that counts of one tightening; ``result_id`` is the tool's own number for it, where it has one."""

    torque_text: str
    angle_text: str
    outcome: Outcome
    rec_id: str
    result_id: str = ""


@dataclass(frozen=True, slots=True)
class TimerRun:
    """A waiting time that began: ``required_s`` from ``began`` on."""

    required_s: float
    began: Moment
    rec_id: str

    def waited_s(self, now: Moment) -> float:
        """Seconds since it began."""
        return self.began.seconds_until(now)

    def left_s(self, now: Moment) -> float:
        """Seconds that are still to wait; 0 when the time has passed."""
        return max(self.required_s - self.waited_s(now), 0.0)


@dataclass(slots=True)
class CheckProgress:
    """A check of the current attempt: its last result, the text that was recorded, and the record it stands in.

    ``answer`` is what a condition compares: the id of a choice, a typed text. ``screws`` are a tightening's results by index
    (from 1), ``timer`` the run of a timer. ``earlier`` is its result in an attempt before this one: what is scanned now
    replaces that component.
    """

    check: Check
    mark: Mark = Mark.OPEN
    text: str = ""
    note: str = ""
    rec_id: str = ""
    evidence_sha256: str = ""
    answer: str = ""
    screws: dict[int, Screw] = field(default_factory=dict)
    timer: TimerRun | None = None
    earlier: CheckProgress | None = None

    @property
    def settled(self) -> bool:
        """Whether it keeps nobody from going on: passed, or set aside by a signature."""
        return self.mark in SETTLED

    def again(self) -> CheckProgress:
        """The check, open again for a new attempt."""
        return CheckProgress(self.check, earlier=self if self.rec_id else self.earlier)


@dataclass(frozen=True, slots=True)
class Signable:
    """A record of a step that a signature may cover: its identity, its hash (hexadecimal), who made it, and its kind."""

    rec_id: str
    hash: str
    actor: str
    attempt: int
    kind: str


@dataclass(slots=True)
class StepProgress:
    """A step of the job. ``attended_s`` is set when it is completed; ``began`` is when the attempt began.

    ``pictures`` are those kept of the whole step in this attempt, by SHA-256: what it looked like when a check failed.
    ``left_out`` says why a skipped step was left out: condition, optional, override. ``records`` are those of all attempts
    that no other replaced, ``times`` what each person spent on it; ``reworks`` counts the jumps from here back to rework.
    """

    step: Step
    no: int
    mark: Mark = Mark.OPEN
    attempt: int = 1
    began: Moment | None = None
    attended_s: float | None = None
    checks: list[CheckProgress] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    left_out: str = ""
    records: list[Signable] = field(default_factory=list)
    times: dict[str, Times] = field(default_factory=dict)
    reworks: int = 0

    @property
    def since_us(self) -> int:
        """When the attempt began, UTC microseconds; 0 before that."""
        return 0 if self.began is None else self.began.wall_us

    def lasted_s(self, now: Moment) -> float:
        """Seconds since the attempt began, whatever happened meanwhile."""
        return 0.0 if self.began is None else self.began.seconds_until(now)

    @property
    def settled(self) -> bool:
        """Whether nothing is to be done on it: completed or left out."""
        return self.mark in SETTLED

    def check(self, check_id: str) -> CheckProgress:
        """The check of that id. Raises KeyError when the step has none."""
        for progress in self.checks:
            if progress.check.id == check_id:
                return progress
        raise KeyError(check_id)

    def next_check(self) -> CheckProgress | None:
        """The first check that has not passed."""
        return next((progress for progress in self.checks if not progress.settled), None)

    def failed_check(self) -> CheckProgress | None:
        """The check that keeps the step from going on, if one failed."""
        return next((progress for progress in self.checks if progress.mark is Mark.FAILED), None)

    def again(self, attempt: int) -> None:
        """Open for another attempt; nothing of it has begun yet."""
        self.attempt = attempt
        self.mark = Mark.OPEN
        self.attended_s = None
        self.left_out = ""
        self.checks = [check.again() for check in self.checks]
        self.pictures = []

    def untouched(self) -> bool:
        """Whether nothing was recorded of any check in this attempt."""
        return all(check.mark is Mark.OPEN and check.timer is None and not check.screws for check in self.checks)
