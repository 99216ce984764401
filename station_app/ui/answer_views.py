"""The cards of checks that a person answers: a choice, a checklist, a text, a number."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from station_app.domain.checks import ChecklistCheck, ChoiceCheck, NumberCheck, Option, TextCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Limits, ReadingError, parse_reading
from station_app.ui.check_view import CardContext, CheckView, Deed, Question, advice, drawn_limits
from widgets.answer_cards import Answer, ChecklistCard, ChoiceCard, TextCard
from widgets.card import Card, CardState
from widgets.check_cards import MeasureCard
from widgets.shapes import Shape

translate = QCoreApplication.translate


def show_outcome(card: Card, progress: CheckProgress, saving: bool, reaction: str, picture_kept: bool) -> None:
    """The state that every answered card has: saving, saved, or FAIL with what to do."""
    match progress.mark:
        case Mark.DONE:
            card.set_state(CardState.OK, translate("answer_views", "saved"))
            card.message.set_message("")
        case Mark.FAILED:
            card.set_state(CardState.FAILED, translate("answer_views", "FAIL"))
            card.set_note(translate("answer_views", "saving") if saving else translate("answer_views", "saved"))
            card.message.set_message(progress.note, advice(reaction, picture_kept))
        case _:
            word = translate("answer_views", "saving") if saving else ""
            card.set_state(CardState.SAVING if saving else CardState.IDLE, word)
            card.set_note(word)
            card.message.set_message("")


class ChoiceView(CheckView):
    """One answer of several; an answer that asks for a reason opens its list."""

    def __init__(self, check: ChoiceCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        answers = [Answer(option.id, option.text_in(language)) for option in check.options]
        self._card = ChoiceCard(context.look, check.title_in(language), answers)
        self.card = self._card
        self._card.chosen.connect(self._chosen)
        self._reaction = check.reaction_in(language)
        self._recorded = ""

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The answer that is recorded; a failed one may be answered again."""
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        self._recorded = progress.answer if progress.mark in (Mark.DONE, Mark.FAILED) else ""
        self._card.set_chosen(self._recorded)
        self._card.set_enabled(self._context.live and not saving and not progress.settled)
        self._card.set_held(False)

    def hold(self) -> None:
        """The answer is being saved."""
        self._card.set_held(True)

    def focus(self) -> QWidget | None:
        """The first answer."""
        return self._card.first() if self._context.live else None

    def deed(self) -> Deed:
        """Nothing: the answers are buttons themselves."""
        return Deed(translate("answer_views", "Choose to go on"))

    def _chosen(self, option_id: str) -> None:
        option = next(option for option in self._check.options if option.id == option_id)
        if not option.reasons:
            self._record(option, "")
            return
        # nothing is chosen before the reason is
        self._card.set_chosen(self._recorded)
        execution = self._context.services.execution
        reasons = execution.reasons(option.reasons) or (translate("answer_views", "Other"),)
        title = translate("answer_views", "{answer}: why?").format(answer=option.text_in(self._context.language))
        self._context.deeds.ask(Question(title, reasons, lambda reason: self._record(option, reason)))

    def _record(self, option: Option, reason: str) -> None:
        execution = self._context.services.execution
        self._context.deeds.do(lambda: execution.choose(self._check.id, option.id, reason))


