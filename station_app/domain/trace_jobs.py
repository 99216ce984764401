"""The part of a unit's trace that belongs to jobs: steps, attempts, and what was confirmed, measured and read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from station_app.domain.log import Entry
from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading, say_machine_excess
from station_app.domain.records import (
    CheckConfirmed,
    Fact,
    JobParameters,
    JobState,
    MachineValue,
    Measurement,
    OnStep,
    OnUnit,
    SampleMeasured,
    StepSkipped,
    StepState,
    WorkTime,
)
from station_app.domain.trace_events import job_event_people, job_event_text, words_of
from station_app.domain.unit_trace import (
    Attempt,
    Confirmed,
    Happened,
    JobChange,
    JobEvent,
    JobTrace,
    MachineRead,
    Measured,
    Origin,
    PersonTime,
    StepTrace,
    Value,
)

ENDED_STATES = ("Ended", "Aborted")
T = TypeVar("T", bound=Value)


class Marks(NamedTuple):
    """What is known about records from outside of them: corrections (old rec_id to new) and what waits."""

    superseded: Mapping[str, str]
    waiting: Collection[str]

    def origin(self, entry: Entry) -> Origin:
        """Where the entry's record stands and who made it."""
        row = entry.row
        return Origin(
            rec_id=row.rec_id,
            kind=row.kind,
            station=entry.station,
            chan=row.chan,
            epoch=row.epoch,
            seq=row.seq,
            actor=row.actor,
            wall_us=row.wall_us,
            at_us=entry.at_us,
            utc_offset_min=row.utc_offset_min,
            clock_offset_ms=row.clock_offset_ms,
            received_us=entry.received_us,
            waiting=entry.received_us is None and row.rec_id in self.waiting,
        )

    def value(self, target: type[T], entry: Entry, fact: Fact, **rest: Any) -> T:
        """A value of one record: the fields it shares with the fact, its origin, its correction, and ``rest``."""
        names = set(target.__struct_fields__) & set(fact.__struct_fields__) - set(rest)
        shared = {name: getattr(fact, name) for name in names}
        if "superseded_by" in target.__struct_fields__:
            shared["superseded_by"] = self.superseded.get(entry.row.rec_id, "")
            shared["origin"] = self.origin(entry)
        return target(**shared, **rest)


def trace_jobs(serial: str, entries: Iterable[Entry], marks: Marks) -> tuple[JobTrace, ...]:
    """The unit's jobs in the order in which they appear; ``entries`` in the common order."""
    by_job: dict[str, list[tuple[Entry, OnUnit]]] = {}
    for entry in entries:
        if isinstance(entry.fact, OnUnit) and entry.fact.serial == serial:
            by_job.setdefault(entry.fact.job_id, []).append((entry, entry.fact))
    return tuple(_job(job_id, members, marks) for job_id, members in by_job.items())


def excess_of(fact: Measurement | SampleMeasured | MachineValue) -> tuple[str, str]:
    """How far a reading lies outside its limits, as signed text and as a sentence; empty inside or without a value."""
    if fact.quality == "Bad":
        return "", ""
    try:
        value = parse_reading(fact.value_text)
        bounds = [parse_reading(text) if text.strip() else None for text in (fact.lower_limit, fact.upper_limit)]
    except ReadingError:
        return "", ""
    limits = Limits(unit=fact.unit, lower=bounds[0], upper=bounds[1])
    excess = limits.excess(value)
    if excess == Decimal(0):
        return "", ""
    machine = isinstance(fact, MachineValue)
    return f"{excess:+f}", say_machine_excess(fact.value_text, limits) if machine else limits.say_excess(value)


def _job(job_id: str, members: list[tuple[Entry, OnUnit]], marks: Marks) -> JobTrace:
    states = [(entry, fact) for entry, fact in members if isinstance(fact, JobState)]
    first_entry, first = members[0]
    begun = states[0][1] if states else None
    last_entry, last = states[-1] if states else (None, None)
    ended = last_entry is not None and last is not None and last.state in ENDED_STATES
    steps = _steps(members, marks)
    named = {step.step_id: f"step {step.step_no} {step.title}" for step in steps if step.step_no}
    return JobTrace(
        job_id=job_id,
        station=first_entry.station,
        order_id=first.order_id,
        operation=first.operation,
        product=begun.product if begun else "",
        work_master_id=begun.work_master_id if begun else "",
        work_master_version=begun.work_master_version if begun else "",
        work_master_sha256=begun.work_master_sha256 if begun else "",
        work_masters=len({fact.work_master_sha256 for _, fact in states}),
        state=last.state if last else "",
        outcome=last.outcome if last else None,
        reason=last.reason if last else "",
        previous_operation=next((fact.previous_operation for _, fact in states if fact.previous_operation), ""),
        started_us=states[0][0].at_us if states else first_entry.at_us,
        ended_us=last_entry.at_us if ended and last_entry else None,
        attended_s=sum(attempt.attended_s or 0.0 for step in steps for attempt in step.attempts),
        people=_people(entry for entry, _ in members),
        changes=tuple(marks.value(JobChange, entry, fact) for entry, fact in states),
        steps=steps,
        variant=next((fact.variant for _, fact in members if isinstance(fact, JobParameters)), ""),
        parameters=next((fact.parameters for _, fact in members if isinstance(fact, JobParameters)), ()),
        events=tuple(
            marks.value(JobEvent, entry, fact, text=text, people=job_event_people(fact))
            for entry, fact in members
            if (text := job_event_text(fact, named))
        ),
    )


