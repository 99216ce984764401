"""Reporting a defect: what is wrong with the unit, chosen from the list, with a few words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.services.station import StationServices
from station_app.ui.look import Look
from widgets.choice_dialog import Choice, ChoiceDialog

DEFECTS = "defects"


def _tr(text: str) -> str:
    return QCoreApplication.translate("nonconformance", text)


class NonconformanceDialog(ChoiceDialog):
    """``chosen(defect, description)``: the unit is to be held and its job ended."""

    def __init__(self, services: StationServices, look: Look) -> None:
        defects = services.library.book.reasons.get(DEFECTS) or (_tr("Out of limits"), _tr("Damaged"), _tr("Other"))
        job = services.execution.job
        serial = job.serial if job is not None else ""
        super().__init__(
            look,
            _tr("Nonconformance: what is wrong?"),
            [Choice(defect, defect) for defect in defects],
            _tr("Hold the unit"),
            _tr("Cancel"),
            _tr("{serial} is put on hold and work on it ends here until somebody has decided about it.").format(
                serial=serial
            ),
            _tr("A few words, if they help"),
        )
