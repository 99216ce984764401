"""Choosing a reason from the station's lists: a defect that holds the unit, or an interruption."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.services.station import StationServices
from station_app.ui.look import Look
from widgets.choice_dialog import Choice, ChoiceDialog

translate = QCoreApplication.translate

DEFECTS, INTERRUPTIONS = "defects", "interruption"


def _serial(services: StationServices) -> str:
    job = services.execution.job
    return job.serial if job is not None else ""


def nonconformance_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(defect, description)``: the unit is to be held and its job ended."""
    defects = services.library.book.reasons.get(DEFECTS) or (
        translate("reason_dialogs", "Out of limits"),
        translate("reason_dialogs", "Damaged"),
        translate("reason_dialogs", "Other"),
    )
    return ChoiceDialog(
        look,
        translate("reason_dialogs", "Nonconformance: what is wrong?"),
        [Choice(defect, defect) for defect in defects],
        translate("reason_dialogs", "Hold the unit"),
        translate("reason_dialogs", "Cancel"),
        translate(
            "reason_dialogs", "{serial} is put on hold and work on it ends here until somebody has decided about it."
        ).format(serial=_serial(services)),
        translate("reason_dialogs", "A few words, if they help"),
    )


def interruption_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(reason, "")``: the unit's job is to be interrupted; the choice itself confirms."""
    reasons = services.library.book.reasons.get(INTERRUPTIONS) or (
        translate("reason_dialogs", "Break"),
        translate("reason_dialogs", "Other unit first"),
        translate("reason_dialogs", "Other"),
    )
    return ChoiceDialog(
        look,
        translate("reason_dialogs", "Interrupt {serial}: why?").format(serial=_serial(services)),
        [Choice(reason, reason) for reason in reasons],
        translate("reason_dialogs", "Interrupt"),
        translate("reason_dialogs", "Cancel"),
        translate("reason_dialogs", "Everything recorded is kept. Scan the unit again to go on at the same step."),
    )
