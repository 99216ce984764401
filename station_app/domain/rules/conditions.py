"""Conditions: which steps this unit needs."""

from __future__ import annotations

from collections.abc import Mapping

from station_app.domain.job import Job
from station_app.domain.work_master import Condition, Step, WorkMaster

Answers = Mapping[tuple[str, str], str]


def recorded_answers(job: Job | None) -> dict[tuple[str, str], str]:
    """What was recorded at each check of the job, by step and check."""
    if job is None:
        return {}
    return {
        (step.step.id, check.check.id): check.answer
        for step in job.steps
        if not step.left_out
        for check in step.checks
        if check.rec_id
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
    title = _title(work_master, condition)
    answer = answers.get((condition.step, condition.check))
    if answer is None:
        return f"“{title}” was not answered."
    if condition.answers and answer not in condition.answers:
        return f"“{title}” is “{answer}”."
    return ""


def _title(work_master: WorkMaster, condition: Condition) -> str:
    for step in work_master.steps:
        if step.id == condition.step:
            return next((check.title for check in step.checks if check.id == condition.check), condition.check)
    return condition.check
