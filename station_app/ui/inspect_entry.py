"""Entering the result of a plan's characteristic: several readings with mean and range, in order or not, a number of defects.

The card of one characteristic on one piece. It records through the inspection service and draws what stands there; which
characteristic is next is its page's word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from station_app.domain.chain import Row
from station_app.domain.inspection.entry import SPARE_DECIMALS, mean_of, parse_count, parse_gauge_text
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.job import CheckProgress
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.domain.records import AttributeInspected, SampleMeasured
from station_app.domain.rules import Refusal
from station_app.services.inspecting import InspectionRow, RowState
from station_app.services.inspection_entry import Entering
from station_app.ui.check_view import CardContext, CheckView, Deed, Question, drawn_limits
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.check_cards import MeasureCard
from widgets.limit_bar import Limits as DrawnLimits
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate

READING = re.compile(r"[+-]?\d*[.,]?\d+")
"""What a gauge types; a comma is refused by the rule, with its reason."""


class PlanEntryView(CheckView):
    """One characteristic on one piece. ``inspection_id`` empty: the inspection of the unit in work."""

    def __init__(self, wanted: Characteristic, context: CardContext, inspection_id: str = "", piece: int = 1) -> None:
        self.wanted, self.piece = wanted, piece
        self._context, self._inspection_id = context, inspection_id
        self._taken: list[Entering] = []
        self._shown_rec = self._recorded = ""
        self._failed = False
        # somebody measures again: the verdict on what is recorded stands back
        self._anew = False
        self.measure: MeasureCard | None = None
        title = f"{wanted.balloon}  {wanted.title}"
        if wanted.type is CharacteristicType.ATTRIBUTE:
            self.card = self._attribute_card(title)
        else:
            self.card = self._measure_card(title)

    # --- building ----------------------------------------------------------------------------------------------------

    def _measure_card(self, title: str) -> Card:
        wanted, look = self.wanted, self._context.look
        counted = wanted.type is CharacteristicType.COUNT
        most = wanted.upper if wanted.upper is not None else 0
        limits = DrawnLimits(None, float(most) or 0.5, "", f"≤ {most}") if counted else drawn_limits(wanted.limits)
        unit = translate("inspect", "defects") if counted else wanted.unit
        hint = "0" if counted else f"{0:.{wanted.decimals}f}"
        card = MeasureCard(look, title, unit, limits, hint, wide=True)
        self.measure = card
        self._readings = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self._readings.setVisible(wanted.readings > 1)
        card.body.addWidget(self._readings)
        card.edited.connect(self._edited)
        card.entered.connect(lambda _text: self._context.act())
        card.entry.set_read_only(not self._context.live)
        card.set_note(self._note())
        self._show_readings()
        return card

    def _attribute_card(self, title: str) -> Card:
        look = self._context.look
        card = Card(look, title, self._note())
        self.good = BigButton(look, translate("inspect", "In order"), shape=Shape.CHECK, size_mm=TARGET_MM)
        self.bad = BigButton(
            look, translate("inspect", "Not in order"), ButtonKind.NORMAL, shape=Shape.DIAMOND, size_mm=TARGET_MM
        )
        self.good.clicked.connect(self._in_order)
        self.bad.clicked.connect(self._not_in_order)
        row = QHBoxLayout()
        row.setSpacing(look.mm(4))
        for button in (self.good, self.bad):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setEnabled(self._context.live)
            row.addWidget(button)
        card.body.addLayout(row)
        return card

    def _note(self) -> str:
        wanted = self.wanted
        parts = [wanted.gauge_class]
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
            self._verdict(row)
        elif self.card.state is CardState.SAVING:
            self.card.set_state(CardState.IDLE)
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
        return (tuple(self._taken), self.typed())

    def restore(self, draft: object) -> None:
        """The same ones."""
        if isinstance(draft, tuple) and self.measure is not None:
            taken, typed = draft
            self._taken = list(taken)
            self.measure.entry.set_text(typed)
            self._show_readings()

    # --- entering ----------------------------------------------------------------------------------------------------

    def take_scan(self, text: str) -> bool:
        """A gauge that types like a scanner."""
        if self.measure is None or not READING.fullmatch(text.strip()):
            return False
        self.take(text.strip(), "gauge")
        return True

    def take(self, text: str, source: str = "keypad", gauge: str = "", raw: str = "") -> None:
        """One reading. The last one records all of them; one that is no reading is refused at once, with its reason."""
        if self.wanted.type is CharacteristicType.COUNT:
            self._record_count(text, source)
            return
        try:
            parse_gauge_text(self.wanted, text, self.wanted.decimals + SPARE_DECIMALS)
        except ReadingError as error:
            self.card.message.set_message(str(error))
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

    def take_many(self, texts: Sequence[str], source: str = "paste") -> None:
        """All readings at once, as they were pasted."""
        self._record([Entering(self.wanted.id, (text,), source, "", text, self.piece) for text in texts])

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

    def _record_count(self, text: str, source: str) -> None:
        inspecting, wanted = self._context.services.quality.inspecting, self.wanted

        def enter() -> Future[list[Row]]:
            return inspecting.enter_count(
                wanted.id, text, piece=self.piece, source=source, inspection_id=self._inspection_id
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
                wanted.id, in_order, defect, piece=self.piece, inspection_id=self._inspection_id
            )
        )

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _edited(self, text: str) -> None:
        """Inside or outside, by how much, or why it is no reading; while it is typed."""
        card = self.measure
        assert card is not None
        card.set_state(CardState.IDLE)
        card.set_note(self._note())
        if self.wanted.type is CharacteristicType.COUNT:
            self._count_typed(text)
        else:
            self._reading_typed(text)
        self._context.changed()

    def _reading_typed(self, text: str) -> None:
        card, limits = self.measure, self.wanted.limits
        assert card is not None
        try:
            value = parse_reading(text)
        except ReadingError as error:
            card.show_value(None)
            begun = text.strip() in ("", "-", "+", ".", "-.", "+.")
            card.message.set_message("", "" if begun else str(error))
            return
        excess = limits.say_excess(value)
        card.show_value(float(value), bool(excess))
        card.message.set_message(excess, limits.say_margin(value) if not excess else "")

    def _count_typed(self, text: str) -> None:
        card = self.measure
        assert card is not None
        try:
            count = parse_count(text)
        except ReadingError as error:
            card.show_value(None)
            card.message.set_message("", "" if not text.strip() else str(error))
            return
        most = self.wanted.upper if self.wanted.upper is not None else 0
        card.show_value(float(count), count > most)
        over = translate("inspect", "{n} are allowed.").format(n=most)
        card.message.set_message(over if count > most else "")

    def _verdict(self, row: InspectionRow) -> None:
        """What is recorded: inside, outside and what to do, or confirmed."""
        assert row.result is not None
        fact, card = row.result.fact, self.card
        passed = row.state is RowState.PASSED
        value = parse_reading(fact.value_text) if isinstance(fact, SampleMeasured) else None
        headline, advice = "", ""
        if isinstance(fact, AttributeInspected):
            headline = "" if passed else fact.text or translate("inspect", "{n} defects").format(n=fact.defects)
        elif value is not None:
            excess = self.wanted.limits.say_excess(value)
            headline, advice = (excess, "") if excess else ("", self.wanted.limits.say_margin(value))
        if row.state is RowState.FAILED:
            left = translate("inspect", "It may be measured again {n} times.").format(n=row.again_left)
            none_left = translate("inspect", "It may not be measured again: confirm the defect.")
            advice = " ".join(part for part in (self.wanted.reaction, left if row.again_left else none_left) if part)
        words = {
            RowState.PASSED: (CardState.OK, translate("inspect", "saved")),
            RowState.FAILED: (CardState.FAILED, translate("inspect", "FAIL")),
            RowState.CONFIRMED: (CardState.FAILED, translate("inspect", "CONFIRMED")),
        }
        state, word = words.get(row.state, (CardState.IDLE, ""))
        if self.measure is not None:
            shown = None if value is None else float(value)
            self.measure.set_verdict(state, word, headline, advice, shown)
            self._recorded = fact.value_text if isinstance(fact, SampleMeasured) else str(fact.defects)
            self.measure.entry.set_text(self._recorded)
        else:
            card.set_state(state, word)
            card.message.set_message(headline, advice)

    def _show_readings(self) -> None:
        """The readings so far with their mean and range."""
        if self.measure is None or self.wanted.readings < 2:
            return
        row = self.row()
        texts = [text for reading in self._taken for text in reading.texts]
        if not texts and row is not None and row.result is not None and isinstance(row.result.fact, SampleMeasured):
            texts = list(row.result.fact.readings)
        shown = texts + ["–"] * (self.wanted.readings - len(texts))
        parts = ["   ".join(shown)]
        if texts:
            values = [parse_reading(text) for text in texts]
            parts.append(translate("inspect", "mean {value}").format(value=mean_of(values)))
            parts.append(translate("inspect", "range {value}").format(value=max(values) - min(values)))
        self._readings.set_text("  ·  ".join(parts))
