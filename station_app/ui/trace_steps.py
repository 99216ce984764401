"""The steps of a traced job as rows: what every attempt measured, captured, scanned, photographed, answered or confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from station_app.domain.outcome import Outcome, machine_text
from station_app.domain.unit_trace import Attempt, JobTrace, MachineRead, Measured, OfStep, StepTrace, UnitTrace
from station_app.services.ledger import STATION_ACTOR
from station_app.ui.trace_trends import step_link
from station_app.ui.wording import duration_text as duration
from widgets.record_table import RecordRow
from widgets.step_list import StepMark

translate = QCoreApplication.translate

_OUTCOMES = {
    Outcome.PASS: StepMark.DONE,
    Outcome.FAIL: StepMark.FAILED,
    Outcome.ERROR: StepMark.FAILED,
    Outcome.SKIPPED: StepMark.SKIPPED,
    Outcome.ABORTED: StepMark.SKIPPED,
    None: StepMark.CURRENT,
}


@dataclass(frozen=True, slots=True)
class _Found:
    """One thing a step says: its text, how it came out, and a remark."""

    text: str
    outcome: Outcome | None
    about: str = ""
    judged: bool = True


def people_text(trace: UnitTrace, people: Iterable[str]) -> str:
    """The names of those who worked; what the station did by itself is not work of a person."""
    return ", ".join(trace.names.person(person) for person in people if person != STATION_ACTOR)


def step_rows(trace: UnitTrace, job: JobTrace) -> Iterator[RecordRow]:
    """The rows of all steps of a job."""
    for step in job.steps:
        yield from _step(trace, job, step)


def _step(trace: UnitTrace, job: JobTrace, step: StepTrace) -> Iterator[RecordRow]:
    several = len(step.attempts) > 1
    for attempt in step.attempts:
        label = f"{step.step_no}  {step.title}"
        if several:
            label += translate("trace", ", attempt {n}").format(n=attempt.attempt)
        found = [*_values(attempt), *_parts(trace, job, step, attempt), *_events(attempt)] or list(_confirmed(attempt))
        if not found:
            found = [_nothing(attempt, last=attempt is step.attempts[-1])]
        took = duration(attempt.attended_s) if attempt.attended_s is not None else ""
        who = " · ".join(part for part in (took, people_text(trace, attempt.people)) if part)
        for place, one in enumerate(found):
            last = place == len(found) - 1
            note = " · ".join(part for part in (one.about, who if last else "") if part)
            link = step_link(job, step, attempt) if place == 0 else ""
            mark = _OUTCOMES[one.outcome] if one.judged else None
            yield RecordRow(label if place == 0 else "", one.text, note, mark, trend_id=link)


def _nothing(attempt: Attempt, last: bool) -> _Found:
    if attempt.outcome is Outcome.PASS:
        return _Found(translate("trace", "done"), Outcome.PASS)
    if not last:
        return _Found(translate("trace", "begun again"), Outcome.SKIPPED)
    return _Found(translate("trace", "not finished"), attempt.outcome)


def _values(attempt: Attempt) -> Iterator[_Found]:
    for measured in attempt.measurements:
        text = f"{measured.value_text} {measured.unit}".strip()
        yield _Found(text, measured.outcome, _about(measured, measured.gauge))
    for read in attempt.machine_values:
        shown = machine_text(read.value_text, read.lower_limit, read.upper_limit)
        quality = "" if read.quality == "Good" else read.status
        yield _Found(f"{shown} {read.unit}".strip(), read.outcome, _about(read, quality))


def _about(value: Measured | MachineRead, more: str) -> str:
    replaced = translate("trace", "replaced") if value.superseded_by else ""
    parts = (replaced, value.excess_text.rstrip("."), limits_text(value), more)
    return " · ".join(part for part in parts if part)


def limits_text(value: Measured | MachineRead) -> str:
    """The limits a value was judged by."""
    lower, upper = value.lower_limit, value.upper_limit
    if lower and upper:
        return translate("trace", "{low} to {high}").format(low=lower, high=upper)
    return f"≤ {upper}" if upper else f"≥ {lower}" if lower else ""


def _parts(trace: UnitTrace, job: JobTrace, step: StepTrace, attempt: Attempt) -> Iterator[_Found]:
    """Components that were scanned and pictures that a check asked for."""

    def here(value: OfStep) -> bool:
        return (value.job_id, value.step_id, value.attempt) == (job.job_id, step.step_id, attempt.attempt)

    for component in filter(here, trace.components):
        title = trace.names.materials.get(component.material, component.material)
        number = component.component_serial or translate("trace", "lot {lot}").format(lot=component.lot)
        yield _Found(f"{title}, {number}", Outcome.PASS)
    for picture in filter(here, trace.pictures):
        if not picture.check_id:
            continue
        passed = picture.outcome is Outcome.PASS
        text = translate("trace", "photo taken") if passed else translate("trace", "photo refused")
        yield _Found(text, picture.outcome, " ".join(picture.faults))


def _events(attempt: Attempt) -> Iterator[_Found]:
    """What else was recorded: answers, tools, tightenings, timers, signatures, why something was left out."""
    for event in attempt.events:
        replaced = translate("trace", "replaced") if event.superseded_by else ""
        yield _Found(f"{event.what}: {event.text}", event.outcome, replaced, judged=event.outcome is not None)


def _confirmed(attempt: Attempt) -> Iterator[_Found]:
    for confirmed in attempt.confirmations:
        yield _Found(translate("trace", "confirmed: {text}").format(text=confirmed.text), Outcome.PASS)
