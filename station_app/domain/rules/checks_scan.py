"""Checks that are scanned: a component that goes into the unit, a tool or fixture that is used."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from station_app.domain.checks import MeasureCheck, ScanCheck, TighteningCheck, ToolCheck
from station_app.domain.job import CheckProgress, InstalledPart, Job, StepProgress
from station_app.domain.master import Tool
from station_app.domain.outcome import Outcome
from station_app.domain.records import Fact, MaterialConsumed, ToolUsed
from station_app.domain.rules.places import on_step, work
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance
from station_app.domain.scan import ComponentScan

IN_SERVICE = "in service"
NOTHING_BEFORE: Final[Mapping[str, InstalledPart]] = MappingProxyType({})


def scan_component(
    job: Job | None,
    scan: ComponentScan,
    used_in: str | None,
    mono_ns: int,
    today: str = "",
    before: Mapping[str, InstalledPart] = NOTHING_BEFORE,
) -> list[Fact]:
    """Take a scanned component for the step's scan check.

    ``used_in`` is the unit it is already built into; ``today`` (ISO date) decides whether it has expired. ``before`` is what a
    job of this unit that was aborted has built in at this step, by check: it is taken again, or replaced.
    """
    found, step = work(job)
    text = scan.serial or scan.lot
    check = _check_for(step, scan, text)
    wanted = check.check
    assert isinstance(wanted, ScanCheck)
    if scan.material.id != wanted.material:
        raise Refusal(f"{text} is {scan.material.id} {scan.material.title}; this step needs {wanted.material}.")
    if wanted.tracked == "serial":
        if not scan.serial:
            raise Refusal(f"{text} is a lot; scan the serial number of this {scan.material.title}.")
        if used_in is not None and not _replaced_itself(found, check, scan, used_in, before.get(wanted.id)):
            raise Refusal(f"{scan.serial} is already built into unit {used_in}. Take another one.")
    elif not scan.lot:
        raise Refusal(f"{text} is a serial number; scan the lot of {scan.material.title}.")
    _refuse_expired(scan, text, wanted.needs_expiry, today)
    fact = MaterialConsumed(
        **on_step(found, step),
        check_id=wanted.id,
        supersedes=_replaced(check, before.get(wanted.id)),
        material=scan.material.id,
        component_serial=scan.serial,
        lot=scan.lot,
        quantity=wanted.quantity,
    )
    return [fact, *advance(found, step, check, fact, mono_ns)]


def _check_for(step: StepProgress, scan: ComponentScan, text: str) -> CheckProgress:
    """The open scan check that the component is for: the one of its part number, else the first."""
    open_ = [check for check in step.checks if isinstance(check.check, ScanCheck) and not check.settled]
    if not open_:
        done = next((c for c in step.checks if isinstance(c.check, ScanCheck) and c.text == text), None)
        if done is not None:
            raise Refusal(f"{text} is already recorded for this step.")
        raise Refusal(f"This step needs no component. {scan.material.title} {text} was not recorded.")
    fitting = (c for c in open_ if isinstance(c.check, ScanCheck) and c.check.material == scan.material.id)
    return next(fitting, open_[0])


def _replaced(check: CheckProgress, before: InstalledPart | None) -> str:
    """The record that the component takes the place of: of the attempt before, or of an aborted job."""
    if check.earlier is not None:
        return check.earlier.rec_id
    return before.rec_id if before is not None else ""


def _replaced_itself(
    job: Job, check: CheckProgress, scan: ComponentScan, used_in: str, before: InstalledPart | None
) -> bool:
    """A repeated step takes the component of the attempt before, a unit that is started anew that of the aborted job."""
    texts = [part.text for part in (check.earlier, before) if part is not None]
    return used_in == job.serial and scan.serial in texts


def _refuse_expired(scan: ComponentScan, text: str, needs_expiry: bool, today: str) -> None:
    if not scan.expiry:
        if needs_expiry:
            raise Refusal(f"No expiry date is known of {text}. Take a lot with a known date, or ask a supervisor.")
        return
    if today and scan.expiry < today:
        raise Refusal(f"{text} expired on {scan.expiry}. Put it aside and take another one.")


def tool_fault(tool: Tool, tool_class: str, today: str) -> str:
    """Why a tool cannot be used for a class of work now, as a sentence; empty when it can. ``today`` is an ISO date."""
    if tool_class and tool.tool_class != tool_class:
        return f"{tool.id} {tool.title} is a {tool.tool_class}; this step needs a {tool_class}."
    if tool.status != IN_SERVICE:
        return f"{tool.id} {tool.title} is {tool.status}. Take another one."
    if tool.calibration_due and today and tool.calibration_due < today:
        return f"{tool.id} {tool.title}: its calibration ended on {tool.calibration_due}. Take another one."
    return ""


def scan_tool(job: Job | None, tool: Tool, today: str, mono_ns: int) -> list[Fact]:
    """Take a scanned tool: for the step's tool check, else as the one in hand for its tightening or measurement.

    One that may not be used is recorded as FAIL with the reason, and passes nothing.
    """
    found, step = work(job)
    check = next((c for c in step.checks if isinstance(c.check, ToolCheck) and not c.settled), None)
    if check is not None and isinstance(check.check, ToolCheck):
        tool_class = check.check.tool_class
    else:
        classes = [wanted for c in step.checks if not c.settled and (wanted := _class_in_hand(c))]
        if not classes:
            raise Refusal(f"This step needs no tool. {tool.id} {tool.title} was not recorded.")
        tool_class = tool.tool_class if tool.tool_class in classes else classes[0]
    fault = tool_fault(tool, tool_class, today)
    fact = ToolUsed(
        **on_step(found, step),
        check_id="" if check is None else check.check.id,
        supersedes="" if check is None else check.rec_id,
        tool=tool.id,
        tool_class=tool_class,
        due_us=_end_of_day_us(tool.calibration_due),
        reason=fault,
        outcome=Outcome.FAIL if fault else Outcome.PASS,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if check is not None and not fault else [])]


def _class_in_hand(check: CheckProgress) -> str:
    if isinstance(check.check, TighteningCheck):
        return check.check.tool_class
    return check.check.gauge_class if isinstance(check.check, MeasureCheck) else ""


def _end_of_day_us(date: str) -> int | None:
    """The end of a day as UTC microseconds; None without a date."""
    if not date:
        return None
    day = datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time.max, datetime.UTC)
    return round(day.timestamp() * 1e6)
