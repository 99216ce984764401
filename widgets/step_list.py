"""The steps of the work at the left: outcome marks, times, the current one, and the takt below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.progress_bar import ProgressBar
from widgets.row_view import CURRENT_ROLE, ROW_ROLE, Index, RowModel, RowView
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, Run, fitting_font, paint_line, text_width, two_lines
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

ROW_MM = 18.0


class StepMark(Enum):
    """The outcome of a step, as shown."""

    OPEN = "open"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StepRow:
    """One step: its number and title as texts, its outcome and how long it took ("0:31")."""

    number: str
    title: str
    mark: StepMark = StepMark.OPEN
    time_text: str = ""


class _StepDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.mm(40), self._look.mm(ROW_MM))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        row: StepRow = index.data(ROW_ROLE)
        current = bool(index.data(CURRENT_ROLE))
        rect = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current:
            painter.fillRect(rect, look.color("card"))
            bar = QRectF(rect)
            bar.setWidth(look.mm(1.4))
            painter.fillRect(bar, look.color("primary"))
        side = look.mm(7.6)
        circle = QRectF(rect.left() + look.mm(4), rect.center().y() - side / 2, side, side)
        self._paint_mark(painter, circle, row, current)
        color = "text" if current else "muted" if row.mark is StepMark.SKIPPED else "second"
        title = QRectF(circle.right() + look.mm(3.2), rect.top(), 0, rect.height())
        title.setRight(rect.right() - look.mm(4))
        self._paint_words(painter, title, row, current, look.color(color))
        if state & QStyle.StateFlag.State_HasFocus and not current:
            pen = QPen(look.color("primary"), max(2, look.mm(0.7)))
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inset = look.mm(1)
            painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), look.mm(1.5), look.mm(1.5))
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRectF, row: StepRow, current: bool, color: QColor) -> None:
        """Title and time beside each other; where the title would lose its end in two lines, at last without the time."""
        look = self._look
        font, time_font = look.font(CAPITAL_NOTE_MM + 0.2), look.font(CAPITAL_SMALL_MM + 0.2)
        time_px = text_width(row.time_text, time_font) + 1 if row.time_text else 0.0
        beside = area.width() - (time_px + look.mm(2) if time_px else 0.0)
        if text_width([Run(row.title, current)], font) <= beside:
            title, time = QRectF(area), QRectF(area)
            title.setWidth(beside)
            paint_line(painter, title, [Run(row.title, current)], font, color)
            align = Qt.AlignmentFlag.AlignRight
        else:
            first, second = two_lines([Run(row.title, current)], font, area.width())
            middle, height = area.center().y(), look.mm(6)
            above = height if second or time_px else height / 2
            upper = QRectF(area.left(), middle - above, area.width(), height)
            paint_line(painter, upper, first, font, color)
            lower = upper.translated(0, height)
            time = QRectF(lower)
            if second:
                if text_width(second, font) > beside:
                    time_px = 0.0  # the title matters more than its time
                lower.setWidth(beside if time_px else area.width())
                paint_line(painter, lower, second, font, color)
            align = Qt.AlignmentFlag.AlignRight if second else Qt.AlignmentFlag.AlignLeft
        if time_px:
            paint_line(painter, time, row.time_text, time_font, look.color("muted"), align)

    def _paint_mark(self, painter: QPainter, circle: QRectF, row: StepRow, current: bool) -> None:
        look = self._look
        inset = circle.width() * 0.27
        inner = circle.adjusted(inset, inset, -inset, -inset)
        if row.mark is StepMark.FAILED:
            paint_shape(painter, Shape.DOT, circle, look.color("alarm"))
            paint_shape(painter, Shape.DIAMOND, inner, look.color("on_alarm"))
        elif current or row.mark is StepMark.CURRENT:
            paint_shape(painter, Shape.DOT, circle, look.color("primary"))
            font = fitting_font(look.bold(CAPITAL_SMALL_MM + 0.3), row.number, circle.width() * 0.72, 0.5)
            center = Qt.AlignmentFlag.AlignHCenter
            paint_line(painter, circle, [Run(row.number, True)], font, look.color("on_primary"), center)
        elif row.mark is StepMark.DONE:
            paint_shape(painter, Shape.DOT, circle, look.color("track"))
            paint_shape(painter, Shape.CHECK, inner, look.color("text"))
        elif row.mark is StepMark.SKIPPED:
            paint_shape(painter, Shape.DOT, circle, look.color("track"))
            paint_shape(painter, Shape.DASH, inner, look.color("second"))
        else:
            painter.setPen(QPen(look.color("strong_line"), max(1.4, look.mm(0.4))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle.adjusted(1, 1, -1, -1))


class StepList(QWidget):
    """A scrolling list of steps that keeps the current one in sight, with a takt bar below.

    `row_activated(index)` is a wish to look at a step; it changes nothing in the work.
    """

    row_activated = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = RowModel[StepRow](self, lambda row: f"{row.number} {row.title}", _spoken)
        self._view = RowView(self._model, "Steps", self)
        self._view.paint_with(_StepDelegate(look, self._view))
        self._view.row_chosen.connect(self.row_activated)
        self._step_line = Line(look, color="second", capital_mm=CAPITAL_SMALL_MM)
        self._step_bar = ProgressBar(look)
        self._takt_line = Line(look, color="second", capital_mm=CAPITAL_SMALL_MM)
        self._takt_bar = ProgressBar(look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.mm(2), 1, 0)
        layout.setSpacing(0)
        layout.addWidget(self._view, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(look.mm(4), look.mm(3), look.mm(4), look.mm(6))
        foot.setSpacing(look.mm(1.4))
        for part in (self._step_line, self._step_bar, self._takt_line, self._takt_bar):
            foot.addWidget(part)
        layout.addLayout(foot)
        for part in (self._step_line, self._step_bar, self._takt_line, self._takt_bar):
            part.hide()
        self.setMinimumWidth(look.mm(60))

    def set_accessible_title(self, text: str) -> None:
        """What a screen reader calls the list."""
        self._view.setAccessibleName(text)

    def set_rows(self, rows: Sequence[StepRow]) -> None:
        """Show these steps."""
        if tuple(rows) != self._model.rows:
            self._model.replace(rows)
            self._keep_current_visible()

    def rows(self) -> tuple[StepRow, ...]:
        """What is shown."""
        return self._model.rows

    def set_current(self, index: int) -> None:
        """Mark the step that is worked on (-1: none) and bring it into sight."""
        if index != self._model.current:
            self._model.set_current(index)
            self._keep_current_visible()

    def set_takt(self, text: str, fraction: float) -> None:
        """The time used against takt; above 1 it is drawn as exceeded. An empty text hides it."""
        _show_takt(self._takt_line, self._takt_bar, text, fraction, fraction > 1)

    def set_step_takt(self, text: str, fraction: float, warning: bool) -> None:
        """The step's time against its takt; `warning` marks it quietly before it is exceeded. An empty text hides it."""
        _show_takt(self._step_line, self._step_bar, text, fraction, warning or fraction > 1)

    @property
    def step_takt(self) -> tuple[Line, ProgressBar]:
        """The step's time against takt, as it is drawn."""
        return self._step_line, self._step_bar

    @property
    def view(self) -> RowView:
        """The list itself, for focus and scrolling."""
        return self._view

    def row_is_visible(self, index: int) -> bool:
        """Whether that row lies inside the visible part."""
        rect = self._view.visualRect(self._model.index(index))
        return self._view.viewport().rect().contains(rect)

    def sizeHint(self) -> QSize:
        """87 mm wide, as tall as it is given."""
        return QSize(self._look.mm(87), self._look.mm(ROW_MM * 9))

    def showEvent(self, event: object) -> None:
        """The current row may have been set before there was a size."""
        self._keep_current_visible()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background and the line at the right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._look.color("line"))
        painter.end()

    def _keep_current_visible(self) -> None:
        self._view.keep_in_sight(self._model.current)


def _show_takt(line: Line, bar: ProgressBar, text: str, fraction: float, marked: bool) -> None:
    line.setVisible(bool(text))
    bar.setVisible(bool(text))
    line.set_text(text, "text" if marked else "second")
    line.set_mark(Shape.TRIANGLE if marked else None, "warning")
    bar.set_fraction(fraction, text)


def _spoken(row: StepRow) -> str:
    return f"{row.number} {row.title}, {row.mark.value} {row.time_text}".strip()
