"""From step to step: begin, complete, repeat, leave out, do again, go back for rework.

The order is that of the work master. After a step the work goes on at the first one that is neither done nor left out; a step
whose conditions do not hold is left out by itself, and looked at anew when a step that it relies on is done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from station_app.domain.approval import Approval
from station_app.domain.check_results import answer_of
from station_app.domain.checks import TimerCheck
from station_app.domain.counts import counted
from station_app.domain.job import ENDED, CheckProgress, Job, Mark, StepProgress
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    Fact,
    OnStep,
    ReworkStarted,
    StepReopened,
    StepSkipped,
    StepState,
    TimerStarted,
)
from station_app.domain.rules.conditions import Answers, recorded_answers, why_left_out
from station_app.domain.rules.overrides import audited, refuse_own_work
from station_app.domain.rules.places import OnStepFields, job_state, on_step, on_unit, still_open, work
from station_app.domain.rules.refusal import Refusal

MOST_REWORKS: Final = 3


def advance(job: Job, step: StepProgress, passed: CheckProgress, fact: OnStep, mono_ns: int) -> list[Fact]:
    """What follows when a check has passed by ``fact``: the step's completion, where nothing else of it is open."""
    others = [check for check in step.checks if check is not passed and not check.settled]
    if others or not step.step.advance:
        return []
    return complete(job, step, mono_ns, fact)


def complete_step(job: Job | None, mono_ns: int) -> list[Fact]:
    """Go to the next step, or end the job after the last; refused while a check is open or failed."""
    found, step = work(job)
    check = step.next_check()
    if check is not None:
        raise Refusal(still_open(check))
    return complete(found, step, mono_ns)


def complete(job: Job, step: StepProgress, mono_ns: int, last: OnStep | None = None) -> list[Fact]:
    """The step is completed and the next one begins; ``last`` is the result that is recorded with it."""
    answers = recorded_answers(job)
    if last is not None and last.check_id and not _sets_aside(last):
        answers[last.step_id, last.check_id] = answer_of(last)
    aside = any(check.mark is Mark.SKIPPED for check in step.checks)
    completed = StepState(
        **on_step(job, step),
        state="completed",
        step_no=step.no,
        title=step.step.title_in("en"),
        outcome=Outcome.SKIPPED if aside or _sets_aside(last) else Outcome.PASS,
        attended_s=round(job.clock.seconds(mono_ns), 3),
    )
    return [completed, *_go_on(job, step, answers)]


def _sets_aside(last: OnStep | None) -> bool:
    return last is not None and last.kind == "check_overridden"


def _go_on(job: Job, leaving: StepProgress, answers: Answers) -> list[Fact]:
    """What follows a step: what is left out on the way, and the beginning of the next one or the end of the job."""
    facts: list[Fact] = []
    for progress in job.steps:
        if progress is leaving or progress.settled:
            continue
        reason = why_left_out(progress.step, job.work_master, job.variant, answers)
        if not reason:
            return [*facts, *begin(job, progress, progress.attempt)]
        facts.append(StepSkipped(**_named(job, progress), cause="condition", reason=reason))
    return [*facts, job_state(job, ENDED, Outcome.PASS)]


class _Named(OnStepFields):
    step_no: int
    title: str


def _named(job: Job, step: StepProgress) -> _Named:
    return {**on_step(job, step), "step_no": step.no, "title": step.step.title_in("en")}


def begin(job: Job, step: StepProgress, attempt: int) -> list[Fact]:
    """A step begins, with the timers that run from its start."""
    place = on_step(job, step)
    place["attempt"] = attempt
    started = StepState(**place, state="started", step_no=step.no, title=step.step.title_in("en"))
    return [started, *_timers(job, step, attempt)]


def _timers(job: Job, step: StepProgress, attempt: int) -> list[Fact]:
    place = on_step(job, step)
    place["attempt"] = attempt
    return [
        TimerStarted(**place, check_id=check.id, required_s=check.duration_s)
        for check in step.step.checks
        if isinstance(check, TimerCheck) and check.starts == "step"
    ]


def repeat_step(job: Job | None) -> list[Fact]:
    """Begin the current step again: a new attempt; everything recorded before is kept."""
    found, step = work(job)
    place = on_step(found, step)
    place["attempt"] = step.attempt + 1
    repeated = StepState(**place, state="repeated", step_no=step.no, title=step.step.title_in("en"))
    return [repeated, *_timers(found, step, step.attempt + 1)]


