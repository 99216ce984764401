"""The inspector's list of characteristics: balloon, name, nominal with tolerance, value and mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.row_view import CURRENT_ROLE, ROW_ROLE, Index, RowModel, RowView
from widgets.shapes import Shape, paint_shape
from widgets.step_list import StepMark
from widgets.text import Line, Run, paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

ROW_MM = 18.0


@dataclass(frozen=True)
class CharacteristicRow:
    """One characteristic, as texts: balloon number, name, "20.002 ±0.015", measured value and outcome.

    ``warning``: marked with a triangle instead.
    """

    balloon: str
    name: str
    requirement: str
    value_text: str = ""
    mark: StepMark = StepMark.OPEN
    warning: bool = False


def requirement_begin(column: float, own: float, end: float, needed: float) -> float:
    """Where a row's requirement begins: in the ``column`` of all rows, or as far before it as it needs to end by ``end``.

    It never begins before ``own``, the end of the row's own name: limits that are cut off are worse than a column that bends.
    """
    return column if column + needed <= end else max(own, end - needed)


class _Delegate(QStyledItemDelegate):
    """``names_px`` is the width of the longest name; ``numbered``: some row of the list has a balloon."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.names_px = 0.0
        self.numbered = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.mm(60), self._look.mm(ROW_MM))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        row: CharacteristicRow = index.data(ROW_ROLE)
        current = bool(index.data(CURRENT_ROLE))
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current:
            painter.fillRect(rect, look.color("card"))
            painter.fillRect(QRectF(rect.left(), rect.top(), look.mm(1.4), rect.height()), look.color("primary"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), look.color("line"))
        side = look.mm(7.6)
        circle = QRectF(rect.left() + look.mm(4), rect.center().y() - side / 2, side, side)
        if row.balloon:
            self._paint_balloon(painter, circle, row.balloon, current)
        # names begin below each other; in a list without balloons there is no room for any
        self._paint_columns(painter, rect, circle.right() + look.mm(3) if self.numbered else circle.left(), index)
        focused = option.state & QStyle.StateFlag.State_HasFocus
        if focused and not current:
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), look.mm(1.5), look.mm(1.5))
        painter.restore()

    def _paint_balloon(self, painter: QPainter, circle: QRectF, balloon: str, current: bool) -> None:
        look = self._look
        painter.setPen(QPen(look.color("text" if current else "second"), max(1.2, look.mm(0.45))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        text = [Run(balloon, True)] if current else balloon
        font = look.font(CAPITAL_SMALL_MM)
        paint_line(painter, circle, text, font, look.color("text"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_columns(self, painter: QPainter, rect: QRectF, left: float, index: Index) -> None:
        look = self._look
        row: CharacteristicRow = index.data(ROW_ROLE)
        current = bool(index.data(CURRENT_ROLE))
        font = look.font(CAPITAL_NOTE_MM + 0.2)
        mark = QRectF(rect.right() - look.mm(8.2), rect.center().y() - look.mm(2.1), look.mm(4.2), look.mm(4.2))
        if row.warning:
            paint_shape(painter, Shape.TRIANGLE, mark, look.color("warning"))
        elif row.mark is StepMark.DONE:
            paint_shape(painter, Shape.CHECK, mark, look.color("text"))
        elif row.mark is StepMark.FAILED:
            paint_shape(painter, Shape.DIAMOND, mark, look.color("alarm"))
        elif row.mark is StepMark.SKIPPED:
            paint_shape(painter, Shape.DASH, mark, look.color("second"))
        right = mark.left() - look.mm(2.4)
        value_px = max(text_width([Run(row.value_text, True)], font), look.mm(16)) if row.value_text else 0
        value = QRectF(right - value_px, rect.top(), value_px, rect.height())
        failed = row.mark is StepMark.FAILED
        color = look.color("alarm" if failed else "text")
        paint_line(painter, value, [Run(row.value_text, failed)], font, color, Qt.AlignmentFlag.AlignRight)
        # the requirements of all rows begin at one place, after the longest name
        free = (value.left() if value_px else right) - left - look.mm(3)
        name_px = min(free * 0.6, self.names_px)
        name = QRectF(left, rect.top(), name_px, rect.height())
        paint_line(painter, name, [Run(row.name, current)], font, look.color("text"))
        small = look.font(CAPITAL_SMALL_MM + 0.1)
        column, gap = left + name_px + look.mm(2), look.mm(2)
        own = left + min(text_width([Run(row.name, current)], font), name_px) + gap
        begin = requirement_begin(column, own, left + free, text_width([Run(row.requirement)], small) + 1)
        requirement = QRectF(begin, rect.top(), left + free - begin, rect.height())
        paint_line(painter, requirement, row.requirement, small, look.color("second"))


class CharacteristicList(QWidget):
    """The list with a summing line below. `row_activated(index)` is the wish to measure that one."""

    row_activated = Signal(int)

    def __init__(self, look: Look, accessible_name: str = "Characteristics", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = RowModel[CharacteristicRow](self, _spoken)
        self._view = RowView(self._model, accessible_name, self)
        self._delegate = _Delegate(look, self._view)
        self._view.paint_with(self._delegate)
        self._view.row_chosen.connect(self.row_activated)
        self._summary = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, look.mm(4))
        layout.addWidget(self._view, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(look.mm(4), look.mm(2), look.mm(4), 0)
        foot.addWidget(self._summary)
        layout.addLayout(foot)
        self.setMinimumWidth(look.mm(85))

    @property
    def view(self) -> RowView:
        """The list itself, for focus and scrolling."""
        return self._view

    def set_rows(self, rows: Sequence[CharacteristicRow], current: int = -1) -> None:
        """Show these characteristics and keep the current one in sight."""
        font = self._look.font(CAPITAL_NOTE_MM + 0.2)
        self._delegate.names_px = max((text_width([Run(row.name, True)], font) + 1 for row in rows), default=0.0)
        self._delegate.numbered = any(row.balloon for row in rows)
        self._model.replace(rows)
        self._model.set_current(current)
        # a longer name moves the columns of all rows
        self._view.viewport().update()
        self._view.keep_in_sight(current)

    def set_summary(self, text: str) -> None:
        """The line below: "2 of 8 recorded"."""
        self._summary.set_text(text)

    def sizeHint(self) -> QSize:
        """160 mm wide beside the entry."""
        return QSize(self._look.mm(150), self._look.mm(ROW_MM * 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background and the line at the right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._look.color("line"))
        painter.end()


def _spoken(row: CharacteristicRow) -> str:
    return f"{row.balloon} {row.name}, {row.requirement}, {row.value_text} {row.mark.value}"
