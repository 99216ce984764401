"""How the result of a plan's characteristic looks: the entry with its limits, or two buttons; what is typed; the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from station_app.domain.inspection.entry import judged_mean, parse_count
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.domain.records import AttributeInspected, SampleMeasured
from station_app.services.inspecting import InspectionRow, RowState
from station_app.ui.check_view import drawn_limits
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.check_cards import MeasureCard
from widgets.limit_bar import Limits as DrawnLimits
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate


class AttributeButtons(Card):
    """In order, or not: two buttons of one card."""

    def __init__(self, look: Look, title: str, live: bool) -> None:
        super().__init__(look, title)
        self.good = BigButton(look, translate("inspect", "In order"), shape=Shape.CHECK, size_mm=TARGET_MM)
        self.bad = BigButton(
            look, translate("inspect", "Not in order"), ButtonKind.NORMAL, shape=Shape.DIAMOND, size_mm=TARGET_MM
        )
        row = QHBoxLayout()
        row.setSpacing(look.mm(4))
        for button in (self.good, self.bad):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setEnabled(live)
            row.addWidget(button)
        self.body.addLayout(row)


class ResultCard(MeasureCard):
    """The entry of a measured or counted characteristic; several readings stand below it with their mean and range."""

    def __init__(self, look: Look, wanted: Characteristic, title: str) -> None:
        counted = wanted.type is CharacteristicType.COUNT
        most = wanted.upper if wanted.upper is not None else 0
        limits = DrawnLimits(None, float(most) or 0.5, "", f"≤ {most}") if counted else drawn_limits(wanted.limits)
        unit = translate("inspect", "defects") if counted else wanted.unit
        super().__init__(look, title, unit, limits, "0" if counted else f"{0:.{wanted.decimals}f}", wide=True)
        self._wanted = wanted
        self._readings = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self._readings.setVisible(wanted.readings > 1)
        self.body.addWidget(self._readings)

    def show_typed(self, text: str) -> None:
        """Inside or outside, by how much, or why it is no result; while it is typed."""
        if self._wanted.type is CharacteristicType.COUNT:
            self._count_typed(text)
        else:
            self._reading_typed(text)

    def show_readings(self, texts: Sequence[str]) -> None:
        """The readings so far; what is still to come is a dash."""
        if self._wanted.readings < 2:
            return
        parts = ["   ".join([*texts, *["–"] * (self._wanted.readings - len(texts))])]
        if texts:
            values = [parse_reading(text) for text in texts]
            parts.append(translate("inspect", "mean {value}").format(value=judged_mean(self._wanted, values)))
            parts.append(translate("inspect", "range {value}").format(value=max(values) - min(values)))
        self._readings.set_text("  ·  ".join(parts))

    def _reading_typed(self, text: str) -> None:
        try:
            value = parse_reading(text)
        except ReadingError as error:
            self.show_value(None)
            begun = text.strip() in ("", "-", "+", ".", "-.", "+.")
            self.message.set_message("", "" if begun else str(error))
            return
        excess = self._wanted.say_excess(value)
        self.show_value(float(value), bool(excess))
        self.message.set_message(excess, self._wanted.say_margin(value))

    def _count_typed(self, text: str) -> None:
        try:
            count = parse_count(text)
        except ReadingError as error:
            self.show_value(None)
            self.message.set_message("", "" if not text.strip() else str(error))
            return
        most = self._wanted.upper if self._wanted.upper is not None else 0
        self.show_value(float(count), count > most)
        one = translate("inspect", "1 is allowed.")
        over = one if most == 1 else translate("inspect", "{n} are allowed.").format(n=most)
        self.message.set_message(over if count > most else "")


def _defects(count: int) -> str:
    return translate("inspect", "1 defect") if count == 1 else translate("inspect", "{n} defects").format(n=count)


def show_verdict(card: Card, wanted: Characteristic, row: InspectionRow) -> str:
    """What is recorded: inside, outside and what to do, or confirmed. The answer is the text that the entry shows then."""
    assert row.result is not None
    fact, passed = row.result.fact, row.state is RowState.PASSED
    value = parse_reading(fact.value_text) if isinstance(fact, SampleMeasured) else None
    headline, advice = "", ""
    if isinstance(fact, AttributeInspected):
        headline = "" if passed else fact.text or _defects(fact.defects)
    elif value is not None:
        headline, advice = wanted.say_excess(value), wanted.say_margin(value)
    if row.state is RowState.FAILED:
        once = translate("inspect", "It may be measured again once.")
        often = translate("inspect", "It may be measured again {n} times.").format(n=row.again_left)
        left = once if row.again_left == 1 else often
        none_left = translate("inspect", "It may not be measured again: confirm the defect.")
        advice = " ".join(part for part in (wanted.reaction, left if row.again_left else none_left) if part)
    words = {
        RowState.PASSED: (CardState.OK, translate("inspect", "saved")),
        RowState.FAILED: (CardState.FAILED, translate("inspect", "FAIL")),
        RowState.CONFIRMED: (CardState.FAILED, translate("inspect", "CONFIRMED")),
    }
    state, word = words.get(row.state, (CardState.IDLE, ""))
    recorded = fact.value_text if isinstance(fact, SampleMeasured) else str(fact.defects)
    if isinstance(card, MeasureCard):
        card.set_verdict(state, word, headline, advice, None if value is None else float(value))
        card.entry.set_text(recorded)
    else:
        card.set_state(state, word)
        card.message.set_message(headline, advice)
    return recorded
