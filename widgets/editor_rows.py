"""A small table that is edited in place: rows of texts and ticks, added, removed and moved by buttons and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM, Look


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading; ``flag`` for ticks ("yes" or empty); a wide one takes the room that is left.

    ``suggests`` are offered while a cell is typed.
    """

    title: str
    flag: bool = False
    wide: bool = False
    suggests: tuple[str, ...] = ()


class _Suggesting(QStyledItemDelegate):
    """Offers words while a cell is typed."""

    def __init__(self, words: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._words = list(words)

    def createEditor(  # noqa: N802  (Qt's name)
        self, parent: QWidget, option: QStyleOptionViewItem, index: object
    ) -> QWidget:
        """A line with the words below it."""
        line = QLineEdit(parent)
        completer = QCompleter(self._words, line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        return line


@dataclass(frozen=True, slots=True)
class RowTexts:
    """What the buttons say, for screen readers too."""

    add: str = "Add row"
    remove: str = "Remove row"
    up: str = "Row up"
    down: str = "Row down"


class RowsEditor(QWidget):
    """Rows of texts. ``edited(rows)`` tells all rows after every change by a person; ``new_row`` makes what is added."""

    edited = Signal(list)

    def __init__(
        self,
        look: Look,
        title: str,
        columns: Sequence[Column],
        new_row: Callable[[list[list[str]]], list[str]],
        texts: RowTexts = RowTexts(),
    ) -> None:
        super().__init__()
        self._columns, self._new_row = list(columns), new_row
        self._quiet = False
        self._make_table(look, title)
        self.fault = caption(look, "", color="alarm")
        self.fault.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(caption(look, title, color="second"))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.fault)
        layout.addLayout(self._make_buttons(look, texts))
        for keys, deed in (
            ("Ctrl+Delete", self.remove_row),
            ("Alt+Up", lambda: self.move_row(-1)),
            ("Alt+Down", lambda: self.move_row(1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.table, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(deed)
        self._fit()

    def _make_table(self, look: Look, title: str) -> None:
        self.table = QTableWidget(0, len(self._columns))
        self.table.setAccessibleName(title)
        self.table.setFont(look.font(CAPITAL_SMALL_MM))
        self.table.setHorizontalHeaderLabels([column.title for column in self._columns])
        self.table.horizontalHeader().setFont(look.font(CAPITAL_SMALL_MM))
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self._size_columns()
        self.table.itemChanged.connect(self._changed)

    def _make_buttons(self, look: Look, texts: RowTexts) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        self.add_button = button(look, "+", texts.add)
        self.add_button.clicked.connect(self.add_row)
        self.remove_button = button(look, "−", texts.remove, keys="Ctrl+Delete")
        self.remove_button.clicked.connect(self.remove_row)
        up, down = button(look, "↑", texts.up, keys="Alt+Up"), button(look, "↓", texts.down, keys="Alt+Down")
        up.clicked.connect(lambda: self.move_row(-1))
        down.clicked.connect(lambda: self.move_row(1))
        for each in (self.add_button, self.remove_button, up, down):
            buttons.addWidget(each)
        buttons.addStretch(1)
        return buttons

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        for number, column in enumerate(self._columns):
            mode = QHeaderView.ResizeMode.Stretch if column.wide else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(number, mode)
            words = _Suggesting(column.suggests, self.table) if column.suggests else None
            self.table.setItemDelegateForColumn(number, words)  # type: ignore[arg-type]  # none: the table's own
            if not column.wide:
                self.table.setColumnWidth(number, 64 if column.flag else 110)

    def rows(self) -> list[list[str]]:
        """All rows as they stand there."""
        return [
            [self._text(row, number) for number in range(len(self._columns))] for row in range(self.table.rowCount())
        ]

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns; the rows are given anew afterwards."""
        if list(columns) == self._columns:
            return
        self._columns = list(columns)
        self._quiet = True
        self.table.setRowCount(0)
        self.table.setColumnCount(len(columns))
        self.table.setHorizontalHeaderLabels([column.title for column in columns])
        self._size_columns()
        self._quiet = False

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows; what is there already is left alone."""
        wanted = [list(row) for row in rows]
        if wanted == self.rows():
            return
        self._quiet = True
        try:
            self.table.setRowCount(len(wanted))
            for number, row in enumerate(wanted):
                self._write(number, row)
        finally:
            self._quiet = False
        self._fit()

    def set_fault(self, text: str) -> None:
        """Say what is wrong with the rows; empty for nothing."""
        self.fault.setText(f"◆ {text}" if text else "")
        self.fault.setVisible(bool(text))

    def set_locked(self, locked: bool) -> None:
        """Only to be read."""
        triggers = QAbstractItemView.EditTrigger
        usual = triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        self.table.setEditTriggers(triggers.NoEditTriggers if locked else usual)

    # --- deeds -------------------------------------------------------------------------------------------------------

    def add_row(self) -> None:
        """Add a row below the current one, and edit its first text."""
        rows = self.rows()
        at = self.table.currentRow() + 1 if self.table.currentRow() >= 0 else len(rows)
        rows.insert(at, self._new_row(rows))
        self._tell(rows, at)

    def remove_row(self) -> None:
        """Remove the current row."""
        at, rows = self.table.currentRow(), self.rows()
        if 0 <= at < len(rows):
            del rows[at]
            self._tell(rows, min(at, len(rows) - 1))

    def move_row(self, by: int) -> None:
        """Move the current row up or down."""
        at, rows = self.table.currentRow(), self.rows()
        if 0 <= at < len(rows) and 0 <= at + by < len(rows):
            rows.insert(at + by, rows.pop(at))
            self._tell(rows, at + by)

    def _tell(self, rows: list[list[str]], current: int) -> None:
        column = max(0, self.table.currentColumn())
        self.set_rows(rows)
        self.edited.emit(rows)
        if current >= 0:
            self.table.setCurrentCell(current, column)

    def _changed(self, _item: QTableWidgetItem) -> None:
        if not self._quiet:
            self.edited.emit(self.rows())

    def _text(self, row: int, number: int) -> str:
        item = self.table.item(row, number)
        if item is None:
            return ""
        if self._columns[number].flag:
            return "yes" if item.checkState() is Qt.CheckState.Checked else ""
        return item.text()

    def _write(self, row: int, texts: Sequence[str]) -> None:
        for number, text in enumerate(texts):
            item = self.table.item(row, number)
            if item is None:
                item = QTableWidgetItem()
                self.table.setItem(row, number, item)
            if self._columns[number].flag:
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
                )
                item.setCheckState(Qt.CheckState.Checked if text == "yes" else Qt.CheckState.Unchecked)
            elif item.text() != text:
                item.setText(text)

    def _fit(self) -> None:
        """High enough for a few rows, so that a short table wastes no room."""
        rows = min(max(self.table.rowCount(), 1), 7)
        self.table.setFixedHeight(rows * 26 + self.table.horizontalHeader().sizeHint().height() + 4)
