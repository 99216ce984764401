"""Where an instruction is used: the orders that name it, the stations that made units with it, and those units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from station_app.ui.authoring.control_state import ControlState
from station_app.ui.look import Look
from widgets.editor_style import caption
from widgets.theme import CAPITAL_SMALL_MM


class UsedView(QWidget):
    """Three tables."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 8, 10, 8)
        self._layout.setSpacing(4)
        self.orders = self._table(self.tr("Orders"), ("Order", "Product", "Operation", "Version"))
        self.stations = self._table(self.tr("Stations"), ("Station", "Version", "Units", "First", "Last"))
        self.units = self._table(self.tr("Units made with this version"), ("Unit", "Station", "Order", "Last work"))

    def _table(self, title: str, columns: Sequence[str]) -> QTreeWidget:
        table = QTreeWidget()
        table.setAccessibleName(title)
        table.setFont(self._look.font(CAPITAL_SMALL_MM))
        table.setRootIsDecorated(False)
        table.setAlternatingRowColors(True)
        table.setHeaderLabels([self.tr(column) for column in columns])
        table.header().setFont(self._look.font(CAPITAL_SMALL_MM))
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._layout.addWidget(caption(self._look, title, heading=True))
        self._layout.addWidget(table, 1)
        return table

    def show_use(self, state: ControlState) -> None:
        """Show where the version is used."""
        newest = self.tr("the newest")
        _fill(self.orders, [[o.order_id, o.product, o.operation, o.version or newest] for o in state.used.orders])
        _fill(
            self.stations,
            [
                [use.station, use.version, str(use.units), _day(use.first_us), _day(use.last_us)]
                for use in state.used.stations
            ],
        )
        _fill(self.units, [[unit.serial, unit.station, unit.order_id, _day(unit.last_us)] for unit in state.units])


def _fill(table: QTreeWidget, rows: Sequence[Sequence[str]]) -> None:
    table.clear()
    for row in rows or [["–"]]:
        table.addTopLevelItem(QTreeWidgetItem(list(row)))


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6).astimezone().strftime("%Y-%m-%d %H:%M")
