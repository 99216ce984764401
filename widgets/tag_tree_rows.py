"""The rows of a tree of tags: what one shows, and how it stands in Qt's model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from widgets.shapes import Shape

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = Qt.ItemDataRole.UserRole


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


class RowItem(QStandardItem):
    """A row in Qt's model. `asked`: what is below it was asked for."""

    def __init__(self, row: TreeRow) -> None:
        super().__init__()
        self.asked = False
        self.show(row)

    @property
    def row_value(self) -> TreeRow:
        row = self.data(ROW_ROLE)
        assert isinstance(row, TreeRow)
        return row

    def show(self, row: TreeRow) -> None:
        if self.data(ROW_ROLE) == row:
            return
        self.setData(row, ROW_ROLE)
        self.setText(row.name)
        spoken = (row.name, row.sub_text, row.value_text, row.fault_text)
        self.setData(", ".join(part for part in spoken if part), Qt.ItemDataRole.AccessibleTextRole)
        flags = Qt.ItemFlag.ItemIsEnabled
        if not row.note:
            flags |= Qt.ItemFlag.ItemIsSelectable
        self.setFlags(flags)


class RowModel(QStandardItemModel):
    """Rows that may have something below which nobody has asked for yet."""

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008, N802  (Qt's signature)
        item = self.itemFromIndex(parent) if parent.isValid() else None
        if isinstance(item, RowItem):
            return item.row_value.has_children
        return super().hasChildren(parent)
