"""How a row of the tree of tags is painted: arrow, mark, two lines of text, and its value with what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from widgets.shapes import Shape, paint_shape
from widgets.tag_tree_rows import ROW_ROLE, Index, TreeRow
from widgets.text import Run, bold_of, paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look


class RowDelegate(QStyledItemDelegate):
    """Paints one row."""

    def __init__(self, look: Look, view: QTreeView) -> None:
        super().__init__(view)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.mm(60), self._look.mm(TARGET_MM))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        row: TreeRow = index.data(ROW_ROLE)
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
