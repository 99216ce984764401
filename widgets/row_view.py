"""Plain lists of painted rows: the rows as a model, and the view that scrolls by pixel, is touched, keeps a row in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QWidget

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
CURRENT_ROLE = Qt.ItemDataRole.UserRole + 2


class RowModel(QAbstractListModel, Generic[R]):
    """Rows of one kind, one of them the current one (-1: none). Delegates read ROW_ROLE and CURRENT_ROLE.

    ``text`` is what a row says, ``spoken`` what a screen reader is told of it where that is more.
    """

    def __init__(self, parent: QWidget, text: Callable[[R], str], spoken: Callable[[R], str] | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[R, ...] = ()
        self.current = -1
        self._texts: dict[int, Callable[[R], str]] = {
            Qt.ItemDataRole.DisplayRole: text,
            Qt.ItemDataRole.AccessibleTextRole: spoken or text,
        }

    def replace(self, rows: Sequence[R]) -> None:
        """Show these rows; only those that differ are painted again, for a list is brought up to date with every action."""
        if len(rows) == len(self.rows):
            before, self.rows = self.rows, tuple(rows)
            self._tell_changed(row for row, old in enumerate(before) if old != self.rows[row])
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def set_current(self, current: int) -> None:
        """Make this row the current one."""
        before, self.current = self.current, current
        if before != current:
            self._tell_changed(row for row in (before, current) if 0 <= row < len(self.rows))

    def _tell_changed(self, rows: Iterable[int]) -> None:
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  (Qt's signature)
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row's text, the row itself, or whether it is the current one."""
        row = self.rows[index.row()]
        if role in self._texts:
            return self._texts[role](row)
        if role == ROW_ROLE:
            return row
        return index.row() == self.current if role == CURRENT_ROLE else None


class RowView(QListView):
    """The view behind the lists of steps and characteristics. `row_chosen(index)` by touch, Enter, Space."""

    row_chosen = Signal(int)

    def __init__(self, model: QAbstractListModel, accessible_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(accessible_name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.row_chosen.emit(index.row()))

    def paint_with(self, delegate: QStyledItemDelegate) -> None:
        """Let this delegate paint the rows."""
        self.setItemDelegate(delegate)

    def keep_in_sight(self, row: int) -> None:
        """Scroll so that this row, the one before and the next one are visible."""
        model = self.model()
        if not 0 <= row < model.rowCount():
            return
        index = model.index(row, 0)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
        # the row itself last: in a list that shows only one, it is the one
        for neighbour in (max(row - 1, 0), min(row + 1, model.rowCount() - 1), row):
            index = model.index(neighbour, 0)
            # Qt paints a row again when it is asked to scroll to what is in sight already
            if not self.viewport().rect().contains(self.visualRect(index)):
                self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Only whole rows are shown: half a row at the edge is half a word. What is left over stays empty below."""
        super().resizeEvent(event)
        self._show_whole_rows()

    def updateGeometries(self) -> None:  # noqa: N802  (Qt's name)
        """Rows came or went."""
        super().updateGeometries()
        self._show_whole_rows()

    def _show_whole_rows(self) -> None:
        row_px = self.sizeHintForRow(0)
        count, height = self.model().rowCount(), self.height()
        left_over = height % row_px if row_px > 0 and height >= row_px and count * row_px > height else 0
        if left_over != self.viewportMargins().bottom():
            self.setViewportMargins(0, 0, 0, left_over)
            self.verticalScrollBar().setSingleStep(max(1, row_px))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose the row with the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid() and not event.isAutoRepeat():
                self.row_chosen.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)
