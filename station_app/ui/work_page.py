"""The operator's page: the unit on the bench, one step at a time, and one big button that says what it does."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import WORK
from station_app.ui.step_page import StepPage
from station_app.ui.work_buttons import WorkButtons
from station_app.ui.work_step_view import StepView


class WorkPage(StepPage):
    """Work at an assembly or test station."""

    page_id: ClassVar[str] = WORK

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.step_view = StepView(services, look, self.deeds)
        self.step_view.entered.connect(self.press)
        self.step_view.edited.connect(self.refresh)
        self.step_view.step_wanted.connect(self.look_at)
        self._set_up(self.step_view, self.step_view, WorkButtons(look))

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Work")

    @property
    def help_text(self) -> str:
        """How to work here, in a few sentences."""
        return self.tr(
            "**Scan your badge** and type your PIN. Scan it again to sign out.\n\n"
            "**Scan an order or a serial number**: the step where the unit stands opens.\n\n"
            "The **big button** at the right, Space or Enter goes on. It says what it does. "
            "A scanned part needs no button.\n\n"
            "**Out of limits?** The step stays. Measure again, repeat the step, or report a nonconformance: "
            "the unit is then on hold until somebody decides.\n\n"
            "**Problem** and **Andon** call for help; the call is shown on the line until it is answered.\n\n"
            "**More**: skip a step or set a check aside (somebody else signs), do an earlier step again, rework, abort, "
            "record an ESD test, suggest a change. Go to an earlier step first to do it again.\n\n"
            "**Pictures**: touch one to enlarge it; PageUp and PageDown, or the small ones below, show the others. "
            "Touch a video to stop it.\n\n"
            "**Another language**: press the station's name at the top left.\n\n"
            "**Interrupt** a unit for a break or for another one: press the station's name at the top left.\n\n"
            "**Back** shows earlier steps; nothing is changed by looking.\n\n"
            "Everything marked *saved* is safe, also without the server: it is sent when the connection is back.\n\n"
            "Keys: F1 help, F2 this page, F3 to F10 the other pages, Esc back."
        )
