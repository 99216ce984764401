"""What the page of gauges is made of, and where it lies: gauges and studies at the left, one of them large, buttons below."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station_app.services.station import StationServices
from station_app.ui.empty_state import EmptyState
from station_app.ui.entry_keypad import OnEntry, entry_keypad
from station_app.ui.gauge_study_view import GaugeStudyView
from station_app.ui.inspect_buttons import BarBackground
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.characteristic_list import CharacteristicList
from widgets.record_table import RecordTable
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM

LIST_MM, STUDIES_MM, COLUMN_MM = 165.0, 78.0, 96.0


translate = QCoreApplication.translate


class GaugesFrame(QWidget):
    """The widgets of the page; ``on_entry`` gets the keys of the keypad. Its buttons are connected by the page."""

    def __init__(self, services: StationServices, look: Look, on_entry: OnEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_look = look
        self.list = CharacteristicList(look, translate("GaugesPage", "Gauges"))
        self.studies = CharacteristicList(look, translate("GaugesPage", "Gauge studies in work"))
        self.table = RecordTable(look, "")
        self.study_view = GaugeStudyView(services.quality.studies, look)
        self.keypad = entry_keypad(look, on_entry)
        self.calibrate_button = BigButton(look, translate("GaugesPage", "New calibration"), size_mm=TARGET_MM)
        self.hold_button = BigButton(look, translate("GaugesPage", "Hold"), size_mm=TARGET_MM)
        self.affected_button = BigButton(look, translate("GaugesPage", "Measured since"), size_mm=TARGET_MM)
        self.study_button = BigButton(look, translate("GaugesPage", "New study"), size_mm=TARGET_MM)
        self.leave_button = BigButton(look, translate("GaugesPage", "Leave"), shape=Shape.BACK, size_mm=TARGET_MM)
        self.abandon_button = BigButton(look, translate("GaugesPage", "Abandon"), size_mm=TARGET_MM)
        self.finish_button = BigButton(
            look, translate("GaugesPage", "Record the result"), ButtonKind.PRIMARY, size_mm=TARGET_MM
        )
        self._empty = EmptyState(
            look,
            translate("GaugesPage", "There are no gauges"),
            translate(
                "GaugesPage", "The list of gauges comes with the master data that the quality engineer publishes."
            ),
        )
        self._stack = QStackedWidget()
        for page in (self.table, self.study_view, self._empty):
            self._stack.addWidget(page)
        self._lay_out()

    def show_main(self, part: QWidget | None) -> None:
        """The table of a gauge or a study; None: that there are no gauges."""
        self._stack.setCurrentWidget(part or self._empty)

    def main(self) -> QWidget | None:
        """What is large now."""
        return self._stack.currentWidget()

    def _lay_out(self) -> None:
        look, edge = self._page_look, self._page_look.mm(5)
        right = QVBoxLayout()
        right.addStretch(1)
        right.addWidget(self.keypad)
        self.keypad.setFixedWidth(look.mm(COLUMN_MM))
        inner = QHBoxLayout()
        inner.setContentsMargins(0, edge, 0, edge)
        inner.setSpacing(edge)
        inner.addWidget(self._stack, 1)
        inner.addLayout(right)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, edge, 0)
        top.setSpacing(edge)
        top.addWidget(self._lists())
        top.addLayout(inner, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top, 1)
        layout.addWidget(self._button_row())

    def _lists(self) -> QWidget:
        look = self._page_look
        left = QWidget()
        left.setFixedWidth(look.mm(LIST_MM))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.mm(2))
        column.addWidget(self.list, 1)
        over = QHBoxLayout()
        over.setContentsMargins(look.mm(4), 0, 0, 0)
        over.addWidget(
            Line(look, translate("GaugesPage", "Gauge studies"), bold=True, color="second", capital_mm=CAPITAL_NOTE_MM)
        )
        column.addLayout(over)
        self.studies.setFixedHeight(look.mm(STUDIES_MM))
        column.addWidget(self.studies)
        return left

    def _button_row(self) -> QWidget:
        look = self._page_look
        holder = BarBackground(look)
        row = QHBoxLayout(holder)
        row.setContentsMargins(look.mm(6), look.mm(4.5), look.mm(6), look.mm(4.5))
        row.setSpacing(look.mm(4.5))
        for button in (
            self.calibrate_button,
            self.hold_button,
            self.affected_button,
            self.study_button,
            self.leave_button,
            self.abandon_button,
        ):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.finish_button)
        return holder
