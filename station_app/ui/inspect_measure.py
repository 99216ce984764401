"""The entry of a characteristic on the inspection page, with its limits, and the chart of its last values."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy

from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.plan import Characteristic
from station_app.domain.job import Job
from station_app.domain.outcome import Limits, ReadingError, parse_reading
from station_app.services.station import StationServices
from station_app.ui.check_view import CardContext
from station_app.ui.gauges_in_hand import gauge_note
from station_app.ui.inspect_words import chart_lines, outside
from station_app.ui.reading_view import ReadingView
from widgets.card import Card
from widgets.run_chart import RunChart

translate = QCoreApplication.translate

MOST_POINTS = 25


class CharacteristicView(ReadingView):
    """A reading with its limits beside it: says inside or outside, and by how much, while it is typed and after.

    ``wanted`` is what the plan says of it: its way of rounding decides, where there is one.
    """

    def __init__(
        self, check: MeasureCheck, balloon: str, context: CardContext, wanted: Characteristic | None = None
    ) -> None:
        self._judging: Limits | Characteristic = check.limits if wanted is None else wanted
        super().__init__(check, context, f"{balloon}  {check.title_in(context.language)}", check.gauge_class, wide=True)

    def note(self) -> str:
        """The gauge in hand, or which one to scan."""
        services, gauge_class = self._context.services, self._check.gauge_class
        job = services.execution.job
        return gauge_note(services, gauge_class, job.tools.get(gauge_class, "") if job is not None else "")

    def again(self) -> None:
        """Measure once more: an empty entry; the reading before stays recorded until the new one replaces it."""
        self.measure_card.entry.clear()

    def inside_text(self, value: Decimal) -> str:
        """By how much it lies inside."""
        return self._judging.say_margin(value)

    def show_typed(self, text: str) -> None:
        """Inside or outside, by how much, or why it is no reading."""
        card = self.measure_card
        try:
            value = parse_reading(text)
        except ReadingError as error:
            card.show_value(None)
            # a sign or a point alone is the beginning of a number, not a mistake
            begun = text.strip() in ("", "-", "+", ".", "-.", "+.")
            card.message.set_message("", "" if begun else str(error))
        else:
            excess = self._judging.say_excess(value)
            card.show_value(float(value), bool(excess))
            card.message.set_message(excess, self._judging.say_margin(value))


class HistoryChart:
    """The last values of a characteristic at this station, with its limits; the newest at the right."""

    def __init__(self, services: StationServices, context: CardContext, check: MeasureCheck) -> None:
        self._services, self._check = services, check
        look, self._title = context.look, check.title_in(context.language)
        self.chart = RunChart(look, translate("inspect", "No values of this characteristic yet"))
        self.card = Card(look, translate("inspect", "{title}, last values").format(title=self._title))
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
                title=self._title, n=len(readings), out=len(beyond)
            ),
        )
        count = (
            translate("inspect", "{n} values").format(n=len(readings))
            if len(readings) != 1
            else translate("inspect", "1 value")
        )
        self.card.set_note(count if readings else "")
