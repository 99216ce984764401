"""From a unit's records to the trend of the time in which they were made: which station, from when until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from station_app.domain.unit_trace import Attempt, JobTrace, StepTrace, UnitTrace

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class TimeAtStation:
    """A stretch of a unit's work: by the clock of the station it was done at, ``end_us`` None while it lasts."""

    station: str
    serial: str
    start_us: int
    end_us: int | None
    title: str = ""
    tags: tuple[str, ...] = ()


def job_link(job: JobTrace) -> str:
    """Names a whole job."""
    return job.job_id


def step_link(job: JobTrace, step: StepTrace, attempt: Attempt) -> str:
    """Names one attempt at a step; empty for one of which it is not known when it began."""
    return "" if attempt.started_us is None else SEPARATOR.join((job.job_id, step.step_id, str(attempt.attempt)))


def time_of(trace: UnitTrace, link: str) -> TimeAtStation | None:
    """What a link names; None for one of another trace."""
    return next((time for name, time in _times(trace) if name == link), None)


def last_job(trace: UnitTrace, station: str) -> TimeAtStation | None:
    """The unit's last job at a station, else its last one anywhere; None for a unit without a job."""
    jobs = [job for job in trace.jobs if job.station == station] or list(trace.jobs)
    return _job_time(trace, max(jobs, key=lambda job: job.started_us)) if jobs else None


def _times(trace: UnitTrace) -> Iterator[tuple[str, TimeAtStation]]:
    for job in trace.jobs:
        yield job_link(job), _job_time(trace, job)
        for step in job.steps:
            for attempt in step.attempts:
                if attempt.started_us is not None:
                    yield step_link(job, step, attempt), _step_time(trace, job, step, attempt, attempt.started_us)


def _job_time(trace: UnitTrace, job: JobTrace) -> TimeAtStation:
    back_us = _back_us(job)
    end_us = None if job.ended_us is None else job.ended_us + back_us
    tags = tuple(dict.fromkeys(tag for step in job.steps for attempt in step.attempts for tag in _tags(attempt)))
    return TimeAtStation(job.station, trace.serial, job.started_us + back_us, end_us, "", tags)


def _step_time(trace: UnitTrace, job: JobTrace, step: StepTrace, attempt: Attempt, started_us: int) -> TimeAtStation:
    back_us = _back_us(job)
    end_us = attempt.completed_us if attempt.completed_us is not None else job.ended_us
    title = f"{step.step_no} {step.title}"
    return TimeAtStation(
        job.station,
        trace.serial,
        started_us + back_us,
        None if end_us is None else end_us + back_us,
        title,
        _tags(attempt),
    )


def _tags(attempt: Attempt) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read.tag for read in attempt.machine_values))


def _back_us(job: JobTrace) -> int:
    """Machine data are by the station's own clock, a trace by the server's: the way back."""
    origin = job.changes[0].origin if job.changes else None
    return 0 if origin is None else origin.wall_us - origin.at_us
