"""The page of gauges: whether each may be used, its calibrations, what was measured with it, and gauge studies (Gauge R&R)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from drivers.gauges.reading import Reading
from station_app.domain.chain import Row
from station_app.domain.inspection.gauges import IN_SERVICE, Affected, GaugeState
from station_app.domain.quality.gauge_study import Method
from station_app.domain.records import GaugeStudyStarted
from station_app.domain.rules import Refusal
from station_app.domain.spc.studies import Cell, StudyInWork
from station_app.services.gauge_register import local_us
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.gauges_forms import Form, calibration_form, status_form, study_form
from station_app.ui.gauges_frame import GaugesFrame
from station_app.ui.gauges_words import affected_section, gauge_row, gauge_sections, study_row
from station_app.ui.inspect_intake import GaugeIntake
from station_app.ui.look import Look
from station_app.ui.page import GAUGES, RECORDS, Page, Saying, ShowUnit, Weight
from widgets.number_entry import NumberEntry
from widgets.overlay import Overlay


class GaugesPage(Page):
    """Gauges of the master list and the studies in work. Everything it does is a verb of a service."""

    page_id: ClassVar[str] = GAUGES

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        self._gauge, self._study = "", ""
        self._affected: dict[str, Affected] = {}
        self._gauges: list[GaugeState] = []
        self.dialog: Overlay | None = None
        self.frame = frame = GaugesFrame(services, look, self._on_entry)
        self.list, self.studies, self.table, self.study_view = frame.list, frame.studies, frame.table, frame.study_view
        self.keypad, self.calibrate_button, self.hold_button = frame.keypad, frame.calibrate_button, frame.hold_button
        self.affected_button, self.study_button = frame.affected_button, frame.study_button
        self.leave_button, self.abandon_button = frame.leave_button, frame.abandon_button
        self.finish_button = frame.finish_button
        self.list.row_activated.connect(self._gauge_chosen)
        self.studies.row_activated.connect(self._study_chosen)
        self.table.link_opened.connect(lambda serial: self.wants_page.emit(RECORDS, ShowUnit(serial)))
        self.study_view.entered.connect(self._reading)
        for button, deed in (
            (self.calibrate_button, self.open_calibration),
            (self.hold_button, self.open_hold),
            (self.affected_button, self.show_affected),
            (self.study_button, self.open_study),
            (self.leave_button, self.go_back),
            (self.abandon_button, self.abandon_study),
            (self.finish_button, self.finish_study),
        ):
            button.clicked.connect(deed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self._intake = GaugeIntake(services, self._gauge_pressed, self.says.emit)
        self.watch(services.ledger.saved, self.refresh)
        self.watch(services.library.changed, self.refresh)
        self.watch(services.people.changed, self.refresh)
        self.watch(services.gauges.changed, self._intake.take)
        self.refresh()

    # --- page --------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Gauges")

    @property
    def help_text(self) -> str:
        """What can be done with gauges."""
        return self.tr(
            "Every **gauge** of the list: its class, and the last day on which it may be used. A **red diamond** may not be "
            "used; a **yellow triangle** is due within 30 days.\n\n"
            "**New calibration**: the certificate, how the gauge was found and left, until when it is valid. Nothing is ever "
            "overwritten.\n\n"
            "**Hold** takes a gauge out of use at once, with the reason; **release** brings it back.\n\n"
            "**Measured since**: every unit that was measured since the last good calibration, when a gauge is found out of "
            "order. Touch one to see its record.\n\n"
            "**New study** (Gauge R&R): several parts, operators and trials. Type or send each reading; the order is random. "
            "The result comes by both methods and is recorded."
        )

    def shown(self) -> None:
        """As it is now."""
        self._intake.forget()
        self.refresh()

    def go_back(self) -> bool:
        """Esc leaves the study; it stays open."""
        if not self._study:
            return False
        self._study = ""
        self.refresh()
        return True

    def take_focus(self) -> None:
        """The reading of a study, else the list."""
        measuring = bool(self._study) and self.study_view.measuring
        target: QWidget = self.study_view.entry if measuring else self.list.view
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_scan(self, text: str) -> bool:
        """A gauge's number opens it; a gauge that types is the next reading of a study."""
        state = next((each for each in self._gauges if each.tool.id == text.strip()), None)
        if state is not None:
            self._study, self._gauge = "", state.tool.id
            self.refresh()
            return True
        if self._study and self.study_view.measuring and text.strip().lstrip("+-").replace(".", "", 1).isdigit():
            self.study_view.entry.set_text(text.strip())
            self.study_view.enter()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits belong to the reading of a study."""
        if not (self._study and self.study_view.measuring and self.study_view.entry.press(event.text())):
            super().keyPressEvent(event)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring everything up to date."""
        quality, now_us = self.services.quality, local_us(self.services.ledger.clock)
        self._gauges = quality.gauges.all()
        ids = [state.tool.id for state in self._gauges]
        if self._gauge not in ids:
            self._gauge = ids[0] if ids else ""
        self.list.set_rows([gauge_row(state, now_us) for state in self._gauges], ids.index(self._gauge) if ids else -1)
        faulty = sum(bool(state.fault("", now_us)) for state in self._gauges)
        self.list.set_summary(
            self.tr("Gauges: {n} · {m} may not be used").format(n=len(ids), m=faulty) if ids else self.tr("No gauges")
        )
        in_work = quality.studies.in_work
        study = next((each for each in in_work if each.started.study_id == self._study), None)
        at = in_work.index(study) if study is not None else -1
        self.studies.set_rows([study_row(each) for each in in_work], at)
        self.studies.set_summary(
            self.tr("1 study in work") if len(in_work) == 1 else self.tr("{n} studies in work").format(n=len(in_work))
        )
        self._show_main(study)
        self._show_buttons(study)

    def _show_main(self, study: StudyInWork | None) -> None:
        state = self._state()
        if study is not None:
            self.study_view.show_study(study)
            self.frame.show_main(self.study_view)
        elif state is not None:
            self._study = ""
            sections = gauge_sections(state, local_us(self.services.ledger.clock))
            affected = self._affected.get(state.tool.id)
            if affected is not None:
                sections.append(affected_section(affected))
            self.table.set_sections(sections, keep_place=True)
            self.frame.show_main(self.table)
        else:
            self._study = ""
            self.frame.show_main(None)
        self.keypad.setVisible(study is not None and self.study_view.measuring)

    def _show_buttons(self, study: StudyInWork | None) -> None:
        state = self._state()
        for button in (self.calibrate_button, self.hold_button, self.affected_button, self.study_button):
            button.setVisible(study is None and state is not None)
        held = state is not None and state.status != IN_SERVICE
        self.hold_button.set_text(self.tr("Release") if held else self.tr("Hold"))
        finished = study is not None and not study.missing()
        self.finish_button.setVisible(finished)
        for button in (self.leave_button, self.abandon_button):
            button.setVisible(study is not None)

    # --- gauges ------------------------------------------------------------------------------------------------------

    def open_calibration(self) -> None:
        """Ask for a certificate."""
        self._ask(calibration_form(self.look, self.services.quality.gauges, self._gauge))

    def open_hold(self) -> None:
        """Hold a gauge with a reason, or bring it back."""
        state = self._state()
        if state is not None:
            self._ask(status_form(self.look, self.services.quality.gauges, state))

    def show_affected(self) -> None:
        """What was measured since the last good calibration; read from the journal meanwhile."""
        gauge = self._gauge
        self.affected_button.set_busy(self.tr("Looking it up"))

        def arrived(affected: Affected) -> None:
            self.affected_button.set_busy("")
            self._affected[gauge] = affected
            self.refresh()
            if gauge == self._gauge:
                self.table.scroll_to_section(len(self.table.sections()) - 1)

        def failed(error: BaseException) -> None:
            self.affected_button.set_busy("")
            self.failed(error)

        when_done(self.services.quality.gauges.affected(gauge), self.services.post, arrived, failed)

    # --- studies -----------------------------------------------------------------------------------------------------

    def open_study(self) -> None:
        """Ask for parts, operators and trials."""
        state = self._state()
        if state is not None:
            self._ask(study_form(self.look, self.services.quality.studies, state.tool), self._study_begun)

    def _study_begun(self) -> None:
        in_work = self.services.quality.studies.in_work
        if in_work:
            self._study = in_work[-1].started.study_id
            self.refresh()
            self.take_focus()

    def _reading(self, cell: Cell, text: str, source: str = "keypad", raw: str = "") -> None:
        studies, study_id = self.services.quality.studies, self._study
        if not self.services.ledger.busy:
            self.hushes.emit()
            self.attempt(
                lambda: studies.record(study_id, *cell, text, source=source, raw_text=raw),
                lambda _rows: self.study_view.saved(),
            )

    def _gauge_pressed(self, reading: Reading) -> None:
        cell = self.study_view.cell if self._study and self.study_view.measuring else None
        studied = self._studied()
        if cell is not None and studied is not None and reading.gauge != studied.gauge:
            what = self.tr("{gauge} sent {text}; this study is of {studied}.").format(
                gauge=reading.gauge, text=reading.text, studied=studied.gauge
            )
            self.says.emit(Saying(Weight.WARNING, what, self.tr("Nothing was recorded.")))
        elif cell is not None and self._intake.suits(reading, self._study_unit(), self.tr("the study")):
            self._reading(cell, reading.text, "gauge", reading.frame)

    def _studied(self) -> GaugeStudyStarted | None:
        started = (each.started for each in self.services.quality.studies.in_work)
        return next((each for each in started if each.study_id == self._study), None)

    def _study_unit(self) -> str:
        studied = self._studied()
        return "" if studied is None else studied.unit

    def finish_study(self) -> None:
        """Record the result by analysis of variance, which the other method stands beside on the page."""
        studies, study_id = self.services.quality.studies, self._study
        done = self.tr("The study is recorded.")
        self.attempt(
            lambda: studies.finish(study_id, Method.ANOVA), lambda _rows: self.says.emit(Saying(Weight.NOTE, done))
        )

    def abandon_study(self) -> None:
        """End it without a result."""
        studies, study_id = self.services.quality.studies, self._study
        self.attempt(lambda: studies.abandon(study_id))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _state(self) -> GaugeState | None:
        return next((state for state in self._gauges if state.tool.id == self._gauge), None)

    def _gauge_chosen(self, row: int) -> None:
        if row < len(self._gauges):
            self._study, self._gauge = "", self._gauges[row].tool.id
            self.refresh()

    def _study_chosen(self, row: int) -> None:
        in_work = self.services.quality.studies.in_work
        if row < len(in_work):
            self._study = in_work[row].started.study_id
            self.refresh()
            self.take_focus()

    def _ask(self, form: Form, then: Callable[[], None] = lambda: None) -> None:
        """A form whose refusal is said in it; it closes when the record is on disk."""
        dialog = form.dialog
        if self.services.people.person is None:
            dialog.deleteLater()
            self.wants_action.emit("sign_in")
            return
        self.dialog = dialog

        def answered(values: Mapping[str, str]) -> None:
            try:
                saving = form.verb(values)
            except Refusal as refusal:
                dialog.refuse(str(refusal))
                return

            def saved(_rows: list[Row]) -> None:
                dialog.dismiss()
                then()

            when_done(saving, self.services.post, saved, self.failed)

        dialog.answered.connect(answered)
        self.lay_over(dialog)

    def _on_entry(self, deed: Callable[[NumberEntry], object]) -> None:
        deed(self.study_view.entry)
        self.study_view.entry.setFocus(Qt.FocusReason.OtherFocusReason)
