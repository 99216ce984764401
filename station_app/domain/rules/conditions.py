"""Conditions: which steps this unit needs."""

from __future__ import annotations

from collections.abc import Mapping

from station_app.domain.checks import Check, ChoiceCheck, MeasureCheck, NumberCheck
from station_app.domain.job import Job, Mark
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.domain.work_master import Condition, Step, WorkMaster

Answers = Mapping[tuple[str, str], str]


def recorded_answers(job: Job | None) -> dict[tuple[str, str], str]:
    """What was answered at each check of the job, by step and check; one that was set aside unanswered has no answer."""
    if job is None:
        return {}
    return {
        (step.step.id, check.check.id): check.answer
        for step in job.steps
        if not step.left_out
        for check in step.checks
        if check.answer or (check.rec_id and check.mark is not Mark.SKIPPED)
    }


def why_left_out(step: Step, work_master: WorkMaster, variant: str, answers: Answers) -> str:
    """Why a step is not done for this unit, as a sentence; empty when it is. Every condition of a step must hold."""
    for condition in step.conditions:
        reason = _why_not(condition, work_master, variant, answers)
        if reason:
            return reason
    return ""


def _why_not(condition: Condition, work_master: WorkMaster, variant: str, answers: Answers) -> str:
    if condition.variants and variant not in condition.variants:
        return f"Only for {', '.join(condition.variants)}."
    if not condition.check:
        return ""
    asked = _asked(work_master, condition)
    title = condition.check if asked is None else asked.title
    answer = answers.get((condition.step, condition.check))
    if answer is None:
        return f"“{title}” was not answered."
    if condition.answers and not any(_same(asked, answer, wanted) for wanted in condition.answers):
        return f"“{title}” was answered “{_spoken(asked, answer)}”."
    return ""


def _asked(work_master: WorkMaster, condition: Condition) -> Check | None:
    """The check that a condition asks."""
    checks = (check for step in work_master.steps if step.id == condition.step for check in step.checks)
    return next((check for check in checks if check.id == condition.check), None)


def _same(asked: Check | None, answer: str, wanted: str) -> bool:
    """Whether that is the answer; a number by its value: 5 and 5.0 are one."""
    if answer == wanted or not isinstance(asked, NumberCheck | MeasureCheck):
        return answer == wanted
    try:
        return parse_reading(answer) == parse_reading(wanted)
    except ReadingError:
        return False


def _spoken(asked: Check | None, answer: str) -> str:
    """An answer as it stood on the button."""
    options = asked.options if isinstance(asked, ChoiceCheck) else ()
    return next((option.text for option in options if option.id == answer), answer)