def may_leave_out(step: StepProgress) -> bool:
    """Whether anybody may leave the step out: an optional one, in which nothing has failed that was not made good since."""
    return step.step.optional and _not_made_good(step) is None


def _not_made_good(step: StepProgress) -> CheckProgress | None:
    """A check that failed, in this attempt or in the one before, without a good result since."""
    for check in step.checks:
        last = check if check.rec_id else check.earlier
        if last is not None and last.mark is Mark.FAILED:
            return check
    return None


def skip_step(job: Job | None, reason: str, approval: Approval | None = None) -> list[Fact]:
    """Leave the current step out: an optional one by anybody, another only with a permitted person's signature and a reason.

    So is an optional one in which something has failed: leaving it would leave the failure behind.
    """
    found, step = work(job)
    if approval is None and not may_leave_out(step):
        failed = _not_made_good(step)
        why = "is mandatory" if failed is None or not step.step.optional else f"has a failure: “{failed.check.title}”"
        raise Refusal(
            f"Step {step.no} {why}. It can be left out only with the signature of a permitted person and a reason."
        )
    if approval is not None:
        refuse_own_work(step, approval)
        if not reason.strip():
            raise Refusal("Say why the step is left out.")
    skipped = StepSkipped(
        **_named(found, step),
        cause="optional" if approval is None else "override",
        reason=reason.strip(),
        approved_by="" if approval is None else approval.person.id,
        printed_name="" if approval is None else approval.person.name,
        method="" if approval is None else approval.method,
    )
    answers = {key: text for key, text in recorded_answers(found).items() if key[0] != step.step.id}
    audit = [audited(step, skipped)] if approval is not None else []
    return [skipped, *audit, *_go_on(found, step, answers)]


def reopen_step(job: Job | None, step_id: str, reason: str) -> list[Fact]:
    """Do an earlier step again. Its first results are kept; steps that rely on it are done or judged again after it."""
    found, step = work(job)
    earlier = _step(found, step_id)
    if earlier is step:
        raise Refusal(f"Step {step.no} is the one in work. Repeat it instead.")
    if not earlier.settled or earlier.left_out == "condition":
        raise Refusal(f"Step {earlier.no} has not been done yet.")
    if not reason.strip():
        raise Refusal("Say why the step is done again.")
    return _back_to(found, earlier, step, reason.strip())


def start_rework(job: Job | None, rework_id: str, reason: str, most: int = MOST_REWORKS) -> list[Fact]:
    """Go back to the step that a failed one names for rework; every step from there on is done again.

    From one step at most ``most`` times in a job: after that the unit needs somebody's decision.
    """
    found, step = work(job)
    if step.failed_check() is None:
        raise Refusal(f"Nothing has failed in step {step.no}: there is nothing to rework.")
    if not step.step.rework_step:
        raise Refusal(f"Step {step.no} names no step for rework. Correct it, repeat it or report a nonconformance.")
    if most == 0:
        raise Refusal("The site allows no rework at this station. Report a nonconformance.")
    if step.reworks >= most:
        raise Refusal(
            f"The unit went back from step {step.no} {counted(step.reworks, 'time')} already. Report a nonconformance."
        )
    target = _step(found, step.step.rework_step)
    text = reason.strip() or _failure(step)
    started = ReworkStarted(
        **on_unit(found), rework_id=rework_id, from_step=step.step.id, to_step=target.step.id, reason=text
    )
    return [started, *_back_to(found, target, step, text)]


def _back_to(job: Job, target: StepProgress, step: StepProgress, reason: str) -> list[Fact]:
    place = on_step(job, target)
    place["attempt"] = target.attempt + 1
    reopened = StepReopened(**place, from_step=step.step.id, reason=reason)
    return [reopened, *begin(job, target, target.attempt + 1)]


def _failure(step: StepProgress) -> str:
    failed = step.failed_check()
    return "" if failed is None else f"{failed.check.title} has failed"


def _step(job: Job, step_id: str) -> StepProgress:
    try:
        return job.step(step_id)
    except KeyError:
        raise Refusal("This instruction has no such step.") from None


def earlier_steps(job: Job) -> Sequence[StepProgress]:
    """The steps that may be done again now."""
    return [step for step in job.steps if step.settled and step.left_out != "condition" and step is not job.current]