def _people(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.row.actor for entry in entries if entry.row.actor))


def _steps(members: list[tuple[Entry, OnUnit]], marks: Marks) -> tuple[StepTrace, ...]:
    by_step: dict[str, list[tuple[Entry, OnStep]]] = {}
    for entry, fact in members:
        if isinstance(fact, OnStep) and fact.step_id:
            by_step.setdefault(fact.step_id, []).append((entry, fact))
    steps = [_step(step_id, step, marks) for step_id, step in by_step.items()]
    return tuple(sorted(steps, key=lambda step: (step.step_no == 0, step.step_no)))


def _step(step_id: str, members: list[tuple[Entry, OnStep]], marks: Marks) -> StepTrace:
    by_attempt: dict[int, list[tuple[Entry, OnStep]]] = {}
    for entry, fact in members:
        by_attempt.setdefault(fact.attempt, []).append((entry, fact))
    attempts = tuple(_attempt(number, by_attempt[number], marks) for number in sorted(by_attempt))
    named = [fact for _, fact in members if isinstance(fact, StepState | StepSkipped)]
    return StepTrace(
        step_id=step_id,
        step_no=named[-1].step_no if named else 0,
        title=named[-1].title if named else "",
        outcome=attempts[-1].outcome,
        attempts=attempts,
    )


def _attempt(number: int, members: list[tuple[Entry, OnStep]], marks: Marks) -> Attempt:
    states = [
        (entry, fact)
        for entry, fact in members
        if isinstance(fact, StepState) and entry.row.rec_id not in marks.superseded
    ]
    begun = next((entry for entry, fact in states if fact.state in ("started", "repeated")), None)
    completed = [(entry, fact) for entry, fact in states if fact.state == "completed"]
    done_entry, done = completed[-1] if completed else (None, None)
    times = tuple(marks.value(PersonTime, entry, fact) for entry, fact in members if isinstance(fact, WorkTime))
    return Attempt(
        attempt=number,
        started_us=begun.at_us if begun else None,
        completed_us=done_entry.at_us if done_entry else None,
        attended_s=_attended_s(times, done),
        outcome=done.outcome if done else _skipped(members, begun),
        people=_people(entry for entry, _ in members),
        confirmations=tuple(
            marks.value(Confirmed, entry, fact) for entry, fact in members if isinstance(fact, CheckConfirmed)
        ),
        measurements=tuple(
            marks.value(Measured, entry, fact, **_excess(fact))
            for entry, fact in members
            if isinstance(fact, Measurement | SampleMeasured)
        ),
        machine_values=tuple(
            marks.value(MachineRead, entry, fact, **_excess(fact))
            for entry, fact in members
            if isinstance(fact, MachineValue)
        ),
        events=_events(members, marks),
        times=times,
    )


def _attended_s(times: Sequence[PersonTime], done: StepState | None) -> float | None:
    """What was spent on an attempt, also on one that was not completed; records of older versions have it at its end only."""
    if times:
        return round(sum(time.attended_s for time in times if not time.superseded_by), 3)
    return done.attended_s if done is not None else None


def _skipped(members: list[tuple[Entry, OnStep]], begun: Entry | None) -> Outcome | None:
    """SKIPPED when the attempt was left out, unless it was begun after that."""
    left_out = [entry for entry, fact in members if isinstance(fact, StepSkipped)]
    return Outcome.SKIPPED if left_out and (begun is None or left_out[-1].at_us >= begun.at_us) else None


def _events(members: list[tuple[Entry, OnStep]], marks: Marks) -> tuple[Happened, ...]:
    """What a step recorded that has no place of its own in the trace."""
    return tuple(
        marks.value(Happened, entry, fact, what=words.what, text=words.text, outcome=words.outcome)
        for entry, fact in members
        if (words := words_of(fact)) is not None
    )


def _excess(fact: Measurement | SampleMeasured | MachineValue) -> dict[str, str]:
    if isinstance(fact, SampleMeasured) and fact.outcome is Outcome.PASS:
        return {"excess": "", "excess_text": ""}  # its plan rounds before it compares
    excess, text = excess_of(fact)
    return {"excess": excess, "excess_text": text}
