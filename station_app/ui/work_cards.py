"""The right column of the work page: one card for each check of a step, and what each shows of its check."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.ui.answer_views import ChecklistView, ChoiceView, NumberView, TextView
from station_app.ui.check_view import CardContext, CheckView
from station_app.ui.machine_view import MachineView
from station_app.ui.photo_view import PhotoView
from station_app.ui.reading_view import ReadingView
from station_app.ui.sequence_views import SignatureView, TighteningView, TimerView, ToolView
from widgets.card import Card, CardState
from widgets.check_cards import ScanCard
from widgets.text import Run

translate = QCoreApplication.translate


class ConfirmView(CheckView):
    """Something to look at and confirm with the big button."""

    def __init__(self, check: ConfirmCheck, context: CardContext) -> None:
        self.card = Card(context.look, check.title_in(context.language))
        self._text = translate("work_cards", "Look, then press Confirm.")
        self._reaction = check.reaction_in(context.language)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Done or still to do."""
        if progress.mark is Mark.DONE:
            self.card.set_state(CardState.OK, translate("work_cards", "saved"))
            self.card.message.set_message("", translate("work_cards", "Confirmed"))
        else:
            self.card.set_state(
                CardState.SAVING if saving else CardState.IDLE, translate("work_cards", "saving") if saving else ""
            )
            self.card.set_note(translate("work_cards", "saving") if saving else "")
            self.card.message.set_message(self._text, self._reaction)


class ScanView(CheckView):
    """What is to be scanned, or what was."""

    def __init__(self, check: ScanCheck, context: CardContext) -> None:
        self._check, self._services = check, context.services
        self._card = ScanCard(context.look, check.title_in(context.language))
        self.card = self._card

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The part that is wanted, or the part and number that were taken."""
        material = self._services.library.book.materials.get(self._check.material)
        title = material.title if material is not None else ""
        lot = self._check.tracked == "lot"
        if progress.mark is not Mark.DONE:
            what = translate("work_cards", "Scan its lot") if lot else translate("work_cards", "Scan its serial number")
            named = [Run(self._check.material, bold=True), Run(f"  {title}")]
            self._card.set_expected(named, what)
            self._card.set_state(
                CardState.SAVING if saving else CardState.IDLE, translate("work_cards", "saving") if saving else ""
            )
            self._card.set_note(translate("work_cards", "saving") if saving else "")
            return
        kind = translate("work_cards", "Lot") if lot else translate("work_cards", "Serial")
        text = [Run(f"{self._check.material} · {kind} "), Run(progress.text, bold=True)]
        self._card.set_scanned(text, self._about(progress.text, title))
        self._card.set_state(CardState.OK, translate("work_cards", "saved"))

    def _about(self, text: str, title: str) -> str:
        material = self._services.library.book.material_of_lot.get(text)
        if material is None:
            return title
        left = material.lots[text] - self._services.ledger.fold.lot_consumed.get(text, 0.0)
        return translate("work_cards", "{title} · {n:g} left").format(title=title, n=max(left, 0.0))


class MeasureView(ReadingView):
    """A reading that is typed; the limits stand there before."""

    def __init__(self, check: MeasureCheck, context: CardContext) -> None:
        super().__init__(check, context, check.title_in(context.language), check.limits.text())

    def show_typed(self, text: str) -> None:
        """The marker follows; the outcome is said when it is recorded."""
        try:
            value: float | None = float(parse_reading(text))
        except ReadingError:
            value = None
        self.measure_card.message.set_message("")
        self.measure_card.show_value(value)


def build_check(progress: CheckProgress, context: CardContext) -> CheckView:
    """The view of a check by its kind."""
    match progress.check:
        case ConfirmCheck() as check:
            return ConfirmView(check, context)
        case ScanCheck() as check:
            return ScanView(check, context)
        case ToolCheck() as check:
            return ToolView(check, context)
        case MeasureCheck() as check:
            return MeasureView(check, context)
        case MachineValueCheck() as check:
            return MachineView(check, context)
        case TighteningCheck() as check:
            return TighteningView(check, context)
        case PhotoCheck() as check:
            return PhotoView(check, context)
        case _:
            return _build_answered(progress.check, context)


def _build_answered(check: Check, context: CardContext) -> CheckView:
    match check:
        case ChoiceCheck():
            return ChoiceView(check, context)
        case TextCheck():
            return TextView(check, context)
        case NumberCheck():
            return NumberView(check, context)
        case TimerCheck():
            return TimerView(check, context)
        case ChecklistCheck():
            return ChecklistView(check, context)
        case SignatureCheck():
            return SignatureView(check, context)
        case _:
            raise TypeError(f"a check of kind {type(check).__name__} has no card")
