"""Waiting times: cure, cool-down. They run by the records, so that a crash or a restart neither stops nor shortens them."""

from __future__ import annotations

from station_app.domain.checks import TimerCheck
from station_app.domain.job import Job, Mark
from station_app.domain.outcome import Outcome
from station_app.domain.records import Fact, TimerElapsed, TimerStarted
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance
from station_app.domain.work_clock import Moment

NO_TIMER = "is no waiting time"


def start_timer(job: Job | None, check_id: str) -> list[Fact]:
    """Begin a waiting time; one that failed begins anew where the button starts it."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, TimerCheck, NO_TIMER)
    if check.settled:
        raise Refusal(f"“{wanted.title}” is over already.")
    if check.timer is not None and (check.mark is not Mark.FAILED or wanted.starts == "step"):
        if check.mark is Mark.FAILED:
            raise Refusal(f"“{wanted.title}” runs from the start of the step. Repeat the step.")
        raise Refusal(f"“{wanted.title}” is running already.")
    return [
        TimerStarted(**on_step(found, step), check_id=check_id, supersedes=check.rec_id, required_s=wanted.duration_s)
    ]


def finish_timer(job: Job | None, check_id: str, now: Moment, early: bool = False) -> list[Fact]:
    """Go on after a waiting time: refused before it is over; with ``early`` it is ended then and recorded as FAIL.

    After the longest time that is allowed (``at_most_s``) it is a FAIL too.
    """
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, TimerCheck, NO_TIMER)
    if check.timer is None:
        raise Refusal(f"“{wanted.title}” has not begun. Start it first.")
    if check.mark is not Mark.OPEN:
        raise Refusal(f"“{wanted.title}” is over already.")
    waited_s = check.timer.waited_s(now)
    left_s = check.timer.left_s(now)
    if left_s > 0 and not early:
        raise Refusal(f"“{wanted.title}” lasts {_duration(left_s)} more.")
    late = wanted.at_most_s is not None and waited_s > wanted.at_most_s
    fact = TimerElapsed(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        required_s=check.timer.required_s,
        waited_s=round(waited_s, 3),
        outcome=Outcome.FAIL if left_s > 0 or late else Outcome.PASS,
    )
    return [fact, *(advance(found, step, check, fact, now.mono_ns) if fact.outcome is Outcome.PASS else [])]


def _duration(seconds: float) -> str:
    whole = max(round(seconds), 1)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
