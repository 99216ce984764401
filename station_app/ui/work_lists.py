"""What the work page shows between units: what to scan, the orders waiting, and how the last unit ended."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from station_app.domain.master import JobOrder
from station_app.ui.list_row import MARGIN_MM, ListRow
from station_app.ui.look import Look
from station_app.ui.suggestion_answers import AnswerList
from widgets.layouts import clear
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, Run, paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM, CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM

MARK_MM = 14.0


class OrderRow(ListRow):
    """One order of the dispatch list, 20 mm high; pressing it opens its next unit."""

    def __init__(self, look: Look, order: JobOrder, open_serials: list[str]) -> None:
        super().__init__(look, TARGET_MM + 1)
        self.order = order
        self._next = open_serials[0]
        done = len(order.serials) - len(open_serials)
        self._count = self.tr("{n} of {m} done").format(n=done, m=len(order.serials))
        self._due = self.tr("due {day}").format(day=order.due[:10]) if order.due else ""
        spoken = (self.tr("Order {id}").format(id=order.id), order.product_title, self._next, self._count, self._due)
        self.setAccessibleName(", ".join(part for part in spoken if part))

    def draw_lines(self, painter: QPainter, top: QRectF, below: QRectF) -> None:
        """Draw order, product, next unit, count and due date."""
        look, margin = self._look, self._look.mm(MARGIN_MM)
        right = Qt.AlignmentFlag.AlignRight
        body, note = look.font(CAPITAL_BODY_MM), look.font(CAPITAL_NOTE_MM)
        used = text_width(self._count, body)
        paint_line(painter, top, self._count, body, look.color("text"), right)
        top.setRight(top.right() - used - margin)
        title = [Run(f"{self.order.id}   ", bold=True), Run(self.order.product_title)]
        paint_line(painter, top, title, body, look.color("text"))
        paint_line(painter, below, self._due, note, look.color("second"), right)
        following = [Run(self.tr("Next unit ")), Run(self._next, bold=True)]
        below.setRight(below.right() - text_width(self._due, note) - margin)
        paint_line(painter, below, following, note, look.color("second"), bold_color=look.color("text"))


class BetweenUnits(QWidget):
    """A headline with a mark, what to do, and the dispatch list. ``chosen(order)``: a row was pressed."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._mark = _Mark(look)
        self._headline = Line(look, bold=True, capital_mm=CAPITAL_HEADING_MM)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setFont(look.font(CAPITAL_BODY_MM))
        self._text.setStyleSheet(f"color: {look.theme.second}; background: transparent;")
        self._caption = Line(look, bold=True, color="second", capital_mm=CAPITAL_TITLE_MM)
        words = QVBoxLayout()
        words.setSpacing(look.mm(2))
        words.addWidget(self._headline)
        words.addWidget(self._text)
        head = QHBoxLayout()
        head.setSpacing(look.mm(6))
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._inner = QWidget()
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(look.mm(1), look.mm(1), look.mm(4), look.mm(1))
        self._rows.setSpacing(look.mm(3))
        scroll = QScrollArea()
        scroll.setWidget(self._inner)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for part in (self._inner, scroll.viewport()):
            part.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.mm(24), look.mm(14), look.mm(24), look.mm(6))
        layout.setSpacing(look.mm(4))
        layout.addLayout(head)
        layout.addSpacing(look.mm(6))
        layout.addWidget(self._caption)
        layout.addWidget(scroll, 1)
        self.answers = AnswerList(look)
        layout.addWidget(self.answers)
        self._listed: list[tuple[JobOrder, list[str]]] = []

    def say(self, shape: Shape, color: str, headline: str, text: str) -> None:
        """What is, and what to do next."""
        self._mark.set_mark(shape, color)
        self._headline.set_text(headline)
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def headline(self) -> str:
        """What is said."""
        return self._headline.text()

    def text(self) -> str:
        """What is said to do."""
        return self._text.text()

    def list_orders(self, caption: str, orders: list[tuple[JobOrder, list[str]]]) -> None:
        """The dispatch list: each order with its serials that are not done; an empty caption hides it."""
        self._caption.set_text(caption)
        self._caption.setVisible(bool(caption))
        if orders == self._listed:
            return
        self._listed = orders
        clear(self._rows)
        for order, serials in orders:
            row = OrderRow(self._look, order, serials)
            row.clicked.connect(lambda _checked=False, wanted=order: self.chosen.emit(wanted))
            self._rows.addWidget(row)
        self._rows.addStretch(1)

    def rows(self) -> list[OrderRow]:
        """The rows shown."""
        return [row for row in self._inner.findChildren(OrderRow) if not row.isHidden()]


class _Mark(QWidget):
    """A large mark before the headline."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._shape, self._color = look, Shape.RING, "primary"
        self.setFixedSize(look.mm(MARK_MM), look.mm(MARK_MM))

    def set_mark(self, shape: Shape, color: str) -> None:
        """Show another one."""
        self._shape, self._color = shape, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        inset = self.width() * 0.06
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        paint_shape(painter, self._shape, rect, self._look.color(self._color), self._look.color("on_warning"))
        painter.end()
