"""What every activity at the workplace stands on: who may act, the clock, attention, and the one way to commit.

Verbs either raise :class:`Refusal` at once, or answer a future whose result means that the records are on disk.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain import rules
from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.job import ABORTED, ENDED, Job, StepProgress
from station_app.domain.master import Person
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.permissions import SUPERVISOR, Permission, names_of
from station_app.domain.records import EquipmentState, Fact
from station_app.domain.rules import Refusal
from station_app.domain.work_clock import Absence, Moment, Times
from station_app.services.attention import NOBODY, WAITING, Attention
from station_app.services.governing import Governing
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lookups import UnitLookup
from station_app.services.machine_watching import MachineWatching
from station_app.services.posting import Post
from station_app.services.tags import TagTable

PRODUCTIVE = 1000
STANDBY = 2000
STARVED = 2202
WARN_SHARE = 0.8
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class StationSite:
    """What execution must know of the station: its path and the site's policies.

    ``offline``: whether work begins while the server cannot be asked for the previous operation. ``most_reworks``: how often
    a unit may go back from one step.
    """

    path: str
    offline: OfflinePolicy
    most_reworks: int = rules.MOST_REWORKS


@dataclass(frozen=True, slots=True)
class Takt:
    """A step or a unit against its takt, seconds of work and waiting: ``warning`` from 80 % on, before it is exceeded."""

    elapsed_s: float
    takt_s: float

    @property
    def warning(self) -> bool:
        """Whether the takt is nearly used up."""
        return self.takt_s > 0 and self.elapsed_s >= WARN_SHARE * self.takt_s

    @property
    def exceeded(self) -> bool:
        """Whether the takt is over."""
        return self.takt_s > 0 and self.elapsed_s > self.takt_s

    @property
    def fraction(self) -> float:
        """How much of it is used up, 1.0 all; 0 without a takt."""
        return self.elapsed_s / self.takt_s if self.takt_s > 0 else 0.0


class Workbench:
    """The ground of execution: the job, its person, and how facts about it are committed. Main thread."""

    def __init__(
        self,
        site: StationSite,
        ledger: Ledger,
        library: MasterLibrary,
        lookup: UnitLookup,
        tags: TagTable,
        post: Post,
        new_id: Callable[[], str],
        governing: Governing | None = None,
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._library = library
        self._lookup = lookup
        self._tags = tags
        self._post = post
        self._new_id = new_id
        self._governing = governing
        self._stopped_by: Callable[[], str] = lambda: ""
        self._opening = ""
        self._asking = ""
        self._watching = MachineWatching(tags)
        self._attention = Attention(ledger.clock.mono_ns)
        self._attention.set(NOBODY, ledger.person is None)
        ledger.signed.subscribe(self._person_changed)
        ledger.changed.subscribe(lambda: self._attention.set(WAITING, self.occupied))

    @property
    def job(self) -> Job | None:
        """The newest job of this station; it may have ended."""
        return self._ledger.fold.job

    @property
    def opening(self) -> str:
        """The serial number that is being looked up, empty otherwise."""
        return self._opening

    @property
    def asking(self) -> str:
        """The component whose use is being looked up, empty otherwise."""
        return self._asking

    @property
    def occupied(self) -> bool:
        """Whether the last action is still being saved or looked up: the next one has to wait a moment."""
        return self._ledger.busy or bool(self._opening or self._asking)

    def stop_while(self, reason: Callable[[], str]) -> None:
        """Refuse what would take the step further while there is a ``reason``, a sentence (an alarm that stops the work)."""
        self._stopped_by = reason

    @property
    def stopped_by(self) -> str:
        """Why the step in work cannot go on now; empty when nothing stops it or no step is in work."""
        job = self.job
        return self._stopped_by() if job is not None and job.running and job.current is not None else ""

    def now(self) -> Moment:
        """This moment by all clocks."""
        clock = self._ledger.clock
        return Moment(clock.wall_us(), clock.mono_ns(), clock.boot_id)

    # --- times ---------------------------------------------------------------------------------------------------

    def pause_attention(self, reason: str) -> None:
        """What happens now is no work on the unit: a dialog for choosing people opens, something else is read."""
        self._attention.pause(reason)

    def resume_attention(self, reason: str) -> None:
        """The dialog of that reason is closed."""
        self._attention.resume(reason)

    def step_times(self) -> Times:
        """The times of the step in work up to now; zeros without one."""
        job = self.job
        if job is None or job.current is None:
            return Times()
        return job.clock.times(self._mono_ns(), self._absences(job))

    def unit_takt(self) -> Takt:
        """The unit's newest job against the takt of the steps it needs; zeros without a job."""
        job = self.job
        if job is None:
            return Takt(0.0, 0.0)
        times = job.spent(self._mono_ns(), self._absences(job))
        return Takt(times.attended_s + times.waiting_s, job.takt_s)

    def takt(self) -> Takt | None:
        """The step in work against its takt; None without a step or without a takt."""
        job = self.job
        if job is None or job.current is None or job.current.step.takt_s <= 0:
            return None
        times = self.step_times()
        return Takt(times.attended_s + times.waiting_s, job.current.step.takt_s)

    # --- who may ---------------------------------------------------------------------------------------------------

    def whom_to_ask(self) -> list[str]:
        """The supervisors by name, as far as the master data know them; at most three."""
        return names_of(self._library.book.people.values(), SUPERVISOR)[:MOST_NAMED]

    def today(self) -> str:
        """The station's local date, ISO."""
        clock = self._ledger.clock
        local_s = clock.wall_us() / 1e6 + clock.utc_offset_min() * 60
        return datetime.datetime.fromtimestamp(local_s, datetime.UTC).date().isoformat()

    def _ready(self) -> Person:
        """The person who acts, when an action is possible now. Raises Refusal."""
        self._ledger.refuse_while_busy()
        looked_up = self._asking or self._opening
        if looked_up:
            raise Refusal(f"{looked_up} is being looked up. Wait a moment.")
        return self._known(self._ledger.actor())

    def _known(self, person_id: str) -> Person:
        """The person as the newest master data know them: rights may have been taken back since the signing in."""
        person = self._library.book.people.get(person_id)
        if person is None or not person.active:
            raise Refusal("You are not known here any more. Ask a supervisor.")
        return person

    def _ready_on_step(self) -> StepProgress:
        """The step in work, when the person may work on it. Raises Refusal."""
        person = self._ready()
        step = rules.current_step(self.job)
        job = self.job
        assert job is not None
        needed = rules.qualifications_at_start(job.work_master, step.step)
        self._refuse_at_gate(person, needed, step.step.esd)
        self._refuse_while_stopped()
        return step

    def _refuse_while_stopped(self) -> None:
        """Raises Refusal while something stops the step: nobody takes it further, by no way."""
        if self.stopped_by:
            raise Refusal(self.stopped_by)

    def _refuse_at_gate(self, person: Person, qualifications: Sequence[str], esd: bool) -> None:
        ask = self.whom_to_ask()
        rules.refuse_unpermitted(person, Permission.WORK)
        rules.refuse_unqualified(person, qualifications, self.today(), ask)
        if esd:
            tested = self._ledger.fold.esd.get(person.id)
            rules.refuse_without_esd(person, tested, self._ledger.clock.wall_us(), ask)

    def _permit_other(self, approval: Approval, permission: Permission) -> None:
        """An approval by a permitted person who is not the one at work. Raises Refusal."""
        rules.refuse_unpermitted(approval.person, permission)
        if approval.person.id == self._ledger.actor():
            raise Refusal(f"{approval.person.name} is at work here. Another permitted person must sign.")

    # --- committing --------------------------------------------------------------------------------------------------

    def _mono_ns(self) -> int:
        return self._ledger.clock.mono_ns()

    def _absences(self, job: Job) -> list[Absence]:
        return self._attention.absences(job.clock.segment_mono_ns)

    def _commit(self, facts: Sequence[Fact]) -> Future[list[Row]]:
        """Record facts about the job with the work time that they end; at the job's end the station is free again."""
        job = self.job
        if job is not None and job.current is not None:
            if self._governing is not None:
                facts = self._governing.before_commit(job, facts)
            takes_over = rules.hand_over(job, self._ledger.actor()) if job.running else []
            facts = rules.account(job, [*takes_over, *facts], self._mono_ns(), self._absences(job))
        if any(getattr(fact, "state", "") in (ENDED, ABORTED) for fact in facts):
            facts = [*facts, self._state(STARVED, "waiting for units", "", "")]
        return self._ledger.commit(facts)

    def commit_work(self, facts: Sequence[Fact]) -> Future[list[Row]]:
        """Record what another activity of this station found out about the job in work. May raise Refusal."""
        self._ready_on_step()
        return self._commit(facts)

    def _state(self, state: int, reason: str, job_id: str, serial: str) -> EquipmentState:
        return EquipmentState(state=state, reason=reason, job_id=job_id, serial=serial)

    def _person_changed(self) -> None:
        """Somebody signed in or out: nobody works in between, and a running job is handed over to another person."""
        person, job = self._ledger.person, self.job
        self._attention.set(NOBODY, person is None)
        if person is None or job is None or not job.running or self.occupied:
            return  # while something is saved, the hand-over comes with the next record
        if rules.hand_over(job, person.id):
            self._commit([])
