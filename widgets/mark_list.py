"""Events as rows: a mark, what, and a line about it; a touch goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from widgets.row_view import ROW_ROLE, Index, RowModel, RowView
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, Run, paint_line
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

ROW_MM = 14.0


@dataclass(frozen=True)
class MarkRow:
    """One event, as texts. `color` is a palette name."""

    text: str
    sub_text: str = ""
    shape: Shape = Shape.SQUARE
    color: str = "running"


class _Delegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.mm(50), self._look.mm(ROW_MM))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        row: MarkRow = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), look.color("line"))
        side = look.mm(3.8)
        mark = QRectF(rect.left() + look.mm(0.6), rect.center().y() - side / 2, side, side)
        paint_shape(painter, row.shape, mark, look.color(row.color), look.color("on_warning"))
        font = look.font(CAPITAL_NOTE_MM)
        left = mark.right() + look.mm(2.4)
        room = rect.right() - left
        upper = rect.adjusted(0, 0, 0, -rect.height() * 0.42) if row.sub_text else rect
        words = QRectF(left, upper.top(), room, upper.height())
        paint_line(painter, words, [Run(row.text, True)], font, look.color("text"))
        if row.sub_text:
            lower = QRectF(left, rect.center().y() + look.mm(0.2), room, look.mm(5.4))
            paint_line(painter, lower, row.sub_text, look.font(CAPITAL_SMALL_MM), look.color("second"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -2), look.mm(1), look.mm(1))
        painter.restore()


class MarkList(QWidget):
    """The list; `chosen(index)` is a touch on a row, Enter or Space. Without rows a sentence stands there."""

    chosen = Signal(int)

    def __init__(self, look: Look, accessible_name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowModel[MarkRow](self, lambda row: ", ".join(part for part in (row.text, row.sub_text) if part))
        self.view = RowView(self._model, accessible_name, self)
        self.view.paint_with(_Delegate(look, self.view))
        self.view.row_chosen.connect(self.chosen)
        self._empty = Line(look, empty_text, color="muted", capital_mm=CAPITAL_NOTE_MM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self.view, 1)
        self.set_marks(())

    def set_marks(self, rows: Sequence[MarkRow]) -> None:
        """Show these events in the order given."""
        self._model.replace(rows)
        self._empty.setVisible(not rows)
        self.view.setVisible(bool(rows))

    @property
    def rows(self) -> tuple[MarkRow, ...]:
        """What is shown."""
        return self._model.rows
