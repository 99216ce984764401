"""Measurements by hand: typed, from a gauge, or taken from a tag."""

from __future__ import annotations

from drivers.base import Sample
from station_app.domain.checks import MeasureCheck
from station_app.domain.job import Job
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.records import Fact, Measurement
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.readings import judge_sample, limit_text, refuse_decimals, value_text
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance


def measure(
    job: Job | None, check_id: str, text: str, mono_ns: int, source: str = "keypad", gauge: str = ""
) -> list[Fact]:
    """Record a reading. A re-measurement supersedes the reading before; both are kept.

    Without a named gauge it is the one of the wanted class that was scanned last in this job.
    """
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, MeasureCheck, "is not measured by hand")
    try:
        value = parse_reading(text)
    except ReadingError as error:
        raise Refusal(str(error)) from error
    refuse_decimals(text, wanted.decimals)
    fact = Measurement(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        value_text=text.strip(),
        unit=wanted.limits.unit,
        nominal=limit_text(wanted.limits.nominal),
        lower_limit=limit_text(wanted.limits.lower),
        upper_limit=limit_text(wanted.limits.upper),
        source=source,
        gauge=gauge or found.tools.get(wanted.gauge_class, ""),
        outcome=wanted.limits.judge(value),
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if fact.outcome is Outcome.PASS else [])]


def measure_from_tag(job: Job | None, check_id: str, sample: Sample | None, mono_ns: int) -> list[Fact]:
    """Record the reading that a connected gauge shows on the check's tag; without good quality it is an ERROR."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, MeasureCheck, "is not measured by hand")
    if not wanted.tag:
        raise Refusal(f"“{wanted.title}” has no connected gauge. Type the reading.")
    if sample is None:
        raise Refusal(f"{wanted.tag} has delivered no value yet. Look at the gauge's connection.")
    outcome = judge_sample(sample, wanted.limits)
    fact = Measurement(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        value_text=value_text(sample),
        unit=wanted.limits.unit,
        nominal=limit_text(wanted.limits.nominal),
        lower_limit=limit_text(wanted.limits.lower),
        upper_limit=limit_text(wanted.limits.upper),
        source=wanted.tag,
        gauge=found.tools.get(wanted.gauge_class, ""),
        quality=sample.quality.value,
        outcome=outcome,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if outcome is Outcome.PASS else [])]
