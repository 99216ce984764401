"""Checks on a machine's value: of the moment, held within limits for a time, summed up over the step."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from drivers.base import Sample
from station_app.domain.checks import MachineValueCheck
from station_app.domain.job import Job
from station_app.domain.machine_watch import HoldWatch, WindowWatch
from station_app.domain.outcome import Outcome
from station_app.domain.records import Fact, MachineValue, MachineWindow
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.readings import judge_sample, limit_text, value_text
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance
from station_app.domain.work_clock import Moment

MOST_BAD_SHARE: Final = 0.1
NOT_A_MACHINE = "is not read from a machine"


def _refuse_without_cycle(cycle_made: bool) -> None:
    """What a machine shows before its cycle is of the unit before."""
    if not cycle_made:
        raise Refusal("The machine has made no cycle since this step began. Run it first.")


def capture_value(job: Job | None, check_id: str, sample: Sample | None, address: str, mono_ns: int) -> list[Fact]:
    """Capture a machine's value. Bad or uncertain quality is recorded as ERROR and does not pass.

    Raises Refusal when the tag has never delivered anything, because there is nothing to record.
    """
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, MachineValueCheck, NOT_A_MACHINE)
    if sample is None:
        raise Refusal(f"{wanted.tag} has delivered no value yet. Look at the machine's connection.")
    outcome = judge_sample(sample, wanted.limits)
    fact = MachineValue(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        tag=wanted.tag,
        address=address,
        value_text=value_text(sample),
        unit=wanted.limits.unit,
        lower_limit=limit_text(wanted.limits.lower),
        upper_limit=limit_text(wanted.limits.upper),
        quality=sample.quality.value,
        status=sample.status,
        source_us=None if sample.source_time is None else round(sample.source_time * 1e6),
        received_us=round(sample.received_time * 1e6),
        outcome=outcome,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if outcome is Outcome.PASS else [])]


def record_held(job: Job | None, check_id: str, watch: HoldWatch, address: str, now: Moment) -> list[Fact]:
    """The value has stayed within its limits for the wanted time. Refused, with how long it has, before that."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, MachineValueCheck, NOT_A_MACHINE)
    _refuse_without_cycle(watch.cycle_made)
    held_s = watch.held_s(now.mono_ns)
    if held_s < wanted.hold_s or watch.last is None:
        raise Refusal(
            f"{wanted.tag} must stay at {wanted.limits.text()} for {wanted.hold_s:g} s; "
            + (f"it has for {held_s:.0f} s." if watch.inside else f"it is not: {watch.why()}.")
        )
    fact = MachineWindow(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        tag=wanted.tag,
        address=address,
        mode="held",
        statistic="last",
        value_text=value_text(watch.last),
        unit=wanted.limits.unit,
        lower_limit=limit_text(wanted.limits.lower),
        upper_limit=limit_text(wanted.limits.upper),
        from_us=now.wall_us - round(held_s * 1e6),
        until_us=now.wall_us,
        samples=watch.samples,
        bad_s=0.0,
        quality=watch.last.quality.value,
        status=watch.last.status,
        outcome=Outcome.PASS,
    )
    return [fact, *advance(found, step, check, fact, now.mono_ns)]


def record_window(job: Job | None, check_id: str, watch: WindowWatch, address: str, now: Moment) -> list[Fact]:
    """Judge a statistic of the value since the step began.

    Without a good value for more than a tenth of the time it is an ERROR: what was not seen is not judged.
    """
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, MachineValueCheck, NOT_A_MACHINE)
    _refuse_without_cycle(watch.cycle_made)
    window = watch.result(now.mono_ns, step.lasted_s(now))
    value = window.statistic(wanted.statistic)
    error = value is None or window.bad_s > MOST_BAD_SHARE * max(window.total_s, 1e-9)
    text = "" if value is None else repr(value)
    outcome = Outcome.ERROR if error else wanted.limits.judge(Decimal(text))
    fact = MachineWindow(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        tag=wanted.tag,
        address=address,
        mode="window",
        statistic=wanted.statistic,
        value_text=text,
        unit=wanted.limits.unit,
        lower_limit=limit_text(wanted.limits.lower),
        upper_limit=limit_text(wanted.limits.upper),
        from_us=step.since_us,
        until_us=now.wall_us,
        samples=window.samples,
        bad_s=round(window.bad_s, 3),
        quality="Bad" if error else "Good",
        status=(window.status or "no good value") if error else "Good",
        outcome=outcome,
    )
    return [fact, *(advance(found, step, check, fact, now.mono_ns) if outcome is Outcome.PASS else [])]
