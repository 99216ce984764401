"""One finger, two fingers, mouse and wheel as the same few wishes: a tap, a drag, a pinch.

Qt's gesture recognizers have no test, and a drag that becomes a pinch is two things to them; here it is one movement.
There is no double tap: every tap counts at once.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

WHEEL_FACTOR = 0.9985
"""A step of 120 of the wheel shows 16 % less."""
LEAST_DISTANCE_PX = 8.0


class TouchSurface(QWidget):
    """A widget that tells what hands want; subclasses paint.

    `tapped(place)`; `drag_began(place)`, `dragged(place, moved)` and `drag_ended()`; `zoomed(factor, place)`: a factor
    below 1 shows less. Two fingers tell both dragged and zoomed. A movement of less than `slop_px` is a tap.
    """

    tapped = Signal(QPointF)
    pressed = Signal()
    drag_began = Signal(QPointF)
    dragged = Signal(QPointF, QPointF)
    drag_ended = Signal()
    zoomed = Signal(float, QPointF)

    def __init__(self, slop_px: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slop_px = slop_px
        self._start: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._fingers: tuple[QPointF, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mouse goes down."""
        self._press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It moves."""
        self._move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It goes up."""
        self._release(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; with Shift, or turned sideways, scroll."""
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.drag_began.emit(event.position())
            self.dragged.emit(event.position(), QPointF(sideways * 0.5, 0))
            self.drag_ended.emit()
        elif turned.y():
            self.zoomed.emit(math.pow(WHEEL_FACTOR, turned.y()), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Touches come here; everything else goes its way."""
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        if event.type() == QEvent.Type.TouchCancel:
            self._give_up()
            return
        down = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        if len(down) >= 2:
            self._pinch(down[0].position(), down[1].position())
        elif self._fingers is not None:
            # the finger that is left does not go on dragging: the hand is leaving
            if not down:
                self._give_up()
        elif down and self._start is None:
            self._press(down[0].position())
        elif down:
            self._move(down[0].position())
        else:
            self._release(event.points()[0].position())

    def _pinch(self, first: QPointF, second: QPointF) -> None:
        middle = (first + second) / 2
        apart = max(LEAST_DISTANCE_PX, math.hypot(first.x() - second.x(), first.y() - second.y()))
        if self._fingers is None:
            if not self._dragging:
                self.drag_began.emit(middle)
            self._dragging, self._start = True, middle
        else:
            before, distance = self._fingers
            self.dragged.emit(middle, middle - before)
            self.zoomed.emit(distance / apart, middle)
        self._fingers = (middle, apart)

    def _press(self, at: QPointF) -> None:
        self._start = self._last = at
        self._dragging = False
        self.pressed.emit()

    def _move(self, at: QPointF) -> None:
        if self._start is None or self._fingers is not None:
            return
        moved = at - self._start
        if not self._dragging:
            if math.hypot(moved.x(), moved.y()) < self._slop_px:
                return
            self._dragging = True
            self.drag_began.emit(self._start)
        self.dragged.emit(at, at - self._last)
        self._last = at

    def _release(self, at: QPointF) -> None:
        if self._start is not None and not self._dragging:
            self.tapped.emit(at)
        self._give_up()

    def _give_up(self) -> None:
        dragging, self._dragging = self._dragging, False
        self._start = self._fingers = None
        if dragging:
            self.drag_ended.emit()
