"""A tree of devices, their nodes and a station's tags: opened level by level, with live values, filtered by words.

Rows are values; what is below a row is asked for when it is opened the first time. A row with a ``tag`` can be dragged.
Keys: up and down, right opens, left closes, Enter and Space choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from widgets.shapes import Shape, paint_shape
from widgets.text import Run, bold_of, paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look
from widgets.trend_view import TAG_MIME

_Index = QModelIndex | QPersistentModelIndex
_ROW_ROLE = Qt.ItemDataRole.UserRole
_STEP_MM = 9.0


@dataclass(frozen=True)
class TreeRow:
    """One row, as texts. ``key`` names it in the whole tree.

    ``fault_text`` says why ``value_text``, the last known one, is not to be trusted: it is struck through. ``mark`` stands
    before the name. A ``heading`` is a place, not a value; a ``note`` is a sentence that cannot be chosen. ``kept`` rows and
    what is below them stay whatever words are looked for.
    """

    key: str
    name: str
    sub_text: str = ""
    value_text: str = ""
    fault_text: str = ""
    mark: Shape | None = None
    has_children: bool = False
    tag: str = ""
    heading: bool = False
    note: bool = False
    kept: bool = False


class _Item(QStandardItem):
    def __init__(self, row: TreeRow) -> None:
        super().__init__()
        self.asked = False
        self.show(row)

    @property
    def row_value(self) -> TreeRow:
        row = self.data(_ROW_ROLE)
        assert isinstance(row, TreeRow)
        return row

    def show(self, row: TreeRow) -> None:
        if self.data(_ROW_ROLE) == row:
            return
        self.setData(row, _ROW_ROLE)
        self.setText(row.name)
        spoken = (row.name, row.sub_text, row.value_text, row.fault_text)
        self.setData(", ".join(part for part in spoken if part), Qt.ItemDataRole.AccessibleTextRole)
        flags = Qt.ItemFlag.ItemIsEnabled
        if not row.note:
            flags |= Qt.ItemFlag.ItemIsSelectable
        if row.tag:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        self.setFlags(flags)


class _Model(QStandardItemModel):
    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008, N802  (Qt's signature)
        item = self.itemFromIndex(parent) if parent.isValid() else None
        if isinstance(item, _Item):
            return item.row_value.has_children
        return super().hasChildren(parent)

    def mimeTypes(self) -> list[str]:  # noqa: N802  (Qt's name)
        return [TAG_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802  (Qt's name)
        carried = QMimeData()
        tags = [row.tag for index in indexes if (row := index.data(_ROW_ROLE)) is not None and row.tag]
        carried.setData(TAG_MIME, "\n".join(tags).encode("utf-8"))
        return carried


class TagTree(QWidget):
    """`opened(key)`: what is below is wanted, once. `chosen(key)`: the row with the cursor. `activated(key)`: Enter or Space.

    `drag_began()`, `drag_ended(dropped)`: a tag leaves the tree, so what lies under it may have to be uncovered.
    """

    opened = Signal(str)
    chosen = Signal(str)
    activated = Signal(str)
    drag_began = Signal()
    drag_ended = Signal(bool)

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, _Item] = {}
        self._words: list[str] = []
        self._model = _Model(self)
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
            if isinstance(child, _Item) and child.row_value.key not in wanted:
                self._forget(child)
                parent.removeRow(number)
        for number, row in enumerate(rows):
            item = self._items.get(row.key)
            if item is None:
                item = self._items[row.key] = _Item(row)
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
        return [child.row_value.key for child in children if isinstance(child, _Item)]

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
        row = self.view.currentIndex().data(_ROW_ROLE)
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
            row = index.data(_ROW_ROLE)
            if not self.view.isRowHidden(index.row(), index.parent()):
                found.append(row.key)
            index = self.view.indexBelow(index)
        return found

    def _forget(self, item: _Item) -> None:
        for number in range(item.rowCount()):
            child = item.child(number)
            if isinstance(child, _Item):
                self._forget(child)
        self._items.pop(item.row_value.key, None)

    def _filter(self) -> None:
        root = self._model.invisibleRootItem()
        for number in range(root.rowCount()):
            child = root.child(number)
            if isinstance(child, _Item):
                self._filter_item(child, above=False)

    def _filter_item(self, item: _Item, above: bool) -> bool:
        """Hide or show an item and those below it; whether it is shown. ``above``: a row above it fits."""
        row = item.row_value
        text = f"{row.name} {row.sub_text} {row.tag}".casefold()
        fits = above or row.kept or all(word in text for word in self._words)
        # a place whose name fits shows all of it; its own name is no reason to hide what is in it
        children = [item.child(number) for number in range(item.rowCount())]
        below = [self._filter_item(child, fits and bool(self._words)) for child in children if isinstance(child, _Item)]
        shown = not self._words or fits or any(below)
        index = item.index()
        self.view.setRowHidden(index.row(), index.parent(), not shown)
        if self._words and any(below) and not fits:
            self.view.expand(index)
        return shown

    # --- hands ---------------------------------------------------------------------------------------------------

    def _expanded(self, index: QModelIndex) -> None:
        item = self._model.itemFromIndex(index)
        if isinstance(item, _Item) and not item.asked:
            item.asked = True
            self.opened.emit(item.row_value.key)

    def _current_changed(self, index: QModelIndex) -> None:
        row = index.data(_ROW_ROLE)
        if isinstance(row, TreeRow) and not row.note:
            self.chosen.emit(row.key)


class _View(QTreeView):
    """Every touch on a row puts the cursor there, and opens or closes it when something is below."""

    def __init__(self, tree: TagTree, model: _Model, look: Look, title: str) -> None:
        super().__init__(tree)
        self._tree = tree
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
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setItemDelegate(_Delegate(look, self))
        self.clicked.connect(self._touched)

    def drawBranches(self, painter: QPainter, rect: object, index: object) -> None:  # noqa: N802  (Qt's name)
        """The delegate draws the arrow inside the row, large enough for a thumb."""

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802  (Qt's name)
        """A tag leaves the tree; Qt's own loop runs until it is dropped."""
        self._tree.drag_began.emit()
        dropped = False
        try:
            dropped = self._carry()
        finally:
            self._tree.drag_ended.emit(dropped)

    def _carry(self) -> bool:
        model = self.model()
        drag = QDrag(self.window())
        drag.setMimeData(model.mimeData(self.selectedIndexes()))
        return drag.exec(Qt.DropAction.CopyAction) is not Qt.DropAction.IgnoreAction

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose; a row with something below it is opened or closed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            row = self.currentIndex().data(_ROW_ROLE)
            if isinstance(row, TreeRow) and not event.isAutoRepeat():
                self._touched(self.currentIndex())
                self._tree.activated.emit(row.key)
            return
        super().keyPressEvent(event)

    def _touched(self, index: QModelIndex) -> None:
        if self.model().hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index))


