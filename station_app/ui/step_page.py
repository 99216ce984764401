"""What the pages that lead through a job step by step have in common: the work page and the inspection page.

The page decides nothing: it asks the execution service, shows the step through its view, and gives the one big button its
deed. Subclasses bring the view of a step and the row of buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.chain import Row
from station_app.domain.checks import PhotoCheck
from station_app.domain.job import Job, StepProgress
from station_app.domain.media import Picture
from station_app.domain.rules import Refusal
from station_app.domain.scan import Action, ActionScan, OrderScan, UnitScan
from station_app.services.calls import ANDON, PROBLEM
from station_app.services.station import StationServices
from station_app.ui.check_column import CheckColumn
from station_app.ui.check_view import CheckView, PageDeeds
from station_app.ui.look import Look
from station_app.ui.page import Page
from station_app.ui.photographing import Photographing
from station_app.ui.step_actions import StepActions, actions_now
from station_app.ui.step_acts import StepActs
from station_app.ui.step_looking import StepLooking
from station_app.ui.suggesting import suggestion_panel
from station_app.ui.suggestion_answers import AnswerNotes, AnswerPanel
from station_app.ui.work_buttons import WorkButtons
from station_app.ui.work_lists import BetweenUnits
from station_app.ui.work_state import Do, Offer, View, failed_check, offer, view_of
from station_app.ui.work_words import between_units
from widgets.number_entry import ALLOWED_KEYS, NumberEntry
from widgets.overlay import Overlay, open_overlays

FOLLOW_MS = 100
SAVING_AFTER_MS = 16
"""A commit that is quicker than one frame is drawn once, when it is on disk; a longer one shows "saving" from then on."""


class StepPresenter(Protocol):
    """The view of a step: a widget that shows a job's step, its checks and what is live."""

    def show_step(self, job: Job, step: StepProgress, saving: bool) -> None: ...

    def follow(self, now_s: float) -> None: ...

    def follow_clock(self, job: Job) -> None: ...

    def forget(self) -> None: ...

    def speak(self, language: str) -> None: ...

    def page_media(self, by: int) -> None: ...

    def shown_media(self) -> tuple[Picture, QImage] | None: ...

    @property
    def column(self) -> CheckColumn: ...


