"""Inspecting lots: a sample by its plan, piece by piece, and the signed decision; anybody may leave a lot and take it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from drivers.gauges.reading import Reading
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.sampling import Scheme
from station_app.domain.records import Hold
from station_app.domain.rules import Refusal
from station_app.domain.spc.signals import Signal
from station_app.services.inspecting import InspectionRow, RowState
from station_app.services.station import StationServices
from station_app.ui.check_view import CardContext, Deed, PageDeeds, Question, Verb
from station_app.ui.drafts import Drafts, Key
from station_app.ui.gauges_in_hand import GaugesInHand, gauge_scanned
from station_app.ui.inspect_chart import LiveChartCard
from station_app.ui.inspect_entry import PlanEntryView
from station_app.ui.inspect_intake import GaugeIntake, NewSignals
from station_app.ui.inspect_rows import plan_row
from station_app.ui.look import Look
from station_app.ui.lots_deciding import decide_lot
from station_app.ui.lots_frame import LotsFrame
from station_app.ui.lots_words import held_row, lot_headline, lot_row, lots_summary, next_open, verdict_lines
from station_app.ui.page import LOTS, Page
from station_app.ui.pictures import PictureStore
from station_app.ui.reason_dialogs import nonconformance_dialog, question_dialog
from station_app.ui.releasing_holds import ask_release, ask_resume
from station_app.ui.spc_causes import open_cause_dialog
from widgets.buttons import ButtonKind
from widgets.number_entry import NumberEntry
from widgets.overlay import Overlay, open_overlays
from widgets.shapes import Shape

SAVING_AFTER_MS = 16


class LotsPage(Page):
    """The lots in inspection; one of them, piece by piece. Everything it does is a verb of the inspection service."""

    page_id: ClassVar[str] = LOTS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        self.deeds = PageDeeds(self._do, self._ask, self.wants_approval.emit)
        self._lot_id, self._piece, self._wanted = "", 1, ""
        self._built: tuple[object, ...] = ()
        self._starting = ""
        self._held: list[Hold] = []
        self.entry_view: PlanEntryView | None = None
        self.chart: LiveChartCard | None = None
        self.dialog: Overlay | None = None
        self._pictures = PictureStore(services)
        self.frame = frame = LotsFrame(services, look, self._on_entry)
        self.lots, self.form, self.characteristics = frame.lots, frame.form, frame.characteristics
        self.headline, self.verdicts, self.keypad, self.big = frame.headline, frame.verdicts, frame.keypad, frame.big
        self.again_button, self.confirm_button = frame.again_button, frame.confirm_button
        self.leave_button = frame.leave_button
        self.lots.row_activated.connect(self._lot_chosen)
        self.form.wanted.connect(self._begin)
        self.form.edited.connect(self.refresh)
        self.form.resume_wanted.connect(self._resume)
        self.characteristics.row_activated.connect(self._row_chosen)
        frame.connect_buttons(self.press, self.go_back, self._again, self._confirm)
        self._kept = Drafts()
        self._kept_key: Key = ()
        self._in_hand = GaugesInHand(services, self.says.emit)
        self._gauges = GaugeIntake(services, self._gauge_pressed, self.says.emit)
        self._signals = NewSignals(services, self.says.emit)
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVING_AFTER_MS)
        self._saving.timeout.connect(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.watch(services.ledger.changed, self._changed)
        self.watch(services.ledger.saved, self._signals.tell)
        self.watch(services.gauges.changed, self._gauges.take)
        for notice in (services.people.changed, services.library.changed):
            self.watch(notice, self.refresh)
        self.refresh()

    # --- page --------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Lots")

    @property
    def help_text(self) -> str:
        """How lots are inspected."""
        return self.tr(
            "**Begin a lot**: scan or type its number, how many pieces it has, and the supplier. The plan says how many pieces "
            "are inspected and how many may be out of order; how severe follows from the lots before (ISO 2859-1).\n\n"
            "**Piece by piece**: scan the gauge, type or send what it shows, Enter goes on. The counter says which "
            "piece it is.\n\n"
            "**Out of limits?** Measure again, or confirm the defect: it counts against the lot, and the inspection goes "
            "on.\n\n"
            "**Leave** at any time: everything is kept, and anybody may go on. When all pieces are done, **decide and sign**: "
            "a lot that is not accepted is put on hold. It stands in the list: touch it to **release** it, with a reason and "
            "a signature. Inspected again, it does not count for the severity."
        )

    def shown(self) -> None:
        """As it is now."""
        self._gauges.forget()
        self._signals.forget()
        self.refresh()

    def go_back(self) -> bool:
        """Esc leaves the lot; it stays open."""
        if not self._lot_id:
            return False
        self._lot_id = ""
        self.refresh()
        self.take_focus()
        return True

    def take_focus(self) -> None:
        """The entry that is next, the form's first field, else the big button."""
        target: QWidget | None = self.entry_view.focus() if self.entry_view is not None else None
        if self._lot() is None:
            target = self.form.number
        (target or (self.big if self.big.isEnabled() else self)).setFocus(Qt.FocusReason.OtherFocusReason)

    def on_scan(self, text: str) -> bool:
        """A lot's number, or what a gauge types; badges and action codes do what they do everywhere."""
        try:
            self.services.scanning.recognise(text)
        except Refusal:
            if self.entry_view is not None and self.entry_view.take_scan(text):
                return True
            if self._lot() is None:
                self.form.number.setText(text.strip())
                return True
            return False
        gauge, view = gauge_scanned(self.services, text), self.entry_view
        if gauge is None or view is None:
            return False
        self.hushes.emit()
        self._in_hand.take(gauge, view.wanted.gauge_class)
        self.refresh()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space are the big button; others go on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.isAutoRepeat():
            self.press()
        else:
            super().keyPressEvent(event)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        if not self.services.ledger.busy:
            self._saving.stop()
            self.refresh()
        elif not self._saving.isActive():
            self.big.set_held(True)
            if self.entry_view is not None:
                self.entry_view.hold()
            self._saving.start()

    def refresh(self) -> None:
        """Draw what is now."""
        lot = self._lot()
        if lot is None:
            self._lot_id = ""
            self._show_lots()
            # what was begun a moment ago is opened at once
            lot = self._lot()
        else:
            self._show_lot(lot)
        self.big.set_held(self.services.ledger.busy)
        self._show_buttons(lot)

    def _show_lots(self) -> None:
        """The lots that are open, and the form for another one."""
        self._clear()
        self.frame.show_lot(False)
        open_lots = self.services.quality.inspecting.open_lots
        started = next((lot for lot in open_lots if self._starting and lot.started.lot == self._starting), None)
        if started is not None:
            self._starting = ""
            self._open(started)
            return
        self._held = self.services.quality.inspecting.held_lots
        self.lots.set_rows([*(lot_row(lot) for lot in open_lots), *(held_row(hold) for hold in self._held)])
        self.lots.set_summary(lots_summary(len(open_lots), len(self._held)))
        self.form.refresh()
        self.keypad.setEnabled(True)

    def _show_lot(self, lot: Inspection) -> None:
        self.frame.show_lot(True)
        rows = self.services.quality.inspecting.rows(lot, self._piece)
        row = self._current(lot, rows)
        wanted = "" if row is None else row.characteristic.id
        built = (lot.inspection_id, self._piece, wanted)
        if built != self._built:
            self._built = built
            self._build(lot, row)
            if self.isVisible() and not open_overlays(self.window()):
                self.take_focus()
        at = next((place for place, each in enumerate(rows) if each is row), -1)
        self.characteristics.set_rows([plan_row(each) for each in rows], at)
        missing = sum(1 for _ in lot.missing())
        some = self.tr("1 result is missing") if missing == 1 else self.tr("{n} results are missing").format(n=missing)
        self.characteristics.set_summary(some if missing else self.tr("Nothing is missing"))
        self.headline.set_text(lot_headline(lot, self._piece))
        self.frame.show_verdicts(verdict_lines(self.services, lot))
        if self.entry_view is not None:
            self.entry_view.show(self.services.ledger.busy)
        if self.chart is not None:
            self.chart.update()
        self.keypad.setEnabled(self.entry_view is not None and self.entry_view.entry() is not None)

    def _current(self, lot: Inspection, rows: list[InspectionRow]) -> InspectionRow | None:
        """The chosen row; when it has been dealt with, the next one, on the next piece if need be."""
        chosen = next((row for row in rows if row.characteristic.id == self._wanted), None)
        if chosen is not None and chosen.state in (RowState.OPEN, RowState.FAILED):
            return chosen
        found = next_open(self.services, lot, self._piece)
        if found is None:
            self._wanted = ""
            return None
        self._piece, self._wanted = found
        rows[:] = self.services.quality.inspecting.rows(lot, self._piece)
        return next(row for row in rows if row.characteristic.id == self._wanted)

    def _build(self, lot: Inspection, row: InspectionRow | None) -> None:
        """The entry of one characteristic on one piece, and its chart."""
        self._clear()
        if row is None:
            return
        context = CardContext(
            self.services, self.look, self._pictures, "", True, self.refresh, self.press, self.deeds, self.language
        )
        wanted = row.characteristic
        view = PlanEntryView(wanted, context, lot.inspection_id, self._piece, self._in_hand.of)
        if wanted.chart is not None:
            self.chart = LiveChartCard(self.services, self.look, lot.plan, wanted, self._ask_cause)
        self.entry_view = view
        self.frame.put(view, self.chart)
        view.show(self.services.ledger.busy)
        self._kept_key = (lot.inspection_id, wanted.id, self._piece)
        self._kept.give_back(self._kept_key, view)

    def _clear(self) -> None:
        cards: list[QWidget] = []
        if self.entry_view is not None:
            self._kept.keep(self._kept_key, self.entry_view)
            cards.append(self.entry_view.card)
        cards += [] if self.chart is None else [self.chart.card, self.chart.rule]
        self.frame.take_out(cards)
        self.entry_view = self.chart = None
        if not self._lot_id:
            self._built = ()

    def _show_buttons(self, lot: Inspection | None) -> None:
        deed = self._deed(lot)
        self.big.set_text(deed.text)
        self.big.set_kind(ButtonKind.PRIMARY, deed.shape)
        self.big.setEnabled(deed.press is not None)
        self.big.set_busy(self.tr("Saving") if self.services.ledger.busy else "")
        failed = self.entry_view is not None and self.entry_view.row_state() is RowState.FAILED
        for button in (self.again_button, self.confirm_button):
            button.setVisible(failed)
        self.leave_button.setVisible(lot is not None)

    def _deed(self, lot: Inspection | None) -> Deed:
        """What the big button does now."""
        if self.services.people.person is None:
            return Deed(self.tr("Sign in"), lambda: self.wants_action.emit("sign_in"))
        if lot is None:
            return Deed(self.tr("Begin the lot"), self.form.submit if self.form.complete else None, Shape.FORWARD)
        if self.entry_view is None:
            return Deed(self.tr("Decide and sign"), lambda: self._decide(lot), Shape.CHECK)
        return self.entry_view.deed() or Deed(self.tr("Enter"))

    # --- acting ------------------------------------------------------------------------------------------------------

    def press(self) -> None:
        """The big button, Enter or Space."""
        deed = self._deed(self._lot())
        if deed.press is not None and not self.services.ledger.busy:
            deed.press()

    def _do(self, verb: Verb) -> None:
        if not self.services.ledger.busy:
            self.hushes.emit()
            self.attempt(verb)

    def _begin(self, plan_id: str, lot: str, size: int, supplier: str) -> None:
        inspecting = self.services.quality.inspecting
        self._starting = lot
        self._do(lambda: inspecting.start_lot(plan_id, lot, size, supplier))

    def _resume(self, plan_id: str, supplier: str, scheme: Scheme) -> None:
        """A discontinued inspection is to go on."""
        if self.services.people.person is None:
            self.wants_action.emit("sign_in")
        else:
            self.dialog = ask_resume(self, plan_id, supplier, scheme, self.refresh)

    def _open(self, lot: Inspection) -> None:
        self._lot_id, self._piece, self._wanted, self._built = lot.inspection_id, 1, "", ()
        self.form.clear()
        self.refresh()
        self.take_focus()

    def _lot_chosen(self, row: int) -> None:
        open_lots = self.services.quality.inspecting.open_lots
        if row < len(open_lots):
            self._open(open_lots[row])
        elif row - len(open_lots) < len(self._held) and self.services.people.person is not None:
            self.dialog = ask_release(self, self._held[row - len(open_lots)])

    def _row_chosen(self, row: int) -> None:
        lot = self._lot()
        if lot is not None:
            rows = self.services.quality.inspecting.rows(lot, self._piece)
            if row < len(rows) and rows[row].state in (RowState.OPEN, RowState.FAILED):
                self._wanted = rows[row].characteristic.id
                self.refresh()

    def _again(self) -> None:
        if self.entry_view is not None:
            self.hushes.emit()
            self.entry_view.again()
            self.take_focus()

    def _confirm(self) -> None:
        """The defect counts against the lot."""
        lot, view = self._lot(), self.entry_view
        if lot is None or view is None:
            return
        inspecting, wanted, piece = self.services.quality.inspecting, view.wanted.id, self._piece
        dialog = nonconformance_dialog(self.services, self.look)
        dialog.chosen.connect(
            lambda defect, text: self._do(
                lambda: inspecting.confirm(wanted, defect, text, piece=piece, inspection_id=lot.inspection_id)
            )
        )
        self._lay_over(dialog)

    def _decide(self, lot: Inspection) -> None:
        decide_lot(self, lot, self._decided)

    def _decided(self) -> None:
        self._lot_id = ""
        self.refresh()

    def _ask(self, question: Question) -> None:
        self._lay_over(question_dialog(self.look, question))

    def _ask_cause(self, signal: Signal) -> None:
        self.dialog = open_cause_dialog(self, signal)

    def _gauge_pressed(self, reading: Reading) -> None:
        view = self.entry_view
        if view is not None and self._gauges.suits(reading, view.wanted.unit, view.wanted.title):
            view.take(reading.text, "gauge", reading.gauge, reading.frame)

    def _on_entry(self, deed: Callable[[NumberEntry], object]) -> None:
        """A key of the keypad: for the reading that is next, in the form for the number of pieces."""
        view = self.entry_view
        entry = self.form.pieces if view is None else view.entry()
        if entry is not None:
            deed(entry)
            entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _lot(self) -> Inspection | None:
        return next(
            (lot for lot in self.services.quality.inspecting.open_lots if lot.inspection_id == self._lot_id), None
        )

    def _lay_over(self, overlay: Overlay) -> None:
        self.dialog = overlay
        self.lay_over(overlay)
