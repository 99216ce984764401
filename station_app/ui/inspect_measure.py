"""The entry of a characteristic on the inspection page, with its limits, and the chart of its last values."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy, QWidget

from station_app.domain.checks import MeasureCheck
from station_app.domain.job import CheckProgress, Job, Mark
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.services.station import StationServices
from station_app.ui.check_view import CardContext, CheckView, advice, drawn_limits
from station_app.ui.inspect_words import chart_lines, outside
from station_app.ui.look import Look
from widgets.card import Card, CardState
from widgets.check_cards import MeasureCard
from widgets.run_chart import RunChart

translate = QCoreApplication.translate

MOST_POINTS = 25


class CharacteristicView(CheckView):
    """A reading with its limits beside it: says inside or outside, and by how much, while it is typed and after."""

    def __init__(self, check: MeasureCheck, balloon: str, context: CardContext) -> None:
        self._check, self._context = check, context
        hint = "0." + "0" * check.decimals if check.decimals else "0"
        title = f"{balloon}  {check.title}"
        self._card = MeasureCard(context.look, title, check.limits.unit, drawn_limits(check.limits), hint, wide=True)
        self.card = self._card
        self._recorded = self._record = ""
        self._gauge = check.gauge_class
        self._card.edited.connect(self._edited)
        self._card.entered.connect(lambda _text: context.act())
        self._card.entry.set_read_only(not context.live)

    @property
    def measure_card(self) -> MeasureCard:
        """The card with its entry, for the keypad."""
        return self._card

    def typed(self) -> str:
        """What stands in the entry and is not what was recorded."""
        text = self._card.entry.text()
        return text if text and text != self._recorded else ""

    def focus(self) -> QWidget | None:
        """The entry."""
        return self._card.entry if self._context.live else None

    def hold(self) -> None:
        """The reading that is being saved takes no more keys."""
        self._card.entry.set_held(True)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The verdict on what was recorded; what is being typed stays."""
        if progress.mark in (Mark.DONE, Mark.FAILED):
            self._verdict(progress, picture_kept)
        elif saving:
            self._card.set_verdict(CardState.SAVING, translate("inspect", "saving"))
        elif self._record or self._card.state is CardState.SAVING:
            self._recorded = self._record = ""
            self._card.entry.set_text("")
            self._card.set_verdict(CardState.IDLE, "")
            self._card.show_value(None)
        if progress.mark is Mark.OPEN and not saving:
            self._card.set_note(self._gauge)
        self._card.entry.set_held(False)
        self._card.entry.set_read_only(saving or not self._context.live or progress.mark is Mark.DONE)

    def again(self) -> None:
        """Measure once more: an empty entry; the reading before stays recorded until the new one replaces it."""
        self._card.entry.clear()

    def _verdict(self, progress: CheckProgress, picture_kept: bool) -> None:
        value = parse_reading(progress.text)
        if progress.rec_id != self._record:
            self._record, self._recorded = progress.rec_id, progress.text
            self._card.entry.set_text(progress.text)
        elif self._card.entry.text() != self._recorded:
            return
        failed = progress.mark is Mark.FAILED
        limits = self._check.limits
        if failed:
            text = advice(self._check.reaction, picture_kept)
            self._card.set_verdict(
                CardState.FAILED, translate("inspect", "FAIL"), limits.say_excess(value), text, float(value)
            )
            self._card.set_note(translate("inspect", "saved"))
        else:
            self._card.set_verdict(
                CardState.OK, translate("inspect", "saved"), "", limits.say_margin(value), float(value)
            )

    def _edited(self, text: str) -> None:
        limits = self._check.limits
        try:
            value = parse_reading(text)
        except ReadingError as error:
            self._card.show_value(None)
            # a sign or a point alone is the beginning of a number, not a mistake
            begun = text.strip() in ("", "-", "+", ".", "-.", "+.")
            self._card.message.set_message("", "" if begun else str(error))
        else:
            excess = limits.say_excess(value)
            self._card.show_value(float(value), bool(excess))
            self._card.message.set_message(excess, limits.say_margin(value) if not excess else "")
        self._card.set_state(CardState.IDLE)
        self._card.set_note(self._gauge)
        self._context.changed()


class HistoryChart:
    """The last values of a characteristic at this station, with its limits; the newest at the right."""

    def __init__(self, services: StationServices, look: Look, check: MeasureCheck) -> None:
        self._services, self._check = services, check
        self.chart = RunChart(look, translate("inspect", "No values of this characteristic yet"))
        self.card = Card(look, translate("inspect", "{title}, last values").format(title=check.title))
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.card.body.addWidget(self.chart, 1)
        self._drawn: tuple[str, ...] = ("never",)

    def update(self, job: Job) -> None:
        """Draw the values anew when one came."""
        check = self._check
        readings = self._services.ledger.fold.characteristics.of(job.operation, check.characteristic, check.limits)
        readings = readings[-MOST_POINTS:]
        drawn = tuple(reading.rec_id for reading in readings)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        beyond = outside(readings)
        last_out = bool(readings) and beyond[-1:] == [len(readings) - 1]
        rule = check.limits.say_excess(readings[-1].value).rstrip(".") if last_out else ""
        self.chart.set_chart(
            [float(reading.value) for reading in readings],
            chart_lines(check.limits),
            signals=beyond,
            rule_text=rule,
            description=translate("inspect", "{title}: {n} values, {out} outside the limits").format(
                title=check.title, n=len(readings), out=len(beyond)
            ),
        )
        count = (
            translate("inspect", "{n} values").format(n=len(readings))
            if len(readings) != 1
            else translate("inspect", "1 value")
        )
        self.card.set_note(count if readings else "")
