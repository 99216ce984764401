"""What the work page offers: which view is shown and what the one big button does, decided from the job alone. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QCoreApplication

from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.job import ABORTED, ENDED, INTERRUPTED, CheckProgress, Job, Mark, StepProgress
from station_app.services.execution import Takt
from station_app.services.station import StationServices
from station_app.ui.check_view import Deed
from station_app.ui.step_signs import row_note
from station_app.ui.wording import duration_text
from widgets.shapes import Shape
from widgets.step_list import StepMark, StepRow

translate = QCoreApplication.translate


class View(Enum):
    """What fills the page."""

    IDLE = "idle"
    OPENING = "opening"
    STEP = "step"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    LOST = "lost"


class Do(StrEnum):
    """What the big button does."""

    NOTHING = "nothing"
    SIGN_IN = "sign in"
    CONFIRM = "confirm"
    ENTER = "enter"
    CAPTURE = "capture"
    PHOTO = "photo"
    DEED = "deed"
    NEXT = "next"
    RETURN = "return"
    RESUME = "resume"
    NEXT_UNIT = "next unit"


@dataclass(frozen=True, slots=True)
class Offer:
    """The big button: its text and deed; disabled when that is NOTHING."""

    do: Do
    text: str
    shape: Shape | None = None


def view_of(services: StationServices, finished_job: str) -> View:
    """What the page shows. ``finished_job`` is the job that ended while somebody watched, empty for none."""
    job = services.execution.job
    if services.execution.opening:
        return View.OPENING
    if services.ledger.fold.unopened is not None:
        return View.LOST
    if job is None:
        return View.IDLE
    if job.state == INTERRUPTED:
        return View.INTERRUPTED
    if job.state in (ENDED, ABORTED):
        return View.FINISHED if job.job_id == finished_job else View.IDLE
    return View.STEP


def offer(
    view: View,
    job: Job | None,
    signed_in: bool,
    looking_back: bool,
    typed: bool,
    next_unit: bool,
    deed: Deed | None = None,
) -> Offer:
    """The big button for the present moment.

    ``looking_back``: an earlier step is shown; ``typed``: the entry holds a reading that is not recorded yet;
    ``next_unit``: the order has a unit that can be opened next; ``deed``: what the card of the next check makes of the button.
    """
    if view is View.OPENING:
        return Offer(Do.NOTHING, translate("work_state", "Looking it up"))
    if view is View.STEP and job is not None and job.current is not None and looking_back:
        return Offer(Do.RETURN, translate("work_state", "To step {no}").format(no=job.current.no), Shape.FORWARD)
    if not signed_in:
        return Offer(Do.SIGN_IN, translate("work_state", "Sign in"))
    if view is View.INTERRUPTED:
        return Offer(Do.RESUME, translate("work_state", "Go on"), Shape.FORWARD)
    if view is View.FINISHED and next_unit:
        return Offer(Do.NEXT_UNIT, translate("work_state", "Next unit"), Shape.FORWARD)
    if view is not View.STEP or job is None or job.current is None:
        return Offer(Do.NOTHING, translate("work_state", "Scan to start"))
    if deed is not None:
        return Offer(Do.NOTHING if deed.press is None else Do.DEED, deed.text, deed.shape)
    return _step_offer(job, job.current, typed)


def _step_offer(job: Job, step: StepProgress, typed: bool) -> Offer:
    check = step.next_check()
    if check is None:
        last = all(later.settled for later in job.steps if later is not step)
        return Offer(
            Do.NEXT, translate("work_state", "Finish unit") if last else translate("work_state", "Next"), Shape.FORWARD
        )
    failed = check.mark is Mark.FAILED
    match check.check:
        case ConfirmCheck():
            return Offer(Do.CONFIRM, translate("work_state", "Confirm"), Shape.CHECK)
        case ScanCheck():
            return Offer(Do.NOTHING, translate("work_state", "Scan to go on"))
        case MeasureCheck() if typed:
            return Offer(Do.ENTER, translate("work_state", "Enter"))
        case MeasureCheck() if not failed:
            return Offer(Do.NOTHING, translate("work_state", "Measure to go on"))
        case MachineValueCheck() if not failed or check.note:
            return Offer(
                Do.CAPTURE,
                translate("work_state", "Capture again") if failed else translate("work_state", "Capture value"),
            )
        case PhotoCheck():
            return Offer(
                Do.PHOTO,
                translate("work_state", "Take again") if failed else translate("work_state", "Take photo"),
                Shape.CAMERA,
            )
        case _:
            return Offer(Do.NOTHING, translate("work_state", "Next is blocked"))


def failed_check(job: Job | None) -> CheckProgress | None:
    """The check of the current step that has failed and needs a decision."""
    return job.current.failed_check() if job is not None and job.current is not None else None


STEP_MARKS = {
    Mark.OPEN: StepMark.OPEN,
    Mark.CURRENT: StepMark.CURRENT,
    Mark.DONE: StepMark.DONE,
    Mark.FAILED: StepMark.FAILED,
    Mark.SKIPPED: StepMark.SKIPPED,
}
"""How a step's or a check's mark is drawn in a list."""


def step_rows(job: Job, language: str) -> list[StepRow]:
    """The steps with their outcome and how long each took."""
    return [
        StepRow(
            str(step.no),
            step.step.title_in(language),
            STEP_MARKS[step.mark],
            _beside(step),
        )
        for step in job.steps
    ]


def _beside(step: StepProgress) -> str:
    """How long it took, and what is out of the ordinary about it."""
    took = duration_text(step.attended_s) if step.attended_s is not None else ""
    return " ".join(part for part in (row_note(step), took) if part)


def step_takt_text(takt: Takt | None) -> tuple[str, float, bool]:
    """The step in work against its takt, "Step 0:41 of 1:00", the fraction, and whether it is nearly used up."""
    if takt is None:
        return "", 0.0, False
    text = translate("work_state", "Step {used} of {takt}").format(
        used=duration_text(takt.elapsed_s), takt=duration_text(takt.takt_s)
    )
    return text, takt.fraction, takt.warning


def unit_takt_text(takt: Takt) -> tuple[str, float]:
    """The unit's time against its takt, "Unit 2:31 of 6:30", and the fraction; no takt, no fraction."""
    used = duration_text(takt.elapsed_s)
    if takt.takt_s <= 0:
        return translate("work_state", "Unit {used}").format(used=used), 0.0
    text = translate("work_state", "Unit {used} of {takt}").format(used=used, takt=duration_text(takt.takt_s))
    return text, takt.fraction
