"""The live control chart of a characteristic on the inspection page, and what it says beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy

from station_app.domain.inspection.plan import Characteristic, InspectionPlan
from station_app.domain.rules import Refusal
from station_app.domain.spc.points import chart_id_of
from station_app.domain.spc.signals import Signal
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.spc_cards import SignalCard
from station_app.ui.spc_words import description_of, kind_text, limits_note, panels_of, stages_of
from widgets.card import Card
from widgets.control_chart import ControlChart

translate = QCoreApplication.translate

POINTS = 30


class LiveChartCard:
    """A chart that follows the results; below it a card while a broken rule of it has no cause.

    ``cause_wanted(signal)`` is the wish to name it.
    """

    def __init__(
        self,
        services: StationServices,
        look: Look,
        plan: InspectionPlan,
        wanted: Characteristic,
        cause_wanted: Callable[[Signal], None],
    ) -> None:
        self._services, self._wanted = services, wanted
        self.chart_id = chart_id_of(plan.product, plan.operation, wanted.id)
        self.chart = ControlChart(look, translate("inspect", "No values of this characteristic yet"))
        self.chart.show_points(POINTS)
        self.card = Card(look, wanted.title)
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.card.body.addWidget(self.chart, 1)
        self.rule = SignalCard(look)
        self.rule.next_button.hide()
        self.rule.hide()
        self._signal: Signal | None = None
        self._cause_wanted = cause_wanted
        self.rule.cause_wanted.connect(self._ask)
        self._drawn: object = None

    def update(self, _job: object = None) -> None:
        """Draw anew when a point, a cause or limits came."""
        quality = self._services.ledger.fold.quality
        control = self._services.quality.control
        open_signals = [signal for signal in control.signals(self.chart_id) if signal.open]
        limits = quality.signals.limits.get(self.chart_id, [])
        drawn = (control.revision(self.chart_id), len(open_signals), len(limits))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        try:
            entry, live = control.entry(self.chart_id), control.live(self.chart_id)
        except Refusal as refusal:
            self.card.message.set_message("", str(refusal))
            return
        nothing_drawn = live.note if live.groups else translate("inspect", "No values of this characteristic yet")
        self.chart.set_empty_text(nothing_drawn)
        self.chart.set_chart(
            panels_of(live, self._wanted.decimals, control.signals(self.chart_id)),
            stages_of(live, limits),
            description_of(entry, live),
        )
        title = f"{self._wanted.title} · {kind_text(entry.settings.chart)} · {limits_note(live, limits)}"
        self.card.set_title(title)
        # said once: in the place of the chart, or beside its title
        self.card.set_note(live.note if live.chart is not None else "")
        # of several rules that the newest point breaks the first is the main panel's
        newest = [signal for signal in open_signals if signal.fact.point_id == open_signals[-1].fact.point_id]
        self._signal = newest[0] if newest else None
        self.rule.show_signal(entry, self._signal, len(open_signals))
        self.rule.next_button.hide()
        self.rule.setVisible(self._signal is not None)

    def _ask(self) -> None:
        if self._signal is not None:
            self._cause_wanted(self._signal)
