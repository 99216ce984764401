"""The decisions of execution: each takes the job and what happened, and answers the facts to record, or refuses.

A :class:`Refusal` is for the person at the station: what is wrong and what to do. Nothing is recorded for a refused
action unless the rule says so (a value out of limits is recorded as FAIL; it just does not let the step go on).
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TypedDict

from drivers.base import Quality, Sample
from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, CheckProgress, Job, Mark, StepProgress
from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading
from station_app.domain.records import (
    CheckConfirmed,
    EvidenceCaptured,
    Fact,
    Hold,
    JobState,
    MachineValue,
    MaterialConsumed,
    Measurement,
    Nonconformance,
    StepState,
)
from station_app.domain.scan import ComponentScan
from station_app.domain.work_master import WorkMaster


class Refusal(Exception):
    """An action that is not allowed now: ``str()`` says why and what to do, in shop-floor words."""


class _OnStep(TypedDict):
    job_id: str
    serial: str
    order_id: str
    operation: str
    step_id: str
    attempt: int


class _OnUnit(TypedDict):
    job_id: str
    serial: str
    order_id: str
    operation: str


def _unit(job: Job) -> _OnUnit:
    return {"job_id": job.job_id, "serial": job.serial, "order_id": job.order_id, "operation": job.operation}


def _step(job: Job, step: StepProgress) -> _OnStep:
    return {**_unit(job), "step_id": step.step.id, "attempt": step.attempt}


def _job_state(job: Job, state: str, outcome: Outcome | None = None, reason: str = "") -> JobState:
    return JobState(
        **_unit(job),
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
    if job is None:
        raise Refusal("No unit is open. Scan an order or a serial number first.")
    if job.state == INTERRUPTED:
        raise Refusal("The job is interrupted. Resume it first.")
    if job.current is None:
        raise Refusal(f"Unit {job.serial} is finished here. Scan the next one.")
    return job.current


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
    """Begin work on a unit: the job runs and its first step is started."""
    if not work_master.steps:
        raise Refusal(f"Instruction {work_master.id} has no steps. Tell its owner.")
    unit: _OnUnit = {"job_id": job_id, "serial": serial, "order_id": order_id, "operation": operation}
    first = work_master.steps[0]
    return [
        JobState(
            **unit,
            state=RUNNING,
            product=product,
            work_master_id=work_master.id,
            work_master_version=work_master.version,
            work_master_sha256=sha256,
            previous_operation=previous_operation,
        ),
        StepState(**unit, step_id=first.id, state="started", step_no=1, title=first.title_in("en")),
    ]


def confirm(job: Job | None, mono_ns: int) -> list[Fact]:
    """Confirm the next open check if it asks for that; with no open check, complete the step."""
    step = current_step(job)
    assert job is not None
    check = step.next_check()
    if check is None:
        return complete_step(job, mono_ns)
    if not isinstance(check.check, ConfirmCheck):
        raise Refusal(_still_open(step, check))
    fact = CheckConfirmed(**_step(job, step), check_id=check.check.id, text=check.check.title)
    return [fact, *_advance(job, step, check, mono_ns)]


def scan_component(job: Job | None, scan: ComponentScan, used_in: str | None, mono_ns: int) -> list[Fact]:
    """Take a scanned component for the step's scan check. ``used_in`` is the unit it is already built into."""
    step = current_step(job)
    assert job is not None
    text = scan.serial or scan.lot
    check = next(
        (c for c in step.checks if isinstance(c.check, ScanCheck) and c.mark is not Mark.DONE),
        None,
    )
    if check is None or not isinstance(check.check, ScanCheck):
        done = next((c for c in step.checks if isinstance(c.check, ScanCheck) and c.text == text), None)
        if done is not None:
            raise Refusal(f"{text} is already recorded for this step.")
        raise Refusal(f"This step needs no component. {scan.material.title} {text} was not recorded.")
    wanted = check.check
    if scan.material.id != wanted.material:
        raise Refusal(f"{text} is {scan.material.id} {scan.material.title}; this step needs {wanted.material}.")
    if wanted.tracked == "serial":
        if not scan.serial:
            raise Refusal(f"{text} is a lot; scan the serial number of this {scan.material.title}.")
        if used_in is not None and not _replaced_itself(job, check, scan, used_in):
            raise Refusal(f"{scan.serial} is already built into unit {used_in}. Take another one.")
    elif not scan.lot:
        raise Refusal(f"{text} is a serial number; scan the lot of {scan.material.title}.")
    fact = MaterialConsumed(
        **_step(job, step),
        check_id=wanted.id,
        supersedes=check.earlier.rec_id if check.earlier is not None else "",
        material=scan.material.id,
        component_serial=scan.serial,
        lot=scan.lot,
        quantity=wanted.quantity,
    )
    return [fact, *_advance(job, step, check, mono_ns)]


