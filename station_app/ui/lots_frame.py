"""What the page of lots is made of, and where it lies: lists at the left, the form or the entry, keypad, buttons below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station_app.services.station import StationServices
from station_app.ui.entry_keypad import OnEntry, entry_keypad
from station_app.ui.inspect_buttons import BarBackground
from station_app.ui.inspect_chart import LiveChartCard
from station_app.ui.inspect_entry import PlanEntryView
from station_app.ui.look import Look
from station_app.ui.lots_form import LotForm
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.characteristic_list import CharacteristicList
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM

translate = QCoreApplication.translate

LIST_MM, COLUMN_MM, BIG_MM = 150.0, 100.0, 110.0


class LotsFrame(QWidget):
    """The widgets of the page; ``on_entry`` gets the keys of the keypad."""

    def __init__(self, services: StationServices, look: Look, on_entry: OnEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_look = look
        self.lots = CharacteristicList(look, translate("LotsPage", "Lots in inspection"))
        self.form = LotForm(services, look)
        self.characteristics = CharacteristicList(look, translate("LotsPage", "Characteristics"))
        self.headline = Line(look, "", bold=True, capital_mm=CAPITAL_BODY_MM)
        self.verdicts = [Line(look, "", capital_mm=CAPITAL_NOTE_MM) for _ in range(3)]
        self.keypad = entry_keypad(look, on_entry, with_enter=False)
        self.leave_button = BigButton(look, translate("LotsPage", "Leave"), shape=Shape.BACK)
        self.again_button = BigButton(look, translate("LotsPage", "Measure again"), shape=Shape.REPEAT)
        self.confirm_button = BigButton(
            look, translate("LotsPage", "Confirm the defect"), ButtonKind.DANGER, shape=Shape.DIAMOND
        )
        self.big = BigButton(look, "", ButtonKind.PRIMARY, shape_after=True)
        self.big.setMinimumWidth(look.mm(BIG_MM))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._beside(self.lots, self.form))
        self._stack.addWidget(self._beside(self.characteristics, self._middle()))
        self._lay_out()

    def show_lot(self, chosen: bool) -> None:
        """One lot, or the lots to choose from."""
        self._stack.setCurrentIndex(1 if chosen else 0)

    def show_verdicts(self, lines: list[str]) -> None:
        """What the sample says so far."""
        for line, text in zip(self.verdicts, [*lines, "", "", ""], strict=False):
            line.set_text(text)
            line.setVisible(bool(text))

    def put(self, entry: PlanEntryView, chart: LiveChartCard | None) -> None:
        """The entry of one characteristic, and its chart."""
        self._cards.insertWidget(1, entry.card)
        # a card that is not shown yet cannot take the keys
        entry.card.show()
        if chart is not None:
            self._cards.insertWidget(2, chart.card, 4)
            self._cards.insertWidget(3, chart.rule)

    def take_out(self, cards: list[QWidget]) -> None:
        """They are deleted."""
        for card in cards:
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()

    def connect_buttons(
        self,
        press: Callable[[], None],
        leave: Callable[[], object],
        again: Callable[[], None],
        confirm: Callable[[], None],
    ) -> None:
        """What the buttons below do."""
        self.leave_button.clicked.connect(leave)
        self.again_button.clicked.connect(again)
        self.confirm_button.clicked.connect(confirm)
        self.big.clicked.connect(press)

    def _middle(self) -> QWidget:
        look, edge = self._page_look, self._page_look.mm(5)
        status = Card(look, translate("LotsPage", "Lot"))
        for line in (self.headline, *self.verdicts):
            status.body.addWidget(line)
        middle = QWidget()
        self._cards = QVBoxLayout(middle)
        self._cards.setContentsMargins(0, edge, 0, edge)
        self._cards.setSpacing(look.mm(4))
        self._cards.addWidget(status)
        self._cards.addStretch(1)
        return middle

    def _beside(self, listing: QWidget, main: QWidget) -> QWidget:
        holder, look = QWidget(), self._page_look
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.mm(5))
        listing.setFixedWidth(look.mm(LIST_MM))
        row.addWidget(listing)
        row.addWidget(main, 1)
        return holder

    def _lay_out(self) -> None:
        look, edge = self._page_look, self._page_look.mm(5)
        pad = QVBoxLayout()
        pad.setContentsMargins(0, edge, 0, edge)
        pad.addStretch(1)
        pad.addWidget(self.keypad)
        right = QWidget()
        right.setFixedWidth(look.mm(COLUMN_MM))
        right.setLayout(pad)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, edge, 0)
        top.setSpacing(edge)
        top.addWidget(self._stack, 1)
        top.addWidget(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top, 1)
        layout.addWidget(self._button_row())

    def _button_row(self) -> QWidget:
        look = self._page_look
        holder = BarBackground(look)
        row = QHBoxLayout(holder)
        row.setContentsMargins(look.mm(6), look.mm(4.5), look.mm(6), look.mm(4.5))
        row.setSpacing(look.mm(4.5))
        for button in (self.leave_button, self.again_button, self.confirm_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.big)
        return holder
