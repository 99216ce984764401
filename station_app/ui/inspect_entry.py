"""Entering the result of a plan's characteristic: several readings with mean and range, in order or not, a number of defects.

The card of one characteristic on one piece. It records through the inspection service and draws what stands there; which
characteristic is next is its page's word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from station_app.domain.chain import Row
from station_app.domain.inspection.entry import SPARE_DECIMALS, parse_gauge_text
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.job import CheckProgress
from station_app.domain.outcome import ReadingError
from station_app.domain.records import SampleMeasured
from station_app.domain.rules import Refusal
from station_app.services.inspecting import InspectionRow, RowState
from station_app.services.inspection_entry import Entering
from station_app.ui.check_view import CardContext, CheckView, Deed, Question, Verb
from station_app.ui.entry_card import AttributeButtons, ResultCard, show_verdict
from station_app.ui.gauges_in_hand import gauge_note
from widgets.card import Card, CardState
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape

translate = QCoreApplication.translate

READING = re.compile(r"[+-]?\d*[.,]?\d+")
MOST_WHOLE_DIGITS, MOST_COUNT_DIGITS = 6, 3


def gauge_types(text: str, decimals: int, counted: bool = False) -> bool:
    """Whether a scan can be a reading that a gauge typed. A comma counts: the rule refuses it, with its reason.

    The digits of a bar code are none: a gauge that shows decimals types its point, and no gauge shows 13 digits.
    """
    found = text.strip()
    if not READING.fullmatch(found):
        return False
    if counted:
        return found.isdigit() and len(found) <= MOST_COUNT_DIGITS
    if decimals:
        return "." in found or "," in found
    return sum(character.isdigit() for character in found) <= MOST_WHOLE_DIGITS


class PlanEntryView(CheckView):
    """One characteristic on one piece. ``inspection_id`` empty: the inspection of the unit in work.

    ``in_hand`` gives the gauge that was scanned for a class of gauges, empty for none.
    """

    def __init__(
        self,
        wanted: Characteristic,
        context: CardContext,
        inspection_id: str = "",
        piece: int = 1,
        in_hand: Callable[[str], str] = lambda _gauge_class: "",
    ) -> None:
        self.wanted, self.piece = wanted, piece
        self._in_hand = in_hand
        self._context, self._inspection_id = context, inspection_id
        self._taken: list[Entering] = []
        self._shown_rec = self._recorded = ""
        self._failed = False
        # somebody measures again: the verdict on what is recorded stands back
        self._anew = False
        self.measure: ResultCard | None = None
        title = f"{wanted.balloon}  {wanted.title}"
        attribute = wanted.type is CharacteristicType.ATTRIBUTE
        self.card: Card = self._attribute_card(title) if attribute else self._measure_card(title)

    # --- building ----------------------------------------------------------------------------------------------------

    def _measure_card(self, title: str) -> ResultCard:
        card = self.measure = ResultCard(self._context.look, self.wanted, title)
        card.edited.connect(self._edited)
        card.entered.connect(lambda _text: self._context.act())
        card.entry.set_read_only(not self._context.live)
        card.set_note(self._note())
        self._show_readings()
        return card

    def _attribute_card(self, title: str) -> AttributeButtons:
        card = AttributeButtons(self._context.look, title, self._context.live)
        card.set_note(self._note())
        self.good, self.bad = card.good, card.bad
        self.good.clicked.connect(self._in_order)
        self.bad.clicked.connect(self._not_in_order)
        return card

    def _note(self) -> str:
        wanted, services = self.wanted, self._context.services
        job = services.execution.job if not self._inspection_id else None
        in_hand = self._in_hand(wanted.gauge_class) or (
            job.tools.get(wanted.gauge_class, "") if job is not None else ""
        )
        parts = [gauge_note(services, wanted.gauge_class, in_hand)]
        if wanted.readings > 1:
            parts.append(translate("inspect", "{n} readings").format(n=wanted.readings))
        return " · ".join(part for part in parts if part)

    # --- what the page asks ------------------------------------------------------------------------------------------

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """As part of a step: what is recorded by the plan is what counts."""
        self.show(saving)

    def show(self, saving: bool) -> None:
        """Bring the card up to date with what is recorded."""
        row = self.row()
        result = None if row is None else row.result
        rec_id = "" if result is None else result.rec_id
        if rec_id != self._shown_rec:
            self._shown_rec, self._recorded, self._anew = rec_id, "", False
            self._taken.clear()
            if self.measure is not None:
                self.measure.entry.set_text("")
        if saving:
            self.card.set_state(CardState.SAVING, translate("inspect", "saving"))
        elif row is not None and result is not None and not self._anew and not self.typed() and not self._taken:
            self._recorded = show_verdict(self.card, self.wanted, row)
        elif self.card.state is CardState.SAVING:
            self.card.set_state(CardState.IDLE)
        if self.card.state is CardState.IDLE:
            self.card.set_note(self._note())
        self._failed = row is not None and row.state is RowState.FAILED
        live = self._context.live and not saving
        if self.measure is not None:
            self.measure.entry.set_held(False)
            self.measure.entry.set_read_only(not live or (row is not None and row.state is RowState.CONFIRMED))
        else:
            for button in (self.good, self.bad):
                button.set_held(not live)
        self._show_readings()

    def row(self) -> InspectionRow | None:
        """How the characteristic stands on this piece; None when its inspection is gone."""
        inspecting = self._context.services.quality.inspecting
        try:
            inspection = inspecting.inspection(self._inspection_id)
        except Refusal:
            return None
        rows = inspecting.rows(inspection, self.piece)
        return next((row for row in rows if row.characteristic.id == self.wanted.id), None)

    def row_state(self) -> RowState | None:
        """The state of its row."""
        row = self.row()
        return None if row is None else row.state

    def deed(self) -> Deed | None:
        """What Enter, Space and the big button do."""
        if self.measure is None:
            if self._failed:
                return Deed(translate("inspect", "Next is blocked"))
            return Deed(translate("inspect", "In order"), self._in_order, Shape.CHECK)
        text, number = self.typed(), len(self._taken) + 1
        caption = translate("inspect", "Enter")
        if self.wanted.readings > 1:
            caption = translate("inspect", "Enter {n} of {m}").format(n=number, m=self.wanted.readings)
        if text:
            return Deed(caption, lambda: self.take(text))
        return Deed(translate("inspect", "Next is blocked") if self._failed and not self._taken else caption)

    def focus(self) -> QWidget | None:
        """The entry, or the button of what is in order."""
        if not self._context.live:
            return None
        return self.measure.entry if self.measure is not None else self.good

    def entry(self) -> NumberEntry | None:
        """Where the keypad writes."""
        return self.measure.entry if self.measure is not None and self._context.live else None

    def typed(self) -> str:
        """What stands in the entry and is not what was recorded."""
        text = self.measure.entry.text() if self.measure is not None else ""
        return text if text != self._recorded else ""

    def hold(self) -> None:
        """It is being saved."""
        if self.measure is not None:
            self.measure.entry.set_held(True)

    def again(self) -> None:
        """Measure once more: what was recorded stays until the new result replaces it."""
        self._taken.clear()
        if self.measure is not None:
            self._anew = True
            self.measure.entry.clear()
            self.measure.set_verdict(CardState.IDLE, "")
            self.measure.show_value(None)
        self._show_readings()
        self._context.changed()

    def draft(self) -> object:
        """The readings that are not recorded yet, and what is typed."""
        return (tuple(self._taken), self.typed()) if self._taken or self.typed() else None

    def restore(self, draft: object) -> None:
        """The same ones."""
        if isinstance(draft, tuple) and self.measure is not None:
            taken, typed = draft
            self._taken, self._anew = list(taken), True
            self.measure.set_verdict(CardState.IDLE, "")
            self.measure.entry.type_again(typed)
            self._show_readings()

    # --- entering ----------------------------------------------------------------------------------------------------

    def take_scan(self, text: str) -> bool:
        """A gauge that types like a scanner."""
        counted = self.wanted.type is CharacteristicType.COUNT
        if self.measure is None or not gauge_types(text, self.wanted.decimals, counted):
            return False
        self.take(text.strip(), "gauge")
        return True

    def take(self, text: str, source: str = "keypad", gauge: str = "", raw: str = "") -> None:
        """One reading. The last one records all of them; one that is no reading is refused at once, with its reason."""
        if self.wanted.type is CharacteristicType.COUNT:
            self._record_count(text, source, gauge)
            return
        try:
            parse_gauge_text(self.wanted, text, self.wanted.decimals + SPARE_DECIMALS)
        except ReadingError as error:
            self.card.message.set_message(str(error))
            return
        gauge = gauge or self._in_hand(self.wanted.gauge_class)
        if self.wanted.readings > 1:
            try:
                gauge = self._gauge_of_all(gauge)
            except Refusal as refusal:
                self._context.deeds.do(_refused(refusal))
                return
        readings = [*self._taken, Entering(self.wanted.id, (text.strip(),), source, gauge, raw or text, self.piece)]
        if len(readings) < self.wanted.readings:
            self._taken = readings
            if self.measure is not None:
                self.measure.entry.set_text("")
                self.measure.show_value(None)
                self.card.message.set_message("")
            self._show_readings()
            self._context.changed()
            return
        self._record(readings)

    def _gauge_of_all(self, named: str) -> str:
        """The gauge of one of several readings: it may measure, and it is that of the readings before. Raises Refusal."""
        gauge = self._context.services.quality.inspecting.gauge_for(self.wanted.id, named, self._inspection_id)
        before = self._taken[0].gauge if self._taken else gauge
        if gauge != before:
            raise Refusal(
                translate("inspect", "The readings before came from {before}, this one from {gauge}.").format(
                    before=before or translate("inspect", "no gauge"), gauge=gauge or translate("inspect", "no gauge")
                )
                + " "
                + translate("inspect", "Measure all of them with one gauge.")
            )
        return gauge

    def take_many(self, texts: Sequence[str], source: str = "paste") -> None:
        """All readings at once, as they were pasted."""
        gauge = self._in_hand(self.wanted.gauge_class)
        self._record([Entering(self.wanted.id, (text,), source, gauge, text, self.piece) for text in texts])

    def _record(self, readings: Sequence[Entering]) -> None:
        last = readings[-1]
        together = replace(
            last,
            texts=tuple(text for reading in readings for text in reading.texts),
            raw_text=" ".join(reading.raw_text for reading in readings),
            gauge=next((reading.gauge for reading in readings if reading.gauge), ""),
        )
        inspecting, inspection_id = self._context.services.quality.inspecting, self._inspection_id
        self._context.deeds.do(lambda: inspecting.enter(together, inspection_id))

    def _record_count(self, text: str, source: str, gauge: str) -> None:
        inspecting, wanted = self._context.services.quality.inspecting, self.wanted

        def enter() -> Future[list[Row]]:
            return inspecting.enter_count(
                wanted.id,
                text,
                piece=self.piece,
                gauge=gauge or self._in_hand(wanted.gauge_class),
                source=source,
                inspection_id=self._inspection_id,
            )

        self._context.deeds.do(enter)

    def _in_order(self) -> None:
        self._record_attribute(True, "")

    def _not_in_order(self) -> None:
        """Ask for the defect; the result is recorded with the answer."""
        book = self._context.services.library.book
        defects = book.reasons.get(self.wanted.defects) or (translate("inspect", "Not in order"),)
        title = translate("inspect", "{title}: what is wrong?").format(title=self.wanted.title)
        self._context.deeds.ask(Question(title, defects, lambda defect: self._record_attribute(False, defect)))

    def _record_attribute(self, in_order: bool, defect: str) -> None:
        inspecting, wanted = self._context.services.quality.inspecting, self.wanted
        self._context.deeds.do(
            lambda: inspecting.enter_attribute(
                wanted.id,
                in_order,
                defect,
                piece=self.piece,
                gauge=self._in_hand(wanted.gauge_class),
                inspection_id=self._inspection_id,
            )
        )

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _edited(self, text: str) -> None:
        """Inside or outside, by how much, or why it is no reading; while it is typed."""
        card = self.measure
        assert card is not None
        card.set_state(CardState.IDLE)
        card.set_note(self._note())
        card.show_typed(text)
        self._context.changed()

    def _show_readings(self) -> None:
        """The readings so far with their mean and range."""
        if self.measure is None or self.wanted.readings < 2:
            return
        row = self.row()
        texts = [text for reading in self._taken for text in reading.texts]
        if not texts and row is not None and row.result is not None and isinstance(row.result.fact, SampleMeasured):
            texts = list(row.result.fact.readings)
        self.measure.show_readings(texts)


def _refused(refusal: Refusal) -> Verb:
    """A verb that only says why nothing can be done: the page tells it where it tells all refusals."""

    def say() -> Future[list[Row]]:
        raise refusal

    return say
