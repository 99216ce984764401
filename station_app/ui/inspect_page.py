"""The inspector's page: one characteristic at a time, its limits and last values before anything is typed."""

from __future__ import annotations

import re
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from station_app.domain.checks import MeasureCheck, PhotoCheck
from station_app.domain.job import Job, StepProgress
from station_app.domain.rules import Refusal
from station_app.domain.view import ViewRules
from station_app.services.station import StationServices
from station_app.ui.inspect_buttons import InspectButtons
from station_app.ui.inspect_measure import CharacteristicView
from station_app.ui.inspect_view import InspectView
from station_app.ui.look import Look
from station_app.ui.page import INSPECT, Saying, Weight
from station_app.ui.step_page import StepPage
from station_app.ui.work_state import Do, View

_READING = re.compile(r"[+-]?\d*[.,]?\d+")
"""What a gauge types; a comma is refused by the rule, with its reason."""

PREVIEW_MS = 66
"""A frame is on the screen within 0.1 s, its decoding included."""


class InspectPage(StepPage):
    """Inspection at a station: Enter records and goes on; a value out of limits stays until somebody decides."""

    page_id: ClassVar[str] = INSPECT

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.step_view = InspectView(services, look, self.deeds)
        self.step_view.entered.connect(self.press)
        self.step_view.edited.connect(self.refresh)
        self.step_view.step_wanted.connect(self.look_at)
        self._buttons = InspectButtons(look)
        self._buttons.photo.connect(self.photograph)
        self._set_up(self.step_view, self.step_view, self._buttons)
        self._timer.setInterval(PREVIEW_MS)

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Inspect")

    @property
    def help_text(self) -> str:
        """How to inspect, in a few sentences."""
        return self.tr(
            "**Scan your badge**, then an **order or a serial number**: the first characteristic that is open comes up.\n\n"
            "**Type what the gauge shows** and press Enter. The bar says whether it lies inside the limits and by how much; "
            "Enter records it and goes on. Use a point, not a comma.\n\n"
            "**Out of limits?** The characteristic stays. Measure again: both readings are kept and the new one counts. "
            "Or report a nonconformance: the unit is then on hold until somebody decides.\n\n"
            "A **photo** is refused, with the reason, when it is blurred, dark or shows another unit's code. "
            "The Photo button keeps a picture at any time, for example of a scratch.\n\n"
            "The **chart** shows the last values of this characteristic at this station, with its limits.\n\n"
            "**Interrupt** a unit for a break or for another one: press the station's name at the top left.\n\n"
            "**Problem** and **Andon** call for help. **Back** shows earlier characteristics; nothing is changed by looking."
        )

    def on_scan(self, text: str) -> bool:
        """What a gauge types is a reading of the characteristic that is next; other scans as on the work page."""
        if super().on_scan(text):
            return True
        step = self._step()
        following = step.next_check() if step is not None and self._is_live() else None
        if following is None or not isinstance(following.check, MeasureCheck) or not _READING.fullmatch(text.strip()):
            return False
        try:
            self.services.scanning.recognise(text)
        except Refusal:
            check = following.check
            self._do(lambda: self.services.execution.measure(check.id, text.strip(), "gauge", check.gauge_class))
            return True
        return False

    # --- acting --------------------------------------------------------------------------------------------------

    def photograph(self) -> None:
        """The Photo button: the picture that the check asks for, else one that is kept with the characteristic."""
        if self._offer.do is Do.PHOTO:
            self.press()
            return
        camera = next(iter(self.services.pictures.names), "")
        keep = self.services.execution.keep_remark_photo
        self.photographing.take(camera, ViewRules(), lambda picture: keep(camera, picture), self._remark_kept)

    def _remark_kept(self, _rows: object) -> None:
        self.says.emit(Saying(Weight.NOTE, self.tr("The picture is kept with this characteristic.")))

    def _repeat(self) -> None:
        """Measure again: the entry is empty and waits; another kind of step begins again."""
        step = self._step()
        view = self.step_view.column.current_view(step) if step is not None else None
        if isinstance(view, CharacteristicView):
            self.hushes.emit()
            view.again()
            self.take_focus()
        else:
            super()._repeat()

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show_buttons(self, view: View, job: Job | None, step: StepProgress | None, busy: str) -> None:
        super()._show_buttons(view, job, step, busy)
        following = step.next_check() if step is not None else None
        if following is not None and isinstance(following.check, PhotoCheck):
            # the big button takes it again
            self._buttons.repeat_button.hide()
        possible = (
            view is View.STEP
            and self._is_live()
            and self.services.people.person is not None
            and bool(self.services.pictures.names)
        )
        self._buttons.photo_button.setEnabled(possible and not busy)
