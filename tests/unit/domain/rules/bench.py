"""A job whose facts are committed as the journal would, without one. After every commit the records alone must rebuild it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from drivers.base import Quality, Sample
from station_app.domain import rules
from station_app.domain.approval import Approval
from station_app.domain.chain import Draft, Row, genesis, place
from station_app.domain.checks import Check
from station_app.domain.ids import RecordIds
from station_app.domain.job import RESTARTED, Job, Mark
from station_app.domain.master import Person
from station_app.domain.outcome import Limits
from station_app.domain.records import EquipmentState, Fact, encode_body
from station_app.domain.station_fold import StationFold
from station_app.domain.step_progress import CheckProgress, StepProgress
from station_app.domain.work_clock import Absence, Moment, Times
from station_app.domain.work_master import Step, WorkMaster

SECOND = 1_000_000_000
START_US = 1_763_600_000_000_000
ANNA = Person(id="anna", name="Anna Keller", roles=("operator",))
TOM = Person(id="tom", name="Tom Brandt", roles=("operator", "inspector"))
MARA = Person(id="mara", name="Mara Lindt", roles=("supervisor",))
F = TypeVar("F", bound=Fact)


def step(id: str, *checks: Check, **rest: object) -> Step:
    return Step(id=id, title={"en": id.title()}, text={"en": "Do it."}, checks=checks, **rest)  # type: ignore[arg-type]  # rest by name


def work_master(*steps: Step, **rest: object) -> WorkMaster:
    named = {"id": "gx", "version": "A", "title": "Assembly", "product": "GX-40", "operation": "assembly", **rest}
    return WorkMaster(steps=steps, **named)  # type: ignore[arg-type]  # rest by name


def limits(lower: str | None, upper: str | None, unit: str = "") -> Limits:
    return Limits(unit, None if lower is None else Decimal(lower), None if upper is None else Decimal(upper))


def sample(value: object, quality: Quality = Quality.GOOD, status: str = "Good", tag: str = "press.force") -> Sample:
    return Sample(tag, value, quality, status, 1_763_600_000.5, 1_763_600_000.6)  # type: ignore[arg-type]  # also bad ones


def signed(person: Person, method: str = "badge and PIN") -> Approval:
    return Approval(person, method)


class JobBench:
    """A running job; ``now_ns`` is its clock, ``absences`` what the station knows to be no work."""

    def __init__(self, master: WorkMaster, product: str = "GX-40") -> None:
        self.master = master
        self.ids = RecordIds()
        self.rows: list[Row] = []
        self.now_ns, self.wall_step_us, self.boot = 0, 0, "boot"
        self.absences: list[Absence] = []
        self.person = "anna"
        self.fold = self.new_fold()
        self.commit(
            rules.start_job(
                job_id="j1",
                serial="U-1",
                order_id="4711",
                operation="assembly",
                product=product,
                work_master=master,
                sha256="ab",
                previous_operation="first",
            )
        )

    def new_fold(self) -> StationFold:
        return StationFold(lambda sha256: self.master if sha256 == "ab" else None)

    @property
    def job(self) -> Job:
        assert self.fold.job is not None
        return self.fold.job

    @property
    def step(self) -> StepProgress:
        assert self.job.current is not None
        return self.job.current

    @property
    def step_id(self) -> str:
        return "" if self.job.current is None else self.job.current.step.id

    @property
    def now(self) -> Moment:
        return Moment(START_US + self.now_ns // 1000 + self.wall_step_us, self.now_ns, self.boot)

    def check(self, check_id: str) -> CheckProgress:
        return self.step.check(check_id)

    def marks(self) -> dict[str, Mark]:
        return {progress.step.id: progress.mark for progress in self.job.steps}

    def wait(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND)

    def commit(self, facts: Sequence[Fact], actor: str = "") -> list[Fact]:
        """Record the facts with the work time they end, fold them, and fold everything anew: it must be the same."""
        job = self.fold.job
        accounted = list(facts) if job is None else rules.account(job, facts, self.now_ns, self.absences)
        for fact in accounted:
            self._append(fact, actor or self.person)
        self.refold()
        return accounted

    def _append(self, fact: Fact, actor: str) -> None:
        now = self.now
        draft = Draft(
            "rec", self.ids.next(now.wall_us), fact.kind, fact.version, actor, now.wall_us, 60, now.mono_ns, self.boot,
            None, encode_body(fact),
        )  # fmt: skip
        previous = self.rows[-1].hash if self.rows else genesis("E/S/A/L/U", "rec", 1)
        row = place(draft, 1, len(self.rows) + 1, previous)
        self.rows.append(row)
        self.fold.apply(row, fact)

    def refold(self) -> None:
        """What a restart does; the records alone must rebuild everything."""
        again = self.new_fold()
        for row in self.rows:
            again.apply_row(row)
        old, new = self.fold.job, again.job
        assert (old is None) == (new is None)
        if old is not None and new is not None:
            assert vars(new) == vars(old)
        assert again.esd == self.fold.esd

    def crash(self, seconds: float, new_boot: bool = False) -> None:
        """The application is killed and started again after some seconds; with a new boot the monotonic clock begins anew."""
        self.absences = []
        self.wait(seconds)
        if new_boot:
            self.wall_step_us += self.now_ns // 1000
            self.now_ns, self.boot = 7 * SECOND, self.boot + "+"
            self.wall_step_us -= self.now_ns // 1000
        self.fold = self.new_fold()
        for row in self.rows:
            self.fold.apply_row(row)
        self._append(EquipmentState(state=1000, reason=RESTARTED, job_id="j1", serial="U-1"), "station")
        self.refold()

    def kinds(self) -> list[str]:
        return [row.kind for row in self.rows]

    def times(self) -> Times:
        return self.job.clock.times(self.now_ns, self.absences)


def only(facts: Sequence[Fact], kind: type[F]) -> F:
    """The one fact of a kind."""
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found
