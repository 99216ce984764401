"""Choosing a reason from the station's lists: a defect that holds the unit, or an interruption."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.services.station import StationServices
from station_app.ui.look import Look
from widgets.choice_dialog import Choice, ChoiceDialog

DEFECTS, INTERRUPTIONS = "defects", "interruption"


def _tr(text: str) -> str:
    return QCoreApplication.translate("reason_dialogs", text)


def _serial(services: StationServices) -> str:
    job = services.execution.job
    return job.serial if job is not None else ""


def nonconformance_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(defect, description)``: the unit is to be held and its job ended."""
    defects = services.library.book.reasons.get(DEFECTS) or (_tr("Out of limits"), _tr("Damaged"), _tr("Other"))
    return ChoiceDialog(
        look,
        _tr("Nonconformance: what is wrong?"),
        [Choice(defect, defect) for defect in defects],
        _tr("Hold the unit"),
        _tr("Cancel"),
        _tr("{serial} is put on hold and work on it ends here until somebody has decided about it.").format(
            serial=_serial(services)
        ),
        _tr("A few words, if they help"),
    )


def interruption_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(reason, "")``: the unit's job is to be interrupted; the choice itself confirms."""
    reasons = services.library.book.reasons.get(INTERRUPTIONS) or (_tr("Break"), _tr("Other unit first"), _tr("Other"))
    return ChoiceDialog(
        look,
        _tr("Interrupt {serial}: why?").format(serial=_serial(services)),
        [Choice(reason, reason) for reason in reasons],
        _tr("Interrupt"),
        _tr("Cancel"),
        _tr("Everything recorded is kept. Scan the unit again to go on at the same step."),
    )
