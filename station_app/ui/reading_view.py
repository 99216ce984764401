"""The card of a reading that is typed: its entry with the limits, and the verdict on what was recorded."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from station_app.domain.checks import MeasureCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import parse_reading
from station_app.ui.check_view import CardContext, CheckView, advice, drawn_limits
from widgets.card import CardState
from widgets.check_cards import MeasureCard

translate = QCoreApplication.translate


class ReadingView(CheckView):
    """What the entries of the work page and of the inspection page have in common.

    ``note`` stands at the right of the heading while nothing is recorded; ``wide`` puts limits beside the entry.
    Subclasses say what is shown while somebody types, and of a reading inside the limits.
    """

    def __init__(self, check: MeasureCheck, context: CardContext, title: str, note: str, *, wide: bool = False) -> None:
        self._check, self._context, self._gauge = check, context, note
        hint = f"{0:.{check.decimals}f}"
        self.measure_card = MeasureCard(
            context.look, title, check.limits.unit, drawn_limits(check.limits), hint, wide=wide
        )
        self.card = self.measure_card
        self._recorded = self._record = ""
        self.measure_card.edited.connect(self._edited)
        self.measure_card.entered.connect(lambda _text: context.act())
        self.measure_card.entry.set_read_only(not context.live)

    def show_typed(self, text: str) -> None:
        """Somebody types: say of the text what can be said before it is recorded."""
        raise NotImplementedError

    def inside_text(self, value: Decimal) -> str:
        """What is said of a recorded reading that passed; empty for nothing."""
        return ""

    def note(self) -> str:
        """What stands at the right of the heading while nothing is recorded."""
        return self._gauge

    def typed(self) -> str:
        """What stands in the entry and is not what was recorded."""
        text = self.measure_card.entry.text()
        return text if text and text != self._recorded else ""

    def focus(self) -> QWidget | None:
        """The entry."""
        return self.measure_card.entry if self._context.live else None

    def hold(self) -> None:
        """The reading that is being saved takes no more keys."""
        self.measure_card.entry.set_held(True)

    def draft(self) -> object:
        """What is typed."""
        return self.typed()

    def restore(self, draft: object) -> None:
        """The same figures."""
        if isinstance(draft, str) and draft:
            self.measure_card.entry.type_again(draft)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The verdict on what was recorded; what is being typed stays."""
        card = self.measure_card
        if progress.mark in (Mark.DONE, Mark.FAILED):
            self._verdict(progress, picture_kept)
        elif saving:
            card.set_verdict(CardState.SAVING, translate("reading_view", "saving"))
        elif self._record:
            self._recorded = self._record = ""
            card.entry.set_text("")
            card.set_verdict(CardState.IDLE, "")
            card.show_value(None)
        elif card.state is CardState.SAVING:
            # something else was saved (a gauge was scanned), or the reading was not: what is typed stays
            card.set_verdict(CardState.IDLE, "")
            self.show_typed(card.entry.text())
        if progress.mark is Mark.OPEN and not saving:
            card.set_note(self.note())
        card.entry.set_held(False)
        card.entry.set_read_only(saving or not self._context.live or progress.mark is Mark.DONE)

    def _verdict(self, progress: CheckProgress, picture_kept: bool) -> None:
        card, value = self.measure_card, parse_reading(progress.text)
        if progress.rec_id != self._record:
            self._record, self._recorded = progress.rec_id, progress.text
            card.entry.set_text(progress.text)
        elif card.entry.text() != self._recorded:
            # somebody types the next reading: the verdict on the last one stands back
            return
        if progress.mark is Mark.FAILED:
            word, excess = translate("reading_view", "FAIL"), self._check.limits.say_excess(value)
            card.set_verdict(
                CardState.FAILED,
                word,
                excess,
                advice(self._check.reaction_in(self._context.language), picture_kept),
                float(value),
            )
            card.set_note(translate("reading_view", "saved"))
        else:
            word = translate("reading_view", "saved")
            card.set_verdict(CardState.OK, word, "", self.inside_text(value), float(value))

    def _edited(self, text: str) -> None:
        self.show_typed(text)
        self.measure_card.set_state(CardState.IDLE)
        self.measure_card.set_note(self.note())
        self._context.changed()
