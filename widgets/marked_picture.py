"""A picture on which a person draws: arrows, circles and texts, by touch, mouse or keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from widgets.picture_view import PictureView
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, Look

ARROW, CIRCLE, TEXT = "arrow", "circle", "text"
KEY_STEP = 0.02
SMALLEST = 0.01
_RED = QColor(219, 38, 38)
_LIGHT = QColor(250, 248, 246)


@dataclass(frozen=True)
class Mark:
    """What was drawn; places are fractions of the picture from its top left.

    `arrow`: from (x, y) to its tip (x2, y2). `circle`: centre, and a point on it. `text`: written around (x, y).
    """

    kind: str
    x: float
    y: float
    x2: float
    y2: float
    text: str = ""


class MarkedPicture(PictureView):
    """A picture with marks. With a `tool` a touch draws, without one it moves the picture as ever.

    `drawn(mark)`: the person has drawn this, with the present `text`; it is shown once it is in `set_marks`. With keys: arrows
    move a cross, Enter sets the first and the second point.
    """

    drawn = Signal(object)

    def __init__(self, look: Look, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(look, placeholder, parent=parent)
        self._tool = ""
        self._marks: tuple[Mark, ...] = ()
        self._begun: Mark | None = None
        self._cross: QPointF | None = None
        self.text: Callable[[], str] = str

    @property
    def tool(self) -> str:
        """What a touch draws; empty: it moves the picture."""
        return self._tool

    def set_tool(self, tool: str) -> None:
        """Draw arrows, circles or texts from now on, or nothing."""
        self._tool, self._begun, self._cross = tool, None, None
        self.setCursor(Qt.CursorShape.CrossCursor if tool else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show these."""
        self._marks = marks
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a mark, or to move the picture."""
        if not self._tool or not self.has_picture:
            super().mousePressEvent(event)
            return
        place = self._place(event.position())
        self._cross = None
        self._begun = Mark(self._tool, place.x(), place.y(), place.x(), place.y(), self.text())
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The mark follows the finger."""
        if self._begun is None:
            super().mouseMoveEvent(event)
            return
        place = self._place(event.position())
        self._begun = replace(self._begun, x2=place.x(), y2=place.y())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The mark is drawn; one too small to be meant is not."""
        if self._begun is None:
            super().mouseReleaseEvent(event)
            return
        self._finish(self._place(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """With a tool: arrows move the cross, Enter sets a point."""
        step = {
            Qt.Key.Key_Left: QPointF(-KEY_STEP, 0),
            Qt.Key.Key_Right: QPointF(KEY_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, -KEY_STEP),
            Qt.Key.Key_Down: QPointF(0, KEY_STEP),
        }.get(Qt.Key(event.key()))
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if not self._tool or not self.has_picture or (step is None and not enter):
            super().keyPressEvent(event)
            return
        cross = QPointF(0.5, 0.5) if self._cross is None else self._cross
        if step is not None:
            cross = QPointF(min(1.0, max(0.0, cross.x() + step.x())), min(1.0, max(0.0, cross.y() + step.y())))
        self._cross = cross
        if self._begun is not None:
            self._begun = replace(self._begun, x2=cross.x(), y2=cross.y())
        if enter and self._begun is None and self._tool != TEXT:
            self._begun = Mark(self._tool, cross.x(), cross.y(), cross.x(), cross.y(), self.text())
        elif enter:
            self._begun = self._begun or Mark(self._tool, cross.x(), cross.y(), cross.x(), cross.y(), self.text())
            self._finish(cross)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the marks over it, and the cross of the keys."""
        super().paintEvent(event)
        if not self.has_picture:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        rect = self.picture_rect()
        for mark in (*self._marks, *((self._begun,) if self._begun else ())):
            self._paint_mark(painter, rect, mark)
        if self._cross is not None and self._tool:
            self._paint_cross(painter, _at(rect, self._cross.x(), self._cross.y()))
        painter.end()

    # --- inside ---

    def _place(self, position: QPointF) -> QPointF:
        rect = self.picture_rect()
        x, y = (position.x() - rect.left()) / rect.width(), (position.y() - rect.top()) / rect.height()
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _finish(self, place: QPointF) -> None:
        begun, self._begun = self._begun, None
        assert begun is not None
        mark = replace(begun, x2=place.x(), y2=place.y())
        if mark.kind == TEXT:
            mark = replace(mark, x=place.x(), y=place.y())
        self.update()
        if mark.kind == TEXT or math.hypot(mark.x2 - mark.x, mark.y2 - mark.y) >= SMALLEST:
            self.drawn.emit(mark)

    def _paint_mark(self, painter: QPainter, rect: QRectF, mark: Mark) -> None:
        start, end = _at(rect, mark.x, mark.y), _at(rect, mark.x2, mark.y2)
        width = max(2.0, self._look.mm(0.7))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, extra in ((_LIGHT, 2.0), (_RED, 0.0)):
            painter.setPen(QPen(colour, width + extra, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            if mark.kind == CIRCLE:
                radius = math.hypot(end.x() - start.x(), end.y() - start.y())
                painter.drawEllipse(start, radius, radius)
            elif mark.kind == ARROW:
                painter.drawLine(start, end)
                painter.drawPolyline(_tip(start, end, self._look.mm(4.5)))
        if mark.text:
            self._paint_label(painter, mark, start, end)

    def _paint_label(self, painter: QPainter, mark: Mark, start: QPointF, end: QPointF) -> None:
        font = self._look.bold(CAPITAL_NOTE_MM)
        width, height = text_width(mark.text, font) + self._look.mm(3), self._look.mm(6.4)
        center = QPointF(start)
        if mark.kind == CIRCLE:
            center.setY(start.y() - math.hypot(end.x() - start.x(), end.y() - start.y()) - height / 2)
        plate = QRectF(0, 0, width, height)
        plate.moveCenter(center)
        plate.moveLeft(max(0.0, min(plate.left(), self.width() - width)))
        plate.moveTop(max(0.0, min(plate.top(), self.height() - height)))
        painter.fillRect(plate, _RED)
        paint_line(painter, plate, mark.text, font, QColor("white"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_cross(self, painter: QPainter, at: QPointF) -> None:
        reach = self._look.mm(5)
        for colour, width in ((_LIGHT, 4.0), (self._look.color("primary"), 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(at - QPointF(reach, 0), at + QPointF(reach, 0))
            painter.drawLine(at - QPointF(0, reach), at + QPointF(0, reach))


def _at(rect: QRectF, x: float, y: float) -> QPointF:
    return QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height())


def _tip(start: QPointF, end: QPointF, length_px: float) -> QPolygonF:
    """The two barbs of an arrow's head, through its tip."""
    angle = math.atan2(end.y() - start.y(), end.x() - start.x())
    barbs = (
        end - QPointF(math.cos(angle + side) * length_px, math.sin(angle + side) * length_px) for side in (0.45, -0.45)
    )
    first, second = barbs
    return QPolygonF([first, end, second])