def _replaced_itself(job: Job, check: CheckProgress, scan: ComponentScan, used_in: str) -> bool:
    """A repeated step takes the component of the attempt before."""
    return used_in == job.serial and check.earlier is not None and check.earlier.text == scan.serial


def measure(
    job: Job | None, check_id: str, text: str, mono_ns: int, source: str = "keypad", gauge: str = ""
) -> list[Fact]:
    """Record a reading. A re-measurement supersedes the reading before; both are kept."""
    step, check = _check(job, check_id)
    assert job is not None
    wanted = check.check
    if not isinstance(wanted, MeasureCheck):
        raise Refusal(f"“{wanted.title}” is not measured by hand.")
    try:
        value = parse_reading(text)
    except ReadingError as error:
        raise Refusal(str(error)) from error
    _refuse_decimals(text, wanted.decimals)
    fact = Measurement(
        **_step(job, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        value_text=text.strip(),
        unit=wanted.limits.unit,
        nominal=_text(wanted.limits.nominal),
        lower_limit=_text(wanted.limits.lower),
        upper_limit=_text(wanted.limits.upper),
        source=source,
        gauge=gauge,
        outcome=wanted.limits.judge(value),
    )
    return [fact, *(_advance(job, step, check, mono_ns) if fact.outcome is Outcome.PASS else [])]


def capture_value(job: Job | None, check_id: str, sample: Sample | None, address: str, mono_ns: int) -> list[Fact]:
    """Capture a machine's value. Bad or uncertain quality is recorded as ERROR and does not pass.

    Raises Refusal when the tag has never delivered anything, because there is nothing to record.
    """
    step, check = _check(job, check_id)
    assert job is not None
    wanted = check.check
    if not isinstance(wanted, MachineValueCheck):
        raise Refusal(f"“{wanted.title}” is not read from a machine.")
    if sample is None:
        raise Refusal(f"{wanted.tag} has delivered no value yet. Look at the machine's connection.")
    outcome = _judge_sample(sample, wanted.limits)
    fact = MachineValue(
        **_step(job, step),
        check_id=check_id,
        supersedes=check.rec_id,
        characteristic=wanted.characteristic,
        tag=wanted.tag,
        address=address,
        value_text=_value_text(sample),
        unit=wanted.limits.unit,
        lower_limit=_text(wanted.limits.lower),
        upper_limit=_text(wanted.limits.upper),
        quality=sample.quality.value,
        status=sample.status,
        source_us=None if sample.source_time is None else round(sample.source_time * 1e6),
        received_us=round(sample.received_time * 1e6),
        outcome=outcome,
    )
    return [fact, *(_advance(job, step, check, mono_ns) if outcome is Outcome.PASS else [])]


def keep_photo(job: Job | None, check_id: str, picture: Picture, mono_ns: int) -> list[Fact]:
    """Record a picture that is already stored; one that breaks its view's rules is kept and does not pass."""
    step, check = _check(job, check_id)
    assert job is not None
    wanted = check.check
    if not isinstance(wanted, PhotoCheck):
        raise Refusal(f"“{wanted.title}” needs no photo.")
    faults = list(picture["faults"])
    if wanted.code_is_unit and job.serial not in picture["codes"]:
        read = ", ".join(picture["codes"])
        faults.append(f"The code in the picture is {read}, not {job.serial}." if read else "No code could be read.")
    fact = EvidenceCaptured(
        **_step(job, step),
        check_id=check_id,
        supersedes=check.rec_id,
        sha256=picture["sha256"],
        media_type=picture["media_type"],
        size_bytes=picture["size_bytes"],
        width_px=picture["width_px"],
        height_px=picture["height_px"],
        camera=wanted.camera,
        view=wanted.view,
        sharpness=picture["sharpness"],
        codes=tuple(picture["codes"]),
        faults=tuple(faults),
        outcome=Outcome.FAIL if faults else Outcome.PASS,
    )
    return [fact, *(_advance(job, step, check, mono_ns) if not faults else [])]


class Picture(TypedDict):
    """A stored picture and what was seen in it."""

    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    sharpness: float | None
    codes: list[str]
    faults: list[str]


FAILURE_VIEW = "failure"
REMARK_VIEW = "remark"


def keep_remark_picture(job: Job | None, camera: str, picture: Picture) -> list[Fact]:
    """Record a stored picture that a person took of the current step without being asked: a scratch, a label."""
    step = current_step(job)
    assert job is not None
    return keep_failure_picture(job, step, step.attempt, camera, picture, REMARK_VIEW)


def keep_failure_picture(
    job: Job, step: StepProgress, attempt: int, camera: str, picture: Picture, view: str = FAILURE_VIEW
) -> list[Fact]:
    """Record a stored picture of what a failed check looked like. It concerns the step, passes nothing and blocks nothing.

    ``attempt`` is the one that failed; the work may have gone on since.
    """
    place = _step(job, step)
    place["attempt"] = attempt
    return [
        EvidenceCaptured(
            **place,
            sha256=picture["sha256"],
            media_type=picture["media_type"],
            size_bytes=picture["size_bytes"],
            width_px=picture["width_px"],
            height_px=picture["height_px"],
            camera=camera,
            view=view,
            sharpness=picture["sharpness"],
            codes=tuple(picture["codes"]),
            outcome=Outcome.PASS,
        )
    ]


def complete_step(job: Job | None, mono_ns: int) -> list[Fact]:
    """Go to the next step, or end the job after the last; refused while a check is open or failed."""
    step = current_step(job)
    assert job is not None
    check = step.next_check()
    if check is not None:
        raise Refusal(_still_open(step, check))
    return _complete(job, step, mono_ns)


def repeat_step(job: Job | None) -> list[Fact]:
    """Begin the current step again: a new attempt; everything recorded before is kept."""
    step = current_step(job)
    assert job is not None
    place = _step(job, step)
    place["attempt"] = step.attempt + 1
    return [StepState(**place, state="repeated", step_no=step.no, title=step.step.title_in("en"))]


def report_nonconformance(
    job: Job | None, defect: str, description: str, nonconformance_id: str, hold_id: str
) -> list[Fact]:
    """Record a defect, hold the unit and end the job with FAIL. Who decides about the unit is another matter."""
    step = current_step(job)
    assert job is not None
    failed = step.failed_check()
    return [
        Nonconformance(
            **_step(job, step),
            check_id=failed.check.id if failed else "",
            nonconformance_id=nonconformance_id,
            defect=defect,
            description=description,
        ),
        Hold(hold_id=hold_id, scope="unit", subject=job.serial, reason=defect),
        _job_state(job, ENDED, Outcome.FAIL, defect),
    ]


def interrupt_job(job: Job | None, reason: str) -> list[Fact]:
    """Pause the job with a reason."""
    current_step(job)
    assert job is not None
    return [_job_state(job, INTERRUPTED, reason=reason)]


def resume_job(job: Job) -> list[Fact]:
    """Go on with an interrupted job. Raises Refusal when it is not interrupted."""
    if job.state != INTERRUPTED:
        raise Refusal("The job is not interrupted.")
    return [_job_state(job, RUNNING)]


def _check(job: Job | None, check_id: str) -> tuple[StepProgress, CheckProgress]:
    step = current_step(job)
    try:
        return step, step.check(check_id)
    except KeyError:
        raise Refusal("This check belongs to another step. Look at the current step.") from None


def _advance(job: Job, step: StepProgress, passed: CheckProgress, mono_ns: int) -> list[Fact]:
    others = [c for c in step.checks if c is not passed and c.mark is not Mark.DONE]
    if others or not step.step.advance:
        return []
    return _complete(job, step, mono_ns)


def _complete(job: Job, step: StepProgress, mono_ns: int) -> list[Fact]:
    facts: list[Fact] = [
        StepState(
            **_step(job, step),
            state="completed",
            step_no=step.no,
            title=step.step.title_in("en"),
            outcome=Outcome.PASS,
            attended_s=round(job.clock.seconds(mono_ns), 3),
        )
    ]
    if step.no < len(job.steps):
        following = job.steps[step.no]
        facts.append(
            StepState(
                **_step(job, following), state="started", step_no=following.no, title=following.step.title_in("en")
            )
        )
    else:
        facts.append(_job_state(job, ENDED, Outcome.PASS))
    return facts


def _still_open(step: StepProgress, check: CheckProgress) -> str:
    if check.mark is Mark.FAILED:
        return f"“{check.check.title}” has failed. Correct it, repeat the step or report a nonconformance."
    return f"“{check.check.title}” is still open."


def _judge_sample(sample: Sample, limits: Limits) -> Outcome:
    if sample.quality is not Quality.GOOD or sample.value is None or isinstance(sample.value, str):
        return Outcome.ERROR
    if not math.isfinite(sample.value):
        return Outcome.ERROR
    return limits.judge(Decimal(_value_text(sample)))


def _value_text(sample: Sample) -> str:
    value = sample.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _refuse_decimals(text: str, decimals: int) -> None:
    _, _, fraction = text.strip().partition(".")
    if len(fraction) > decimals + 2:
        raise Refusal(f"{text.strip()} has {len(fraction)} decimals; the gauge shows {decimals}. Type what it shows.")


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)
