"""A job as a whole: start, pause, resume, hand over, abort, and the nonconformance that ends it."""

from __future__ import annotations

from station_app.domain.checks import TimerCheck
from station_app.domain.job import ABORTED, ENDED, INTERRUPTED, RUNNING, Job
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    Fact,
    HandOver,
    Hold,
    JobParameters,
    JobState,
    Nonconformance,
    StepSkipped,
    StepState,
    TimerStarted,
)
from station_app.domain.rules.conditions import why_left_out
from station_app.domain.rules.places import OnUnitFields, job_state, on_step, on_unit, work
from station_app.domain.rules.refusal import Refusal
from station_app.domain.variants import VariantError, parameter_values, resolve, variant_for
from station_app.domain.work_master import Step, WorkMaster


def start_job(
    *,
    job_id: str,
    serial: str,
    order_id: str,
    operation: str,
    product: str,
    work_master: WorkMaster,
    sha256: str,
    previous_operation: str,
) -> list[Fact]:
    """Begin work on a unit: the job runs and its first step is started.

    ``work_master`` is the released document that ``sha256`` names; it is resolved for ``product`` here.
    """
    unit: OnUnitFields = {"job_id": job_id, "serial": serial, "order_id": order_id, "operation": operation}
    try:
        resolved = resolve(work_master, product)
        values = parameter_values(work_master, product)
        variant = variant_for(work_master, product)
    except VariantError as error:
        raise Refusal(f"{error} Tell its owner; nothing was started.") from error
    if not resolved.steps:
        raise Refusal(f"Instruction {work_master.id} has no steps. Tell its owner.")
    facts: list[Fact] = [
        JobState(
            **unit,
            state=RUNNING,
            product=product,
            work_master_id=work_master.id,
            work_master_version=work_master.version,
            work_master_sha256=sha256,
            previous_operation=previous_operation,
        )
    ]
    if variant is not None:
        named = tuple(f"{name}={value}" for name, value in values.items())
        facts.append(JobParameters(**unit, variant=variant.id, parameters=named))
    return [*facts, *_first_step(unit, resolved, variant.id if variant is not None else "")]


def first_step(work_master: WorkMaster, variant: str) -> Step:
    """The step that a job of this variant begins with. Raises Refusal when there is none."""
    for step in work_master.steps:
        if not why_left_out(step, work_master, variant, {}):
            return step
    raise Refusal(f"Instruction {work_master.id} has no step for this product. Tell its owner.")


def _first_step(unit: OnUnitFields, work_master: WorkMaster, variant: str) -> list[Fact]:
    """The beginning of the first step, after those that this variant leaves out."""
    first = first_step(work_master, variant)
    facts: list[Fact] = []
    for no, step in enumerate(work_master.steps, 1):
        title = step.title_in("en")
        if step is first:
            facts.append(StepState(**unit, step_id=step.id, state="started", step_no=no, title=title))
            break
        reason = why_left_out(step, work_master, variant, {})
        facts.append(StepSkipped(**unit, step_id=step.id, step_no=no, title=title, cause="condition", reason=reason))
    return [
        *facts,
        *(
            TimerStarted(**unit, step_id=first.id, check_id=check.id, required_s=check.duration_s)
            for check in first.checks
            if isinstance(check, TimerCheck) and check.starts == "step"
        ),
    ]


def interrupt_job(job: Job | None, reason: str) -> list[Fact]:
    """Pause the job with a reason."""
    found, _ = work(job)
    if not reason.strip():
        raise Refusal("Say why the work is interrupted.")
    return [job_state(found, INTERRUPTED, reason=reason)]


def resume_job(job: Job, person: str = "") -> list[Fact]:
    """Go on with an interrupted job; another ``person`` takes it over. Raises Refusal when it is not interrupted."""
    if job.state != INTERRUPTED:
        raise Refusal("The job is not interrupted.")
    return [*hand_over(job, person), job_state(job, RUNNING)]


def hand_over(job: Job, person: str, note: str = "") -> list[Fact]:
    """Another person takes over a job that is not at its end; nothing when it is the same person."""
    if not person or person == job.person or job.current is None:
        return []
    return [HandOver(**on_unit(job), from_person=job.person, to_person=person, note=note)]


def abort_job(job: Job | None, reason: str) -> list[Fact]:
    """End the job without a result; everything recorded is kept, and the unit may be started anew."""
    if job is None or job.current is None:
        raise Refusal("No unit is open.")
    if not reason.strip():
        raise Refusal("Say why the job is aborted.")
    return [job_state(job, ABORTED, Outcome.ABORTED, reason.strip())]


def report_nonconformance(
    job: Job | None, defect: str, description: str, nonconformance_id: str, hold_id: str
) -> list[Fact]:
    """Record a defect, hold the unit and end the job with FAIL. Who decides about the unit is another matter."""
    found, step = work(job)
    if not defect.strip():
        raise Refusal("Choose or type the defect.")
    failed = step.failed_check()
    return [
        Nonconformance(
            **on_step(found, step),
            check_id=failed.check.id if failed else "",
            nonconformance_id=nonconformance_id,
            defect=defect,
            description=description,
        ),
        Hold(hold_id=hold_id, scope="unit", subject=found.serial, reason=defect),
        job_state(found, ENDED, Outcome.FAIL, defect),
    ]
