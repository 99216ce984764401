"""Work-time records: who spent how long on which attempt of a step.

One is made when a person's stretch of a step ends: at its completion, a new attempt, a pause, a hand-over, the end of the job.
After a dialog one is made with the next record too, so that a crash cannot turn the dialog into work time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from station_app.domain.job import ABORTED, ENDED, INTERRUPTED, Job
from station_app.domain.records import (
    Fact,
    HandOver,
    JobState,
    ReworkStarted,
    StepReopened,
    StepSkipped,
    StepState,
    WorkTime,
)
from station_app.domain.rules.places import on_step
from station_app.domain.work_clock import Absence

LONG_WAIT_NS: Final = 1_000_000_000


def account(job: Job | None, facts: Sequence[Fact], mono_ns: int, absences: Sequence[Absence]) -> list[Fact]:
    """The facts with the work time that they close; ``absences`` are those of this run of the application.

    A completed step gets its attended time without them.
    """
    if job is None or job.current is None:
        return list(facts)
    place = next((no for no, fact in enumerate(facts) if _ends_stretch(job, fact)), None)
    if place is None:
        if not _to_keep(job, absences):
            return list(facts)
        place = len(facts)
    times = job.clock.unrecorded(mono_ns, absences)
    work_time = WorkTime(
        **on_step(job, job.current),
        person_id=job.person,
        wall_s=round(times.wall_s, 3),
        attended_s=round(times.attended_s, 3),
        waiting_s=round(times.waiting_s, 3),
    )
    attended_s = round(job.clock.seconds(mono_ns, absences), 3)
    later = [_with_attended(fact, attended_s) for fact in facts[place:]]
    return [*facts[:place], work_time, *later]


def _with_attended(fact: Fact, attended_s: float) -> Fact:
    if isinstance(fact, StepState) and fact.state == "completed":
        return msgspec.structs.replace(fact, attended_s=attended_s)
    return fact


def _ends_stretch(job: Job, fact: Fact) -> bool:
    match fact:
        case StepState():
            return fact.state in ("completed", "repeated")
        case JobState():
            return fact.job_id == job.job_id and fact.state in (INTERRUPTED, ENDED, ABORTED)
        case StepSkipped():
            return job.current is not None and fact.step_id == job.current.step.id
        case StepReopened() | ReworkStarted() | HandOver():
            return True
        case _:
            return False


def _to_keep(job: Job, absences: Sequence[Absence]) -> bool:
    """Whether absences since the last work-time record must be kept with the next record."""
    since_ns, waited_ns = job.clock.segment_mono_ns, 0
    for absence in absences:
        if absence.end_ns <= since_ns:
            continue
        if not absence.waiting:
            return True
        waited_ns += absence.end_ns - max(absence.start_ns, since_ns)
    return waited_ns >= LONG_WAIT_NS