class _Delegate(QStyledItemDelegate):
    def __init__(self, look: Look, view: QTreeView) -> None:
        super().__init__(view)
        self._look, self._tree_view = look, view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(self._look.mm(60), self._look.mm(TARGET_MM))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look = self._look
        row: TreeRow = index.data(_ROW_ROLE)
        rect = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(0, rect.top(), rect.right(), rect.height())
        if selected:
            painter.fillRect(whole, look.color("selected"))
            painter.fillRect(QRectF(0, rect.top(), look.mm(1.4), rect.height()), look.color("primary"))
        left = self._paint_arrow(painter, rect, row, bool(option.state & QStyle.StateFlag.State_Open))
        if row.note:
            note = QRectF(left, rect.top(), rect.right() - left - look.mm(3), rect.height())
            self._paint_note(painter, note, row)
        else:
            self._paint_row(painter, rect, left, row)
        painter.fillRect(QRectF(left, rect.bottom(), rect.right() - left, 1), look.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inset = look.mm(0.6)
            painter.drawRoundedRect(whole.adjusted(inset, inset, -inset, -inset), look.mm(1), look.mm(1))
        painter.restore()

    def _paint_arrow(self, painter: QPainter, rect: QRectF, row: TreeRow, is_open: bool) -> float:
        """The arrow of a row that has something below; answers where the row's text begins."""
        look = self._look
        left = rect.left() + look.mm(4)
        if row.has_children:
            side = look.mm(4.2)
            place = QRectF(left, rect.center().y() - side / 2, side, side)
            paint_shape(painter, Shape.DOWN if is_open else Shape.FORWARD, place, look.color("second"))
        return left + look.mm(7.5)

    def _paint_note(self, painter: QPainter, rect: QRectF, row: TreeRow) -> None:
        """A sentence in two lines at most, with the mark of a fault where it is one."""
        look = self._look
        left = self._paint_mark(painter, rect.left(), rect.center().y(), row)
        painter.setFont(look.font(CAPITAL_NOTE_MM))
        painter.setPen(look.color("text" if row.mark is not None else "second"))
        place = QRectF(left, rect.top(), rect.right() - left, rect.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), row.name)

    def _paint_row(self, painter: QPainter, rect: QRectF, left: float, row: TreeRow) -> None:
        look = self._look
        middle, right = rect.center().y(), rect.right() - look.mm(4)
        left = self._paint_mark(painter, left, middle, row)
        right = self._paint_value(painter, rect, right, row)
        name_font = look.font(CAPITAL_BODY_MM - 0.2)
        name = QRectF(left, rect.top(), right - left, rect.height())
        if row.sub_text:
            name = QRectF(left, middle - look.mm(7.6), right - left, look.mm(7.6))
            below = QRectF(left, middle + look.mm(0.6), right - left, look.mm(6))
            paint_line(painter, below, row.sub_text, look.font(CAPITAL_SMALL_MM), look.color("second"))
        paint_line(painter, name, [Run(row.name, row.heading)], name_font, look.color("text"))

    def _paint_mark(self, painter: QPainter, left: float, middle: float, row: TreeRow) -> float:
        if row.mark is None:
            return left
        look, side = self._look, self._look.mm(5)
        warns = row.mark in (Shape.WARNING, Shape.TRIANGLE)
        place = QRectF(left, middle - side / 2, side, side)
        inner = look.color("on_warning") if warns else None
        paint_shape(painter, row.mark, place, look.color("warning" if warns else "second"), inner)
        return left + side + look.mm(2.4)

    def _paint_value(self, painter: QPainter, rect: QRectF, right: float, row: TreeRow) -> float:
        """The value at the right, struck through with its reason below when it is bad; answers where it begins."""
        if not row.value_text and not row.fault_text:
            return right
        look, middle = self._look, rect.center().y()
        font = bold_of(look.font(CAPITAL_BODY_MM - 0.2))
        small = look.font(CAPITAL_SMALL_MM)
        widest = rect.width() * 0.55
        width = min(text_width(row.value_text, font) + 2, widest)
        align = Qt.AlignmentFlag.AlignRight
        if not row.fault_text:
            place = QRectF(right - width, rect.top(), width, rect.height())
            paint_line(painter, place, row.value_text, font, look.color("text"), align)
            return right - width - look.mm(4)
        font.setStrikeOut(True)
        side = look.mm(4)
        fault_px = min(text_width(row.fault_text, small) + 2, widest)
        above = QRectF(right - width, middle - look.mm(7.6), width, look.mm(7.6))
        below = QRectF(right - fault_px, middle + look.mm(0.6), fault_px, look.mm(6))
        paint_line(painter, above, row.value_text, font, look.color("muted"), align)
        paint_line(painter, below, row.fault_text, small, look.color("text"), align)
        mark = QRectF(below.left() - side - look.mm(1.4), below.center().y() - side / 2, side, side)
        paint_shape(painter, Shape.WARNING, mark, look.color("warning"), look.color("on_warning"))
        return min(above.left(), mark.left()) - look.mm(3)
