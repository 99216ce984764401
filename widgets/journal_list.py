"""Lines of a journal, newest first: when, what, and who; a touch opens the line, a button beside it what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.layouts import scrolled
from widgets.shapes import Shape
from widgets.text import Line, Text, plain
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look

TIME_MM = 40.0
LINK_MM = 58.0


@dataclass(frozen=True)
class JournalRow:
    """One line. ``link_text`` is what it belongs to (a unit), empty when it belongs to nothing."""

    row_id: str
    time_text: str
    date_text: str
    text: Text
    sub_text: str
    shape: Shape | None = None
    color: str = "text"
    link_text: str = ""


class JournalList(QWidget):
    """Rows in the order given. ``opened(row_id)``: a touch, Enter or Space; ``link_opened(row_id)``: its button."""

    opened = Signal(str)
    link_opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: list[_Row] = []
        self._scroll = scrolled(QWidget())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.set_rows(())

    def set_rows(self, rows: Sequence[JournalRow]) -> None:
        """Show these lines, from the top."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._rows = [_Row(self._look, self, row) for row in rows]
        for widget in self._rows:
            column.addWidget(widget)
        column.addStretch(1)
        self._scroll.setWidget(inner)
        # a scroll area fills the background of what it takes
        inner.setAutoFillBackground(False)
        self._scroll.verticalScrollBar().setValue(0)

    def rows(self) -> list[JournalRow]:
        """What is shown."""
        return [widget.row for widget in self._rows]

    def row_widget(self, position: int) -> QWidget:
        """The widget of a line."""
        return self._rows[position]

    def link_button(self, position: int) -> BigButton:
        """The button of a line."""
        return self._rows[position].link

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to what has the keys."""
        self._scroll.ensureWidgetVisible(widget)


class _Row(QWidget):
    def __init__(self, look: Look, owner: JournalList, row: JournalRow) -> None:
        super().__init__()
        self.row, self._look, self._owner = row, look, owner
        when = QVBoxLayout()
        when.setSpacing(look.mm(0.4))
        when.addWidget(Line(look, row.time_text, bold=True, capital_mm=CAPITAL_NOTE_MM))
        when.addWidget(Line(look, row.date_text, color="second", capital_mm=CAPITAL_SMALL_MM))
        what = QVBoxLayout()
        what.setSpacing(look.mm(0.4))
        main = Line(look, row.text, capital_mm=CAPITAL_NOTE_MM)
        main.set_mark(row.shape, row.color)
        what.addWidget(main)
        what.addWidget(Line(look, row.sub_text, color="second", capital_mm=CAPITAL_SMALL_MM))
        self.link = BigButton(look, row.link_text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.link.setFixedWidth(look.mm(LINK_MM))
        self.link.setVisible(bool(row.link_text))
        self.link.clicked.connect(lambda: owner.link_opened.emit(row.row_id))
        time = QWidget()
        time.setLayout(when)
        time.setFixedWidth(look.mm(TIME_MM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.mm(3), look.mm(0.8), look.mm(3), look.mm(0.8))
        layout.setSpacing(look.mm(3))
        layout.addWidget(time)
        layout.addLayout(what, 1)
        layout.addWidget(self.link)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        parts = (row.date_text, row.time_text, plain(row.text), row.sub_text)
        self.setAccessibleName(", ".join(part for part in parts if part))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._look.mm(TARGET_MM + 1.6))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._owner.opened.emit(self.row.row_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._owner.opened.emit(self.row.row_id)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.fillRect(self.rect(), look.color("card"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.hasFocus():
            self._owner.bring_into_sight(self)
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.drawRect(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.end()
