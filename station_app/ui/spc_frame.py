"""What the page of control charts is made of, and where it lies: list, filters, chart, histogram, cards, buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from station_app.ui.empty_state import EmptyState
from station_app.ui.look import Look
from station_app.ui.spc_cards import CapabilityCards, PointCard, SignalCard
from station_app.ui.spc_filters import FilterRow
from station_app.ui.spc_limits import LimitsCard
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.characteristic_list import CharacteristicList
from widgets.control_chart import ControlChart
from widgets.shapes import Shape
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM

translate = QCoreApplication.translate

LIST_MM, COLUMN_MM, FOOT_MM = 122.0, 112.0, 74.0


class SpcFrame(QStackedWidget):
    """The widgets of the page. It connects none of them but the buttons that turn over and zoom."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_look = look
        self.list = CharacteristicList(look, translate("SpcPage", "Charted characteristics"))
        self.list.setFixedWidth(look.mm(LIST_MM))
        self.filters = FilterRow(look)
        self.chart = ControlChart(look)
        self.chart_card = Card(look, "")
        self.chart_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.chart_card.body.addWidget(self.chart, 1)
        self.capability = CapabilityCards(look)
        self.point_card, self.signal_card, self.limits_card = PointCard(look), SignalCard(look), LimitsCard(look)
        self.history_button = self._button(translate("SpcPage", "Earlier limits"))
        self.limits_button = self._button(translate("SpcPage", "Set limits"))
        self._column = QStackedWidget()
        self._column.setFixedWidth(look.mm(COLUMN_MM))
        for cards in ((self.signal_card, self.point_card), (self.limits_card,)):
            self._column.addWidget(self._cards(cards))
        self._filled = QWidget()
        whole = QHBoxLayout(self._filled)
        whole.setContentsMargins(0, 0, look.mm(5), 0)
        whole.setSpacing(look.mm(5))
        whole.addWidget(self.list)
        whole.addLayout(self._middle(), 1)
        whole.addWidget(self._column)
        empty = EmptyState(
            look,
            translate("SpcPage", "No characteristic is charted here"),
            translate("SpcPage", "Charts come with the inspection plans that the quality engineer publishes."),
        )
        self.addWidget(self._filled)
        self.addWidget(empty)

    def show_charts(self, there_are: bool) -> None:
        """Show the charts, or what to do where there are none."""
        self.setCurrentIndex(0 if there_are else 1)

    def show_limits(self, choosing: bool) -> None:
        """The cards of choosing new limits, or those of a point and its signals."""
        self._column.setCurrentIndex(1 if choosing else 0)
        for button in (self.limits_button, self.history_button):
            button.setVisible(not choosing)

    def _middle(self) -> QVBoxLayout:
        look, edge = self._page_look, self._page_look.mm(4)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, edge, 0, edge)
        middle.setSpacing(look.mm(3.4))
        middle.addWidget(self.filters)
        middle.addWidget(self.chart_card, 1)
        middle.addLayout(self._chart_buttons())
        foot = QHBoxLayout()
        foot.setSpacing(look.mm(4))
        for card, share in ((self.capability.histogram_card, 3), (self.capability.capability_card, 2)):
            card.setFixedHeight(look.mm(FOOT_MM))
            foot.addWidget(card, share)
        middle.addLayout(foot)
        return middle

    def _cards(self, cards: tuple[Card, ...]) -> QWidget:
        holder, edge = QWidget(), self._page_look.mm(4)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, edge, 0, edge)
        column.setSpacing(self._page_look.mm(4))
        for card in cards:
            column.addWidget(card)
        column.addStretch(1)
        return holder

    def _chart_buttons(self) -> QHBoxLayout:
        """Turn over, zoom, limits."""
        row = QHBoxLayout()
        row.setSpacing(self._page_look.mm(3))

        def button(name: str, pressed: Callable[[], None], sign: str = "", shape: Shape | None = None) -> None:
            made = self._button(sign, name, shape, CAPITAL_TITLE_MM if sign else CAPITAL_NOTE_MM)
            made.clicked.connect(pressed)
            row.addWidget(made)

        chart = self.chart
        button(translate("SpcPage", "Older points"), lambda: chart.turn(-self._page()), shape=Shape.BACK)
        button(translate("SpcPage", "Newer points"), lambda: chart.turn(self._page()), shape=Shape.FORWARD)
        button(translate("SpcPage", "Fewer points"), lambda: chart.zoom(0.5), "+")
        button(translate("SpcPage", "More points"), lambda: chart.zoom(2.0), "−")
        newest = self._button(translate("SpcPage", "Newest"))
        newest.clicked.connect(chart.show_newest)
        row.addWidget(newest)
        row.addStretch(1)
        row.addWidget(self.history_button)
        row.addWidget(self.limits_button)
        return row

    def _button(
        self, text: str, name: str = "", shape: Shape | None = None, capital_mm: float = CAPITAL_NOTE_MM
    ) -> BigButton:
        made = BigButton(self._page_look, text, shape=shape, size_mm=TARGET_MM, capital_mm=capital_mm)
        made.set_text(text, name or text)
        return made

    def _page(self) -> int:
        first, stop = self.chart.in_sight
        return max(1, (stop - first) * 3 // 4)
