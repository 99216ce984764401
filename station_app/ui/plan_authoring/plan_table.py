"""The characteristics of a plan as a table: a row each, words chosen from lists, and a sign where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from station_app.domain.inspection.plan import CharacteristicType, Classification
from station_app.domain.quality.rounding import Rounding
from station_app.services.plan_drafting import COLUMNS, FormFault, Row
from station_app.ui.look import Look
from widgets.theme import CAPITAL_SMALL_MM

TITLES: Final[Mapping[str, str]] = {
    "balloon": "No.", "id": "Id", "title": "Characteristic", "type": "Type", "unit": "Unit", "nominal": "Nominal",
    "lower": "Lower", "upper": "Upper", "classification": "Class", "gauge_class": "Gauge class", "decimals": "Decimals",
    "rounding": "Rounding", "readings": "Readings", "sampling": "Sampling", "most_remeasurements": "Again",
    "defects": "Defects", "reaction": "Reaction plan", "place": "Place in the picture",
}  # fmt: skip
WIDTHS_PX: Final[Mapping[str, int]] = {
    "balloon": 44, "id": 130, "title": 150, "type": 84, "unit": 52, "nominal": 74, "lower": 74, "upper": 74,
    "classification": 78, "gauge_class": 150, "decimals": 72, "rounding": 84, "readings": 72, "sampling": 110,
    "most_remeasurements": 56, "defects": 76, "reaction": 260, "place": 170,
}  # fmt: skip
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "type": tuple(CharacteristicType),
    "classification": tuple(Classification),
    "rounding": tuple(Rounding),
    "sampling": ("every", "nth 5", "first_last", "iso2859 II 1.0"),
}
FREE: Final = ("sampling",)
SIGN: Final = "◆ "
_TEXT = Qt.ItemDataRole.EditRole
_FAULT = Qt.ItemDataRole.UserRole


class PlanTable(QTableWidget):
    """``edited()`` after every change by a person. Every cell is a text; what is wrong stands in its tip and in the list."""

    edited = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(0, len(COLUMNS))
        self._look = look
        self._filling = False
        self.setAccessibleName(self.tr("Characteristics"))
        self.setFont(look.font(CAPITAL_SMALL_MM))
        self.setHorizontalHeaderLabels([self.tr(TITLES[name]) for name in COLUMNS])
        self.horizontalHeader().setFont(look.font(CAPITAL_SMALL_MM))
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setItemDelegate(_Cells(self))
        for number, name in enumerate(COLUMNS):
            self.setColumnWidth(number, WIDTHS_PX[name])
        self.itemChanged.connect(self._changed)

    def show_rows(self, rows: Sequence[Row], *, editable: bool) -> None:
        """Show these rows; the cell that was chosen stays chosen."""
        place = self.currentRow(), self.currentColumn()
        self._filling = True
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, name in enumerate(COLUMNS):
                item = QTableWidgetItem(row.get(name, ""))
                if not editable:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.setItem(number, column, item)
        self._filling = False
        if rows:
            self.setCurrentCell(min(max(place[0], 0), len(rows) - 1), max(place[1], 0))

    def rows(self) -> tuple[Row, ...]:
        """The rows as they are typed."""
        return tuple(
            {name: self._text(number, column) for column, name in enumerate(COLUMNS)}
            for number in range(self.rowCount())
        )

    def show_faults(self, faults: Sequence[FormFault]) -> None:
        """Mark the cells that are wrong."""
        self._filling = True
        told: dict[tuple[int, int], str] = {}
        for fault in faults:
            if 0 <= fault.row < self.rowCount():
                column = COLUMNS.index(fault.column) if fault.column in COLUMNS else COLUMNS.index("title")
                told.setdefault((fault.row, column), fault.text)
        wrong = QColor(self._look.color("alarm"))
        wrong.setAlpha(40)
        for number in range(self.rowCount()):
            for column in range(len(COLUMNS)):
                item = self._cell(number, column)
                fault_text = told.get((number, column), "")
                item.setToolTip(fault_text)
                item.setBackground(QBrush(wrong) if fault_text else QBrush())
                item.setData(_FAULT, fault_text)
        self._filling = False

    def set_cell(self, row: int, name: str, text: str) -> None:
        """Write one cell, as a person does."""
        self._cell(row, COLUMNS.index(name)).setText(text)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item: QTableWidgetItem | None = self.item(row, column)
        assert item is not None, "every cell of the table is filled"
        return item

    def _text(self, row: int, column: int) -> str:
        item: QTableWidgetItem | None = self.item(row, column)
        return "" if item is None else item.text().strip()

    def _changed(self, _item: QTableWidgetItem) -> None:
        if not self._filling:
            self.edited.emit()


class _Cells(QStyledItemDelegate):
    """Lists where there are words to choose from; a sign before what is wrong, so that colour is not the only code."""

    def createEditor(  # noqa: N802  (Qt's name)
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A list for words, a line for all else."""
        name = COLUMNS[index.column()]
        if name not in WORDS:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setEditable(name in FREE)
        box.addItems([str(word) for word in WORDS[name]])
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802  (Qt's name)
        """The cell's text in its list."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(_TEXT) or ""))
        else:
            super().setEditorData(editor, index)

    def setModelData(  # noqa: N802  (Qt's name)
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """What was chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802  (Qt's name)
        """The sign before a text that is wrong."""
        super().initStyleOption(option, index)
        if index.data(_FAULT):
            option.text = SIGN + option.text
