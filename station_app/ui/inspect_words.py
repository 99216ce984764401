"""An inspection in words and rows: requirements as drawings write them, the list of characteristics and its sum. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from station_app.domain.characteristic_history import Reading
from station_app.domain.checks import (
    Check,
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.job import CheckProgress, Job, Mark
from station_app.domain.outcome import Limits, Outcome, decimals_of, rounded_text
from station_app.services.station import StationServices
from station_app.ui.step_signs import row_note
from station_app.ui.wording import duration_text
from station_app.ui.work_state import STEP_MARKS
from widgets.characteristic_list import CharacteristicRow
from widgets.run_chart import ChartLine
from widgets.step_list import StepMark

translate = QCoreApplication.translate


def requirement_text(check: Check) -> str:
    """What a characteristic must be: "20.002 ±0.015", "20.000 +0.013 / 0", "≤ 1.6", "= unit"."""
    match check:
        case MeasureCheck() | MachineValueCheck():
            return limits_text(check.limits)
        case PhotoCheck(code_is_unit=True):
            return translate("inspect", "= unit")
        case PhotoCheck():
            return translate("inspect", "sharp, complete")
        case ScanCheck():
            return check.material
        case TighteningCheck(torque=torque):
            return limits_text(torque)
        case NumberCheck(limits=Limits() as limits):
            return limits_text(limits)
        case TimerCheck():
            return duration_text(check.duration_s)
        case SignatureCheck():
            return check.role.replace("_", " ")
        case _:
            return translate("inspect", "as shown")


def limits_text(limits: Limits) -> str:
    """Limits as a drawing writes them; the unit stands at the entry."""
    lower, upper, nominal = limits.lower, limits.upper, limits.nominal
    if lower is not None and upper is not None:
        if nominal is None:
            return f"{lower} – {upper}"
        above, below = upper - nominal, nominal - lower
        if above == below:
            return f"{nominal} ±{above}"
        return f"{nominal} {_signed(above)} / {_signed(-below)}"
    if upper is not None:
        return f"≤ {upper}"
    return f"≥ {lower}" if lower is not None else translate("inspect", "no limits")


def _signed(value: Decimal) -> str:
    if value == 0:
        return "0"
    return f"+{value}" if value > 0 else f"−{abs(value)}"


def value_text(progress: CheckProgress) -> str:
    """What was found, short enough for the list."""
    if progress.mark is Mark.SKIPPED:
        return translate("inspect", "set aside")
    if progress.mark not in (Mark.DONE, Mark.FAILED):
        return ""
    match progress.check:
        case MeasureCheck():
            return progress.text
        case MachineValueCheck(limits=limits):
            return rounded_text(progress.text, decimals_of(limits.lower, limits.upper))
        case PhotoCheck():
            return translate("inspect", "taken") if progress.mark is Mark.DONE else translate("inspect", "refused")
        case ScanCheck() | ToolCheck() | ChoiceCheck() | TextCheck() | NumberCheck():
            return progress.text
        case _ if progress.mark is Mark.FAILED:
            return translate("inspect", "failed")
        case _:
            return translate("inspect", "done")


def balloons(services: StationServices, job: Job) -> Mapping[str, int]:
    """The numbers of the drawing's balloons by check, from the inspection plan of the job; empty without one."""
    inspection = services.ledger.fold.quality.inspections.for_job(job.job_id)
    if inspection is not None:
        return inspection.plan.numbers()
    for plan in services.library.book.plans.values():
        if plan.product == job.product and plan.operation == job.operation:
            return plan.numbers()
    return {}


def characteristic_rows(job: Job, numbers: Mapping[str, int], language: str = "en") -> list[CharacteristicRow]:
    """One row for each check of the job; without a balloon it has its place in the list."""
    rows = []
    place = 0
    for step in job.steps:
        for progress in step.checks:
            place += 1
            check = progress.check
            number = numbers.get(check.id, place)
            left_out = bool(step.left_out) and progress.mark not in (Mark.DONE, Mark.FAILED)
            value = row_note(step) if left_out else value_text(progress)
            mark = StepMark.SKIPPED if left_out else STEP_MARKS[progress.mark]
            rows.append(CharacteristicRow(str(number), check.title_in(language), requirement_text(check), value, mark))
    return rows


def chart_lines(limits: Limits) -> list[ChartLine]:
    """The specification limits, and the nominal as the solid line."""
    lines = []
    if limits.upper is not None:
        lines.append(ChartLine(float(limits.upper), translate("inspect", "max {value}").format(value=limits.upper)))
    if limits.nominal is not None and limits.nominal not in (limits.lower, limits.upper):
        lines.append(ChartLine(float(limits.nominal), str(limits.nominal), solid=True))
    if limits.lower is not None:
        lines.append(ChartLine(float(limits.lower), translate("inspect", "min {value}").format(value=limits.lower)))
    return lines


def outside(readings: Sequence[Reading]) -> list[int]:
    """Which points lie outside the limits."""
    return [place for place, reading in enumerate(readings) if reading.outcome is not Outcome.PASS]
