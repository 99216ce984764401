"""A tree of devices, their nodes and a station's tags: opened level by level, with live values, filtered by words.

Rows are values; what is below a row is asked for when it is opened the first time. A row with a ``tag`` can be dragged.
Keys: up and down, right opens, left closes, Enter and Space choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QStandardItem
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTreeView, QVBoxLayout, QWidget

from widgets.tag_ghost import TagGhost
from widgets.tag_tree_painting import RowDelegate
from widgets.tag_tree_rows import ROW_ROLE, RowItem, RowModel
from widgets.tag_tree_rows import TreeRow as TreeRow
from widgets.theme import Look

_STEP_MM = 9.0


class TagTree(QWidget):
    """`opened(key)`: what is below is wanted, once. `chosen(key)`: the row with the cursor. `activated(key)`: Enter or Space.

    `drag_began()`, `drag_ended(dropped)`: a tag leaves the tree, so what lies under it may have to be uncovered; it is dropped
    on a widget with `drop_tag` (see :mod:`widgets.tag_ghost`).
    """

    opened = Signal(str)
    chosen = Signal(str)
    activated = Signal(str)
    drag_began = Signal()
    drag_ended = Signal(bool)

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, RowItem] = {}
        self._words: list[str] = []
        self._look = look
        self._model = RowModel(self)
        self.view = _View(self, self._model, look, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.view.expanded.connect(self._expanded)
        self.view.selectionModel().currentChanged.connect(self._current_changed)

    # --- rows ----------------------------------------------------------------------------------------------------

    def set_rows(self, parent_key: str, rows: Sequence[TreeRow]) -> None:
        """What is directly below a row ("" for the top): rows that stay keep what is open below them.

        Raises KeyError for a parent that is not there.
        """
        parent = self._model.invisibleRootItem() if not parent_key else self._items[parent_key]
        wanted = {row.key for row in rows}
        for number in reversed(range(parent.rowCount())):
            child = parent.child(number)
            if isinstance(child, RowItem) and child.row_value.key not in wanted:
                self._forget(child)
                parent.removeRow(number)
        for number, row in enumerate(rows):
            item = self._items.get(row.key)
            if item is None:
                item = self._items[row.key] = RowItem(row)
                parent.insertRow(number, item)
            else:
                item.show(row)
        if self._words:
            self._filter()

    def show_row(self, row: TreeRow) -> None:
        """Bring one row up to date, for example its value; nothing when it is not there."""
        item = self._items.get(row.key)
        if item is not None:
            item.show(row)

    def row(self, key: str) -> TreeRow:
        """What a row shows. Raises KeyError."""
        return self._items[key].row_value

    def below(self, parent_key: str = "") -> list[str]:
        """The rows directly below one, in order. Raises KeyError."""
        parent = self._model.invisibleRootItem() if not parent_key else self._items[parent_key]
        children = (parent.child(number) for number in range(parent.rowCount()))
        return [child.row_value.key for child in children if isinstance(child, RowItem)]

    def has(self, key: str) -> bool:
        """Whether there is such a row."""
        return key in self._items

    def ask_again(self, key: str) -> None:
        """What is below a row is asked for once more when it is opened; it is closed meanwhile."""
        item = self._items[key]
        item.asked = False
        self.view.collapse(item.index())

    def open(self, key: str) -> None:
        """Open a row and those above it. Raises KeyError."""
        item: QStandardItem | None = self._items[key]
        while item is not None:
            self.view.expand(item.index())
            item = item.parent()

    def choose(self, key: str) -> None:
        """Put the cursor on a row. Raises KeyError."""
        self.view.setCurrentIndex(self._items[key].index())

    @property
    def current(self) -> str:
        """The key of the row with the cursor, empty without one."""
        row = self.view.currentIndex().data(ROW_ROLE)
        return row.key if isinstance(row, TreeRow) else ""

    def set_filter(self, words: str) -> None:
        """Show only rows that hold every word, in any case, with those above and below them; empty shows all."""
        self._words = words.casefold().split()
        self._filter()

    def shown_keys(self) -> list[str]:
        """The rows that can be scrolled to now, from top to bottom."""
        found: list[str] = []
        index = self._model.index(0, 0)
        while index.isValid():
            row = index.data(ROW_ROLE)
            if not self.view.isRowHidden(index.row(), index.parent()):
                found.append(row.key)
            index = self.view.indexBelow(index)
        return found

    def _forget(self, item: RowItem) -> None:
        for number in range(item.rowCount()):
            child = item.child(number)
            if isinstance(child, RowItem):
                self._forget(child)
        self._items.pop(item.row_value.key, None)

    def _filter(self) -> None:
        root = self._model.invisibleRootItem()
        for number in range(root.rowCount()):
            child = root.child(number)
            if isinstance(child, RowItem):
                self._filter_item(child, above=False)

    def _filter_item(self, item: RowItem, above: bool) -> bool:
        """Hide or show an item and those below it; whether it is shown. ``above``: a row above it fits."""
        row = item.row_value
        text = f"{row.name} {row.sub_text} {row.tag}".casefold()
        fits = above or row.kept or all(word in text for word in self._words)
        # a place whose name fits shows all of it; its own name is no reason to hide what is in it
        children = [item.child(number) for number in range(item.rowCount())]
        below = [
            self._filter_item(child, fits and bool(self._words)) for child in children if isinstance(child, RowItem)
        ]
        shown = not self._words or fits or any(below)
        index = item.index()
        self.view.setRowHidden(index.row(), index.parent(), not shown)
        if self._words and any(below) and not fits:
            self.view.expand(index)
        return shown

    # --- hands ---------------------------------------------------------------------------------------------------

    def carry(self, row: TreeRow, at: QPoint) -> None:
        """A tag leaves the tree under the pointer (`at`, of the screen)."""
        ghost = TagGhost(self._look, row.tag, row.name, self.window())
        ghost.ended.connect(self.drag_ended)
        self.drag_began.emit()
        ghost.begin(at)

    def _expanded(self, index: QModelIndex) -> None:
        item = self._model.itemFromIndex(index)
        if isinstance(item, RowItem) and not item.asked:
            item.asked = True
            self.opened.emit(item.row_value.key)

    def _current_changed(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, TreeRow) and not row.note:
            self.chosen.emit(row.key)


class _View(QTreeView):
    """Every touch on a row puts the cursor there, and opens or closes it when something is below."""

    def __init__(self, tree: TagTree, model: RowModel, look: Look, title: str) -> None:
        super().__init__(tree)
        self._tree = tree
        self._held: tuple[QPoint, TreeRow] | None = None
        self.setModel(model)
        self.setAccessibleName(title)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(look.mm(_STEP_MM))
        self.setUniformRowHeights(True)
        self.setItemsExpandable(True)
        self.setExpandsOnDoubleClick(False)
        self.setAnimated(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setItemDelegate(RowDelegate(look, self))
        self.clicked.connect(self._touched)

    def drawBranches(self, painter: QPainter, rect: object, index: object) -> None:  # noqa: N802  (Qt's name)
        """The delegate draws the arrow inside the row, large enough for a thumb."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tag that is held may be carried away."""
        at = event.position().toPoint()
        row = self.indexAt(at).data(ROW_ROLE)
        self._held = (at, row) if isinstance(row, TreeRow) and row.tag else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough from where it was pressed the tag leaves the tree."""
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        at, row = self._held
        if (event.position().toPoint() - at).manhattanLength() >= QApplication.startDragDistance():
            self._held = None
            self.setState(QAbstractItemView.State.NoState)
            self._tree.carry(row, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It was only touched."""
        self._held = None
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose; a row with something below it is opened or closed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            row = self.currentIndex().data(ROW_ROLE)
            if isinstance(row, TreeRow) and not event.isAutoRepeat():
                self._touched(self.currentIndex())
                self._tree.activated.emit(row.key)
            return
        super().keyPressEvent(event)

    def _touched(self, index: QModelIndex) -> None:
        if self.model().hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index))