class ChecklistView(CheckView):
    """Lines that are answered one by one and recorded together."""

    def __init__(self, check: ChecklistCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        lines = [Answer(item.id, item.text_in(language)) for item in check.items]
        self._card = ChecklistCard(
            context.look,
            check.title_in(language),
            lines,
            translate("answer_views", "in order"),
            translate("answer_views", "not in order"),
        )
        self.card = self._card
        self._card.edited.connect(self._edited)
        self._record = ""
        self._reaction = check.reaction_in(language)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Recorded answers, once; what is being answered stays."""
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        failed = _names(progress.note) if progress.mark is Mark.FAILED else []
        if progress.rec_id != self._record:
            self._record = progress.rec_id
            self._card.set_answers(failed if progress.mark in (Mark.DONE, Mark.FAILED) else None)
        if failed:
            texts = {item.id: item.text_in(self._context.language) for item in self._check.items}
            said = ", ".join(texts.get(name, name) for name in failed)
            self._card.message.set_message(said, advice(self._reaction, picture_kept))
        self._card.set_enabled(self._context.live and not saving and not progress.settled)
        self._card.set_held(False)
        if progress.mark is Mark.OPEN and not saving:
            self._count()

    def hold(self) -> None:
        """The answers are being saved."""
        self._card.set_held(True)

    def focus(self) -> QWidget | None:
        """The next line without an answer."""
        return self._card.next_button() if self._context.live and self._card.answers() is None else None

    def deed(self) -> Deed:
        """Record the answers when all are given."""
        answers = self._card.answers()
        if answers is None:
            return Deed(translate("answer_views", "Answer every line"))
        execution, deeds = self._context.services.execution, self._context.deeds
        return Deed(
            translate("answer_views", "Save list"),
            lambda: deeds.do(lambda: execution.complete_checklist(self._check.id, *answers)),
            Shape.CHECK,
        )

    def draft(self) -> object:
        """The answers as far as they are given."""
        return {line.line.id: line.answer() for line in self._card.lines}

    def restore(self, draft: object) -> None:
        """The same answers."""
        if isinstance(draft, dict):
            for line in self._card.lines:
                line.set_answer(draft.get(line.line.id))
            self._edited()

    def _edited(self) -> None:
        self._count()
        self._context.changed()

    def _count(self) -> None:
        count = translate("answer_views", "{n} of {all}").format(n=self._card.given(), all=len(self._check.items))
        self._card.set_note(count)


def _names(note: str) -> list[str]:
    return [name for part in note.split(",") if (name := part.strip())]


class TextView(CheckView):
    """A text that is typed or scanned."""

    def __init__(self, check: TextCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        hint = translate("answer_views", "for example {text}").format(text=check.example) if check.example else ""
        language = context.language
        self._card = TextCard(context.look, check.title_in(language), hint, check.longest)
        self.card = self._card
        self._card.edited.connect(lambda _text: context.changed())
        self._card.entered.connect(lambda _text: context.act())
        self._recorded = self._record = ""
        self._reaction = check.reaction_in(language)

    def typed(self) -> str:
        """What stands in the field and is not recorded."""
        text = self._card.entry.text().strip()
        return text if text != self._recorded else ""

    def focus(self) -> QWidget | None:
        """The field."""
        return self._card.entry if self._context.live else None

    def hold(self) -> None:
        """The text is being saved."""
        self._card.set_read_only(True)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The recorded text; what is being typed stays."""
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        if progress.rec_id != self._record:
            self._record, self._recorded = progress.rec_id, progress.text
            self._card.entry.setText(progress.text)
        self._card.set_read_only(saving or not self._context.live or progress.settled)

    def deed(self) -> Deed:
        """Record what is typed."""
        text = self.typed()
        if not text:
            return Deed(translate("answer_views", "Type or scan to go on"))
        execution, deeds = self._context.services.execution, self._context.deeds
        return Deed(
            translate("answer_views", "Enter"), lambda: deeds.do(lambda: execution.enter_text(self._check.id, text))
        )

    def take_scan(self, text: str) -> bool:
        """A code that means nothing to the station is the text."""
        if self._card.entry.isReadOnly():
            return False
        self._card.entry.setText(text)
        self._context.changed()
        self._context.act()
        return True

    def draft(self) -> object:
        """What is typed."""
        return self.typed()

    def restore(self, draft: object) -> None:
        """The same text."""
        if isinstance(draft, str) and draft:
            self._card.entry.setText(draft)
            self._context.changed()


class NumberView(CheckView):
    """A number that is typed, with limits where there are any."""

    def __init__(self, check: NumberCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        hint = f"{0:.{check.decimals}f}"
        language = context.language
        limits = check.limits or Limits(check.unit)
        self._card = MeasureCard(
            context.look, check.title_in(language), check.unit or limits.unit, drawn_limits(limits), hint
        )
        self._card.limit_bar.setVisible(check.limits is not None)
        self.card = self._card
        self._card.edited.connect(self._edited)
        self._card.entered.connect(lambda _text: context.act())
        self._recorded = self._record = ""
        self._reaction = check.reaction_in(language)

    def typed(self) -> str:
        """What stands in the entry and is not recorded."""
        text = self._card.entry.text()
        return text if text != self._recorded else ""

    def focus(self) -> QWidget | None:
        """The entry."""
        return self._card.entry if self._context.live else None

    def hold(self) -> None:
        """The number is being saved."""
        self._card.entry.set_held(True)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The recorded number with its verdict; what is being typed stays."""
        entry, retyped = self._card.entry, bool(self._record) and bool(self.typed())
        if progress.rec_id != self._record:
            self._record, self._recorded = progress.rec_id, progress.text
            entry.set_text(progress.text)
            retyped = False
        entry.set_held(False)
        entry.set_read_only(saving or not self._context.live or progress.settled)
        if retyped and not saving:
            # the verdict on the last number stands back for the one that is typed
            return
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        failed = progress.mark is Mark.FAILED
        entry.set_flagged(failed)
        limits = self._check.limits
        if limits is None:
            return
        if failed:
            said = limits.say_excess(parse_reading(progress.text))
            self._card.message.set_message(said, advice(self._reaction, picture_kept))
        if progress.mark is Mark.OPEN and not saving:
            self._card.set_note(limits.text())
        elif progress.mark in (Mark.DONE, Mark.FAILED):
            self._card.show_value(float(parse_reading(progress.text)), failed)

    def deed(self) -> Deed:
        """Record what is typed."""
        text = self.typed()
        if not text:
            return Deed(translate("answer_views", "Type to go on"))
        execution, deeds = self._context.services.execution, self._context.deeds
        return Deed(
            translate("answer_views", "Enter"), lambda: deeds.do(lambda: execution.enter_number(self._check.id, text))
        )

    def draft(self) -> object:
        """What is typed."""
        return self.typed()

    def restore(self, draft: object) -> None:
        """The same figures."""
        if isinstance(draft, str) and draft:
            self._card.entry.type_again(draft)

    def _edited(self, text: str) -> None:
        try:
            value: float | None = float(parse_reading(text))
        except ReadingError:
            value = None
        self._card.message.set_message("")
        self._card.set_state(CardState.IDLE)
        self._card.set_note(self._check.limits.text() if self._check.limits is not None else "")
        self._card.show_value(value)
        self._context.changed()