class StepPage(Page):
    """A page of steps. Everything it does is a verb of the execution service.

    Subclasses build their view and buttons, hand them to :meth:`_set_up`, and connect the view's signals to
    :meth:`press`, :meth:`refresh` and :meth:`look_at`.
    """

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        self.looking = StepLooking(services.execution)
        self.photographing = Photographing(self, self.refresh)
        self.acts = StepActs(self, self.photographing)
        self._typed_ahead = ""
        self._offer = Offer(Do.NOTHING, "")
        self._moment: tuple[object, ...] = ()
        self.deeds = PageDeeds(self.acts.do, self.acts.ask, self.wants_approval.emit)
        self.more = StepActions(self, self.deeds, self._step_or_none, lambda: self.look_at(0), self._suggestion)
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        self._saving_shown = QTimer(self)
        self._saving_shown.setSingleShot(True)
        self._saving_shown.setTimerType(Qt.TimerType.PreciseTimer)
        self._saving_shown.setInterval(SAVING_AFTER_MS)
        self._saving_shown.timeout.connect(self.refresh)

    def _set_up(self, presenter: StepPresenter, shown: QWidget, buttons: WorkButtons) -> None:
        """Lay out the page; ``shown`` is the presenter as a widget."""
        services = self.services
        self._presenter, self._shown, self.buttons = presenter, shown, buttons
        self.between = BetweenUnits(self.look)
        self.between.chosen.connect(self.acts.open_order)
        self.between.answers.chosen.connect(lambda answer: self.lay_over(AnswerPanel(self.look, self.services, answer)))
        self._answer_notes = AnswerNotes(self)
        buttons.pressed.connect(self.press)
        buttons.back.connect(self.look_back)
        buttons.problem.connect(lambda: self._call(PROBLEM))
        buttons.andon.connect(lambda: self._call(ANDON))
        buttons.repeat.connect(self._repeat)
        buttons.nonconformance.connect(self._report)
        buttons.more.connect(self.more.open)
        self._stack = QStackedWidget()
        self._stack.addWidget(shown)
        self._stack.addWidget(self.between)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(buttons)
        self.watch(services.ledger.changed, self._changed)
        for notice in (services.people.changed, services.library.changed):
            self.watch(notice, self.refresh)
        self.refresh()

    # --- page ----------------------------------------------------------------------------------------------------

    def shown(self) -> None:
        """Follow what is live."""
        self._timer.start()
        self.refresh()
        self._follow()

    def hidden(self) -> None:
        """Nobody looks."""
        self._timer.stop()
        self._saving_shown.stop()

    def on_scan(self, text: str) -> bool:
        """The photo code takes the picture; "next" is the big button, whatever that does now."""
        try:
            scan = self.services.scanning.recognise(text)
        except Refusal:
            view = self._current_view()
            return view is not None and view.take_scan(text)
        match scan:
            case ActionScan(action=Action.NEXT | Action.PHOTO):
                self.press()
                return True
            case UnitScan() | OrderScan():
                self.looking.back()
                return False
            case _:
                return False

    def go_back(self) -> bool:
        """Esc leaves the earlier step."""
        if self.looking.is_live:
            return False
        self.look_at(0)
        return True

    def take_focus(self) -> None:
        """The entry of a measurement, a row of the dispatch list, else the big button."""
        target: QWidget | None = None
        step = self._step()
        if self._stack.currentWidget() is self._shown and step is not None and self._is_live():
            view = self._current_view()
            target = view.focus() if view is not None else None
        elif self._stack.currentWidget() is self.between and self._offer.do is Do.NOTHING:
            target = next(iter(self.between.rows()), None)
        if target is None:
            target = self.buttons.big if self.buttons.big.isEnabled() else self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def spoken(self) -> None:
        """The step anew in the other language; what is typed stays, and the keys go where they went."""
        self._presenter.speak(self.language)
        self.refresh()
        if self.isVisible() and not self._covered():
            self.take_focus()

    # --- drawing -------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        """A commit that begins locks buttons and entry at once and leaves the picture alone: drawing would hold it up."""
        if not self.services.ledger.busy:
            self._saving_shown.stop()
            self.refresh()
        elif not self._saving_shown.isActive():
            self.buttons.set_held(True)
            view = self._current_view()
            if view is not None:
                view.hold()
            self._saving_shown.start()

    def refresh(self) -> None:
        """Draw what is now. Called after every change of the station; cheap when nothing changed here."""
        job = self.services.execution.job
        self.looking.follow(job)
        view = view_of(self.services, self.looking.finished_job)
        busy = self._busy_text()
        step = self._step()
        if view is View.STEP and job is not None and step is not None:
            self._stack.setCurrentWidget(self._shown)
            self._presenter.show_step(job, step, bool(busy))
        else:
            self.looking.back()
            self._presenter.forget()
            self._stack.setCurrentWidget(self.between)
            between_units(self.between, self.services, view)
        self._show_buttons(view, job, step, busy)
        self.buttons.set_held(bool(busy))
        self._focus_anew(view, job, step)
        self._type_ahead(busy)

    def _busy_text(self) -> str:
        """What is under way and keeps the buttons from being pressed; empty for nothing."""
        if self.services.execution.asking:
            return self.tr("Looking it up")
        return self.tr("Saving") if self.services.ledger.busy or self.photographing.under_way else ""

    def _show_buttons(self, view: View, job: Job | None, step: StepProgress | None, busy: str) -> None:
        typed = (
            bool(self._presenter.column.typed(step))
            if view is View.STEP and step is not None and self._is_live()
            else False
        )
        signed_in = self.services.people.person is not None
        card = self._current_view() if view is View.STEP else None
        deed = card.deed() if card is not None else None
        self._offer = offer(view, job, signed_in, not self._is_live(), typed, self.acts.next_order() is not None, deed)
        self.buttons.show_offer(self._offer, busy)
        failed = view is View.STEP and self._is_live() and failed_check(job) is not None
        calls = {call.fact.call for call in self.services.calls.open}
        earlier = view is View.STEP and step is not None and step.no > 1
        shown = step if view is View.STEP else None
        more = view not in (View.OPENING, View.LOST) and bool(actions_now(self.services, shown))
        self.buttons.show_sides(earlier, failed, (PROBLEM in calls, ANDON in calls), bool(busy), more)

    def _focus_anew(self, view: View, job: Job | None, step: StepProgress | None) -> None:
        """Give the keys to what is next, but only when that has changed: nobody loses the keys while typing."""
        following = step.next_check() if step is not None else None
        check = (following.check.id, following.mark, following.rec_id) if following is not None else None
        place = (job.job_id, step.no, step.attempt) if job is not None and step is not None else None
        moment = (view, place, check, self.looking.looking_at, self._offer.do is Do.NOTHING, len(self.between.rows()))
        if moment == self._moment:
            return
        self._moment = moment
        if step is not None and view is View.STEP:
            self._presenter.column.bring_into_sight(step)
        if self.isVisible() and not self._covered():
            self.take_focus()

    def _covered(self) -> bool:
        """Whether a dialog lies over the page and has the keys."""
        return bool(open_overlays(self.window()))

    def _follow(self) -> None:
        job = self.services.execution.job
        if self._stack.currentWidget() is self._shown and job is not None:
            self._presenter.follow(self.services.ledger.clock.wall_us() / 1e6)
            self._presenter.follow_clock(job)

    # --- acting --------------------------------------------------------------------------------------------------

    def press(self) -> None:
        """The big button, Space, Enter, or the code for "next"."""
        execution, step = self.services.execution, self._step()
        following = step.next_check() if step is not None else None
        match self._offer.do:
            case Do.SIGN_IN:
                self.wants_action.emit("sign_in")
            case Do.RETURN:
                self.look_at(0)
            case Do.CONFIRM | Do.NEXT:
                self.acts.do(execution.confirm)
            case Do.ENTER if step is not None and following is not None:
                text = self._presenter.column.typed(step)
                self.acts.do(lambda: execution.measure(following.check.id, text))
            case Do.CAPTURE if following is not None:
                self.acts.do(lambda: execution.capture_value(following.check.id))
            case Do.PHOTO if following is not None and isinstance(following.check, PhotoCheck):
                self.acts.take_photo(following.check)
            case Do.DEED:
                view = self._current_view()
                deed = view.deed() if view is not None else None
                if deed is not None and deed.press is not None:
                    deed.press()
            case Do.RESUME:
                self.acts.resume()
            case Do.NEXT_UNIT:
                order = self.acts.next_order()
                if order is not None:
                    self.acts.open_order(order)
            case _:
                self.refresh()

    def _repeat(self) -> None:
        """Begin the step again."""
        self.attempt(self.services.execution.repeat_step)

    def _call(self, call: str) -> None:
        self.refresh()
        self.wants_action.emit(call)

    def _report(self) -> None:
        """A defect was found."""
        self.report(self.services.execution.report_nonconformance)

    def report(self, found: Callable[[str, str], Future[list[Row]]]) -> None:
        """Ask which defect was found, and state it by ``found(defect, text)``."""
        self.acts.report(lambda defect, text: self.acts.do(lambda: found(defect, text)), self.take_focus)

    # --- looking back --------------------------------------------------------------------------------------------

    def look_at(self, no: int) -> None:
        """Look at an earlier step, by its number; 0 or the current one returns. Nothing is changed by looking."""
        if self.looking.look_at(no):
            self.refresh()

    def look_back(self) -> None:
        """One step further back."""
        step = self._step()
        if step is not None and step.no > 1:
            self.look_at(step.no - 1)

    def _step(self) -> StepProgress | None:
        """The step that is shown."""
        return self.looking.step

    def _suggestion(self, step: StepProgress) -> Overlay:
        """The panel for a suggestion about the step and the picture that is shown."""
        return suggestion_panel(self, step, self._presenter.shown_media, self.photographing)

    def _step_or_none(self) -> StepProgress | None:
        """The step on the screen; None between units."""
        return self._step() if self._stack.currentWidget() is self._shown else None

    def _current_view(self) -> CheckView | None:
        """The card of the check that is next in the step in work, while it is shown."""
        step = self._step()
        return self._presenter.column.current_view(step) if step is not None and self._is_live() else None

    def _is_live(self) -> bool:
        return self.looking.is_live

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter are the big button, PageUp and PageDown leaf through pictures; digits go to the next entry."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.press()
            return
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._presenter.page_media(1 if event.key() == Qt.Key.Key_PageDown else -1)
            return
        is_digit = bool(event.text()) and event.text() in ALLOWED_KEYS
        if is_digit and self._busy_text():
            # whoever types ahead while the last reading is saved must not lose the first digits of the next
            self._typed_ahead += event.text()
            return
        entry = self._entry()
        if entry is not None and is_digit:
            entry.setFocus(Qt.FocusReason.OtherFocusReason)
            entry.press(event.text())
            return
        super().keyPressEvent(event)

    def _entry(self) -> NumberEntry | None:
        """The entry of the measurement that is next, None when there is none."""
        view = self._current_view()
        return view.entry() if view is not None else None

    def _type_ahead(self, busy: str) -> None:
        """Give the entry what was typed while it could not take it; without an entry the digits mean nothing."""
        if busy or not self._typed_ahead:
            return
        typed, self._typed_ahead = self._typed_ahead, ""
        entry = self._entry()
        if entry is not None:
            for character in typed:
                entry.press(character)
