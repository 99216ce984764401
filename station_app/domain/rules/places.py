"""Where a fact belongs: the job, its unit, its step; and the step and check that an action is meant for."""

from __future__ import annotations

from typing import TypedDict, TypeVar

from station_app.domain.checks import BaseCheck
from station_app.domain.job import INTERRUPTED, CheckProgress, Job, Mark, StepProgress
from station_app.domain.outcome import Outcome
from station_app.domain.records import JobState
from station_app.domain.rules.refusal import Refusal

C = TypeVar("C", bound=BaseCheck)


class OnUnitFields(TypedDict):
    """The fields of a fact about a unit in a job."""

    job_id: str
    serial: str
    order_id: str
    operation: str


class OnStepFields(OnUnitFields):
    """The fields of a fact about a step of it."""

    step_id: str
    attempt: int


def on_unit(job: Job) -> OnUnitFields:
    """The fields of a fact about the job's unit."""
    return {"job_id": job.job_id, "serial": job.serial, "order_id": job.order_id, "operation": job.operation}


def on_step(job: Job, step: StepProgress) -> OnStepFields:
    """The fields of a fact about a step in its present attempt."""
    return {**on_unit(job), "step_id": step.step.id, "attempt": step.attempt}


def job_state(job: Job, state: str, outcome: Outcome | None = None, reason: str = "") -> JobState:
    """The job's next state."""
    return JobState(
        **on_unit(job),
        state=state,
        product=job.product,
        work_master_id=job.work_master.id,
        work_master_version=job.work_master.version,
        work_master_sha256=job.sha256,
        outcome=outcome,
        reason=reason,
        previous_operation=job.previous_operation,
    )


def current_step(job: Job | None) -> StepProgress:
    """The step in work. Raises Refusal when there is none."""
    return work(job)[1]


def work(job: Job | None) -> tuple[Job, StepProgress]:
    """The job and its step in work. Raises Refusal when there is none."""
    if job is None:
        raise Refusal("No unit is open. Scan an order or a serial number first.")
    if job.state == INTERRUPTED:
        raise Refusal("The job is interrupted. Resume it first.")
    if job.current is None:
        raise Refusal(f"Unit {job.serial} is finished here. Scan the next one.")
    return job, job.current


def open_check(job: Job | None, check_id: str, kind: type[C], otherwise: str) -> tuple[StepProgress, CheckProgress, C]:
    """The check of the step in work, of the kind that the action is for; ``otherwise`` ends the refusal: “… {otherwise}”."""
    _, step = work(job)
    try:
        check = step.check(check_id)
    except KeyError:
        raise Refusal("This check belongs to another step. Look at the current step.") from None
    if not isinstance(check.check, kind):
        raise Refusal(f"“{check.check.title}” {otherwise}.")
    return step, check, check.check


def still_open(check: CheckProgress) -> str:
    """Why a check keeps the step from going on."""
    if check.mark is Mark.FAILED:
        return f"“{check.check.title}” has failed. Correct it, repeat the step or report a nonconformance."
    return f"“{check.check.title}” is still open."
