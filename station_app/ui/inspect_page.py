"""The inspector's page: one characteristic at a time, its limits and last values before anything is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from drivers.gauges.reading import Reading
from station_app.domain.checks import MeasureCheck, PhotoCheck
from station_app.domain.inspection.governing import governing
from station_app.domain.inspection.importing import ImportFault
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.master import Tool
from station_app.domain.rules import Refusal
from station_app.domain.scan import ToolScan
from station_app.domain.spc.signals import Signal
from station_app.domain.view import ViewRules
from station_app.services.inspecting import RowState
from station_app.services.inspection_entry import Entering
from station_app.services.station import StationServices
from station_app.ui.check_view import CheckView
from station_app.ui.gauges_in_hand import gauge_scanned, refused_gauge
from station_app.ui.inspect_buttons import InspectButtons
from station_app.ui.inspect_entry import PlanEntryView, gauge_types
from station_app.ui.inspect_import import ResultImport
from station_app.ui.inspect_intake import GaugeIntake, NewSignals, names_characteristics, readings_of_one
from station_app.ui.inspect_measure import CharacteristicView
from station_app.ui.inspect_view import InspectView
from station_app.ui.look import Look
from station_app.ui.page import INSPECT, LOTS, Saying, Weight
from station_app.ui.spc_causes import open_cause_dialog
from station_app.ui.step_page import StepPage
from station_app.ui.work_state import Do, View, failed_check
from widgets.overlay import Overlay

PREVIEW_MS = 66
"""A frame is on the screen within 0.1 s, its decoding included."""


class InspectPage(StepPage):
    """Inspection at a station: Enter records and goes on; a value out of limits stays until somebody decides."""

    page_id: ClassVar[str] = INSPECT

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.step_view = InspectView(services, look, self.deeds, self.says.emit)
        self.step_view.entered.connect(self.press)
        self.step_view.edited.connect(self.refresh)
        self.step_view.step_wanted.connect(self.look_at)
        self.step_view.loose_wanted.connect(self.look_at_characteristic)
        self.step_view.cause_wanted.connect(self.ask_cause)
        self._focused: tuple[object, ...] = ()
        self.dialog: Overlay | None = None
        self._buttons = InspectButtons(look)
        self._buttons.lots.connect(lambda: self.wants_page.emit(LOTS, None))
        self._gauges = GaugeIntake(services, self._gauge_pressed, self.says.emit)
        self._signals = NewSignals(services, self.says.emit)
        self._buttons.photo.connect(self.photograph)
        self._buttons.imports.connect(self.import_results)
        self.importing = ResultImport(self, self._record_imported)
        self._set_up(self.step_view, self.step_view, self._buttons)
        self._timer.setInterval(PREVIEW_MS)
        self.watch(services.gauges.changed, self._gauges.take)
        self.watch(services.ledger.saved, self._signals.tell)

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
            "**Out of limits?** The characteristic stays. Measure again, as often as the plan allows: both readings are kept "
            "and the new one counts. Or report a nonconformance: the unit is then on hold until somebody decides.\n\n"
            "**Scan the gauge** before it measures, when the field asks for it. A **gauge's key** sends its reading there; "
            "**Ctrl+V** takes readings from the clipboard. **Touch a balloon** on the drawing to go to its field.\n\n"
            "**Import** takes results of a measuring machine (QIF) or a table from a file or the clipboard: you see what "
            "matches and what is out of limits before you record it.\n\n"
            "A **photo** is refused, with the reason, when it is blurred, dark or shows another unit's code. "
            "The Photo button keeps a picture at any time, for example of a scratch.\n\n"
            "The **chart** shows the last values of this characteristic at this station. A red diamond breaks a rule: the card "
            "below says which, what to do, and asks for the cause.\n\n"
            "**Lots** inspects samples of lots.\n\n"
            "**Interrupt** a unit for a break or for another one: press the station's name at the top left.\n\n"
            "**Problem** and **Andon** call for help. **Back** shows earlier characteristics; nothing is changed by looking."
        )

    def on_scan(self, text: str) -> bool:
        """What a gauge types is a reading of the characteristic that is next; other scans as on the work page."""
        if super().on_scan(text):
            return True
        step = self._step()
        following = step.next_check() if step is not None and self._is_live() else None
        tool = gauge_scanned(self.services, text)
        if tool is not None and step is not None:
            return self._gauge_scanned(tool, following)
        if following is None or not isinstance(following.check, MeasureCheck):
            return False
        if not gauge_types(text, following.check.decimals):
            return False
        try:
            self.services.scanning.recognise(text)
        except Refusal:
            check = following.check
            self.acts.do(lambda: self.services.execution.measure(check.id, text.strip(), "gauge", check.gauge_class))
            return True
        return False

    def _gauge_scanned(self, tool: Tool, following: CheckProgress | None) -> bool:
        """A gauge is taken in hand: for the characteristic that no step measures, else recorded with the step."""
        loose = self.step_view.loose
        if loose is not None:
            self.hushes.emit()
            self.step_view.in_hand.take(tool, loose.wanted.gauge_class)
            self.refresh()
            return True
        if following is None or not isinstance(following.check, MeasureCheck):
            return False
        fault = self.services.quality.gauges.fault(tool.id, following.check.gauge_class)
        said = (lambda _rows: self.says.emit(refused_gauge(fault))) if fault else None
        if not self.services.ledger.busy:
            self.hushes.emit()
            self.attempt(lambda: self.services.execution.scan_tool(ToolScan(tool)), said)
        return True

    def shown(self) -> None:
        """Readings that came before are not meant for what is here now."""
        self._gauges.forget()
        self._signals.forget()
        super().shown()

    def refresh(self) -> None:
        """As ever; a characteristic that no step measures gets the keys when it comes up, and gives them back."""
        super().refresh()
        loose = self.step_view.loose
        focused = () if loose is None else (loose.wanted.id, loose.row_state())
        if focused != self._focused:
            self._focused = focused
            if self.isVisible() and not self._covered():
                self.take_focus()

    def _current_view(self) -> CheckView | None:
        if self._is_live() and self.step_view.loose is not None:
            return self.step_view.loose
        return super()._current_view()

    def look_at(self, no: int) -> None:
        """Look at a step; one that is not open yet says so."""
        self.step_view.choose("")
        job = self.services.execution.job
        if job is not None and job.current is not None and job.current.no < no <= len(job.steps):
            self.says.emit(Saying(Weight.NOTE, self.tr("Step {no} comes later.").format(no=no)))
        super().look_at(no)

    def look_at_characteristic(self, characteristic: str) -> None:
        """A characteristic that no step measures."""
        super().look_at(0)
        self.step_view.choose(characteristic)
        self.refresh()

    def ask_cause(self, signal: Signal) -> None:
        """Why a rule was broken."""
        self.dialog = open_cause_dialog(self, signal)

    def _gauge_pressed(self, reading: Reading) -> None:
        """A gauge's key sends its reading to the characteristic that is next."""
        view = self._current_view()
        step = self._step()
        following = step.next_check() if step is not None and self._is_live() else None
        if isinstance(view, PlanEntryView):
            if self._gauges.suits(reading, view.wanted.unit, view.wanted.title):
                view.take(reading.text, "gauge", reading.gauge, reading.frame)
        elif following is not None and isinstance(following.check, MeasureCheck):
            check = following.check
            if self._gauges.suits(reading, check.limits.unit, check.title):
                self.acts.do(
                    lambda: self.services.execution.measure(check.id, reading.text.strip(), "gauge", reading.gauge)
                )
        else:
            what = self.tr("{gauge} sent {text}: nothing is to be measured now.").format(
                gauge=reading.gauge, text=reading.text
            )
            self.says.emit(Saying(Weight.NOTE, what, self.tr("It was not recorded.")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V takes what is in the clipboard; other keys as on the work page."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        else:
            super().keyPressEvent(event)

    def _paste(self) -> None:
        """What a gauge's program exported: a table of characteristics, or the readings of the one that is next."""
        inspection = self.services.quality.inspecting.current
        text = QApplication.clipboard().text()
        if inspection is None or not text.strip():
            return
        if names_characteristics(text):
            self.importing.paste(inspection, text)
            return
        view = self._current_view()
        try:
            readings = readings_of_one(text, view if isinstance(view, PlanEntryView) else None)
        except ImportFault as fault:
            self.says.emit(Saying(Weight.WARNING, str(fault), self.tr("Nothing was recorded.")))
            return
        if isinstance(view, PlanEntryView):
            view.take_many(readings)
        elif isinstance(view, CharacteristicView):
            view.measure_card.entry.clear()
            view.measure_card.entry.type_again(readings[0])

    def import_results(self) -> None:
        """The Import button: results of a machine or of a gauge's program, looked at before they are recorded."""
        inspection = self.services.quality.inspecting.current
        if inspection is not None:
            self.importing.open(inspection)

    def _record_imported(self, entries: Sequence[Entering]) -> None:
        inspecting, in_hand = self.services.quality.inspecting, self.step_view.in_hand
        plan = None if inspecting.current is None else inspecting.current.plan
        wanted = [None if plan is None else plan.characteristic(each.characteristic) for each in entries]
        measured = [
            each if found is None else replace(each, gauge=in_hand.of(found.gauge_class))
            for each, found in zip(entries, wanted, strict=True)
        ]
        self.acts.do(lambda: inspecting.enter_many(measured))

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
        view = self._current_view()
        if isinstance(view, CharacteristicView | PlanEntryView):
            self.hushes.emit()
            view.again()
            self.take_focus()
        else:
            super()._repeat()

    def _report(self) -> None:
        """Confirm a result of the plan as a defect; what is none of its results is reported as on the work page."""
        wanted = self._failed_characteristic()
        if wanted is None:
            super()._report()
            return
        inspecting = self.services.quality.inspecting
        self.report(lambda defect, text: inspecting.confirm(wanted, defect, text))

    def _failed_characteristic(self) -> str | None:
        """The characteristic on the screen whose result is out of limits and not confirmed."""
        loose, inspection = self.step_view.loose, self.services.quality.inspecting.current
        if inspection is None:
            return None
        if loose is not None:
            return loose.wanted.id if loose.row_state() is RowState.FAILED else None
        failed = failed_check(self.services.execution.job)
        wanted = governing(failed.check, inspection.plan) if failed is not None else None
        unconfirmed = {each.id for each, _, _ in inspection.unconfirmed()}
        return wanted.id if wanted is not None and wanted.id in unconfirmed else None

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show_buttons(self, view: View, job: Job | None, step: StepProgress | None, busy: str) -> None:
        super()._show_buttons(view, job, step, busy)
        loose = self.step_view.loose if view is View.STEP else None
        self._buttons.show_lots(view is not View.STEP and self.services.identity.kind == "inspection")
        if loose is not None and self._is_live():
            self._buttons.show_failed(loose.row_state() is RowState.FAILED, bool(busy))
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
        inspected = self.services.quality.inspecting.current is not None and view is View.STEP and self._is_live()
        # a result out of limits has its own two buttons, and the row has no room for more
        inspected = inspected and self._buttons.repeat_button.isHidden()
        self._buttons.show_import(inspected, inspected and self.services.people.person is not None and not busy)
