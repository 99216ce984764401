"""What the work page says between units: nothing to do, opening, interrupted, finished, on hold, instruction lost."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.job import Job
from station_app.domain.outcome import Outcome
from station_app.services.station import StationServices
from station_app.ui.wording import duration_text
from station_app.ui.work_lists import BetweenUnits
from station_app.ui.work_state import View
from widgets.shapes import Shape

translate = QCoreApplication.translate


def between_units(shown: BetweenUnits, services: StationServices, view: View) -> None:
    """Say what is, and list the orders where one can be opened."""
    shown.answers.show_answers(services)
    orders = services.execution.dispatch_list()
    job = services.execution.job
    match view:
        case View.OPENING:
            serial = services.execution.opening
            shown.say(
                Shape.RING,
                "primary",
                translate("work_words", "Opening {serial}").format(serial=serial),
                translate("work_words", "Looking it up."),
            )
            shown.list_orders("", [])
            return
        case View.LOST:
            _say_lost(shown, services)
            shown.list_orders("", [])
            return
        case View.INTERRUPTED if job is not None:
            text = translate("work_words", "Scan it again, or press Go on.")
            shown.say(
                Shape.DASH, "second", translate("work_words", "{serial} is interrupted").format(serial=job.serial), text
            )
            shown.list_orders("", [])
            return
        case View.FINISHED if job is not None:
            _say_finished(shown, services, job)
        case _:
            _say_idle(shown, services, bool(orders))
    shown.list_orders(translate("work_words", "Waiting here") if orders else "", orders)


def _say_idle(shown: BetweenUnits, services: StationServices, any_orders: bool) -> None:
    if services.people.person is None:
        shown.say(
            Shape.RING,
            "primary",
            translate("work_words", "Scan your badge"),
            translate("work_words", "Or press Sign in and use your name."),
        )
    elif any_orders:
        text = translate("work_words", "Or choose an order below.")
        shown.say(Shape.RING, "primary", translate("work_words", "Scan an order or a serial number"), text)
    elif services.library.book.orders:
        text = translate("work_words", "No order waits for this station.")
        shown.say(Shape.RING, "primary", translate("work_words", "Scan an order or a serial number"), text)
    else:
        text = translate("work_words", "Orders and instructions come with the first contact to the server.")
        shown.say(Shape.DASH, "second", translate("work_words", "Nothing is known here yet"), text)


def _say_lost(shown: BetweenUnits, services: StationServices) -> None:
    lost = services.ledger.fold.unopened
    assert lost is not None
    shown.say(
        Shape.WARNING,
        "warning",
        translate("work_words", "The instruction of {serial} is not here").format(serial=lost.serial),
        translate(
            "work_words",
            "{serial} is open with instruction {id} {version}. What was recorded is safe. "
            "Work goes on when the server has delivered the instruction; tell a supervisor.",
        ).format(serial=lost.serial, id=lost.work_master_id, version=lost.work_master_version),
    )


def _say_finished(shown: BetweenUnits, services: StationServices, job: Job) -> None:
    hold = services.ledger.fold.held(job.serial, job.order_id)
    if hold is not None:
        text = translate("work_words", "{reason}. Put it aside: it needs a decision before work goes on.").format(
            reason=hold.reason
        )
        shown.say(
            Shape.DIAMOND, "alarm", translate("work_words", "{serial} is on hold").format(serial=job.serial), text
        )
        return
    takt = services.execution.unit_takt()
    used = duration_text(takt.elapsed_s)
    within = (
        translate("work_words", "in {used} of {takt}").format(used=used, takt=duration_text(takt.takt_s))
        if takt.takt_s
        else used
    )
    done = sum(1 for step in job.steps if step.attended_s is not None)
    if job.outcome is Outcome.PASS:
        steps = translate("work_words", "1 step") if done == 1 else translate("work_words", "{n} steps").format(n=done)
        text = translate("work_words", "{steps} passed {within}. Everything is saved.").format(
            steps=steps, within=within
        )
        shown.say(
            Shape.CHECK, "primary", translate("work_words", "{serial} is finished").format(serial=job.serial), text
        )
    else:
        text = translate("work_words", "It ended with {outcome}.").format(outcome=job.outcome or "")
        shown.say(Shape.DIAMOND, "alarm", translate("work_words", "{serial} has ended").format(serial=job.serial), text)
