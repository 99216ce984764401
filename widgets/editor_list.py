"""A list that is put into another order by dragging or with Alt+Up and Alt+Down. It tells the wish; its owner moves the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from widgets.shapes import Shape, paint_shape
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row: its number or sign, its text, a small note at the right, and whether something is wrong with it."""

    number: str
    text: str
    note: str = ""
    faulty: bool = False

    def spoken(self) -> str:
        """What a screen reader says."""
        return " ".join(part for part in (self.number, self.text, self.note, "◆" if self.faulty else "") if part)


class _RowPainter(QStyledItemDelegate):
    """Draws a row: number, text, note and the mark of a fault."""

    def __init__(self, look: Look, rows: list[ListRow], parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._rows = look, rows

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        look = self._look
        number: int = index.row()  # type: ignore[attr-defined]  # a QModelIndex of any flavour
        row = self._rows[number]
        place: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, look.color("selected"))
        font = look.font(CAPITAL_SMALL_MM)
        inner = place.adjusted(8, 0, -8, 0)
        width = 26
        paint_line(
            painter, inner.toRectF().adjusted(0, 0, width - inner.width(), 0), row.number, font, look.color("muted")
        )
        text = inner.toRectF().adjusted(width, 0, 0, 0)
        if row.faulty:
            mark = QRect(inner.right() - 11, inner.center().y() - 5, 11, 11).toRectF()
            paint_shape(painter, Shape.DIAMOND, mark, look.color("alarm"))
            text.setRight(mark.left() - 6)
        if row.note:
            wide = min(text_width(row.note, font) + 2, text.width() * 0.45)
            room = text.adjusted(text.width() - wide, 0, 0, 0)
            paint_line(painter, room, row.note, font, look.color("muted"), Qt.AlignmentFlag.AlignRight)
            text.setRight(room.left() - 4)
        paint_line(painter, text, row.text or "…", font, look.color("text"))

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """One line of text with room around it."""
        return QSize(120, 30)


class OrderedList(QListWidget):
    """Rows that are chosen, moved, doubled and deleted. ``moved(from, to)``: ``to`` is the row's place afterwards.

    ``fixed`` rows at the top stay where they are.
    """

    chosen = Signal(int)
    moved = Signal(int, int)
    doubled = Signal(int)
    deleted = Signal(int)

    def __init__(self, look: Look, name: str, fixed: int = 0) -> None:
        super().__init__()
        self._look, self._fixed = look, fixed
        self._rows: list[ListRow] = []
        self.setAccessibleName(name)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_RowPainter(look, self._rows, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(self._current_changed)
        self._quiet = False

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show these rows; only those that differ are touched."""
        self._quiet = True
        try:
            while self.count() > len(rows):
                self.takeItem(self.count() - 1)
            before = list(self._rows)
            self._rows[:] = rows
            for number, row in enumerate(rows):
                if number >= self.count():
                    self.addItem(self._item(row))
                elif before[number] != row:
                    item = self.item(number)
                    item.setText(row.spoken())
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken())
        finally:
            self._quiet = False
        self.viewport().update()

    def rows(self) -> list[ListRow]:
        """What is shown."""
        return list(self._rows)

    def choose(self, row: int) -> None:
        """Make a row the chosen one without telling anybody."""
        self._quiet = True
        try:
            self.setCurrentRow(row)
        finally:
            self._quiet = False
        self.scrollToItem(self.item(row))

    def set_locked(self, locked: bool) -> None:
        """Only to be read: nothing can be dragged."""
        modes = QAbstractItemView.DragDropMode
        self.setDragDropMode(modes.NoDragDrop if locked else modes.InternalMove)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """A row was dragged: tell where it is to be."""
        at = self.currentRow()
        to = self._gap(event.position().toPoint())
        event.setDropAction(Qt.DropAction.CopyAction)  # nothing is removed here: the owner moves the row
        event.accept()
        if at >= self._fixed and to not in (at, at + 1):
            self.moved.emit(at, to - 1 if to > at else to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Up and Alt+Down move, Ctrl+D doubles, Delete deletes."""
        row, alt = self.currentRow(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if alt and step:
            if row >= self._fixed and self._fixed <= row + step < self.count():
                self.moved.emit(row, row + step)
        elif event.key() == Qt.Key.Key_Delete and row >= self._fixed:
            self.deleted.emit(row)
        elif event.key() == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if row >= self._fixed:
                self.doubled.emit(row)
        else:
            super().keyPressEvent(event)

    def _gap(self, point: QPoint) -> int:
        """Before which row a drop at this point is."""
        index = self.indexAt(point)
        if not index.isValid():
            return self.count()
        rect = self.visualRect(index)
        return max(self._fixed, index.row() + (1 if point.y() > rect.center().y() else 0))

    def _item(self, row: ListRow) -> QListWidgetItem:
        item = QListWidgetItem(row.spoken())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken())
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.count() >= self._fixed:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        item.setFlags(flags)
        return item

    def _current_changed(self, row: int) -> None:
        if not self._quiet and row >= 0:
            self.chosen.emit(row)
