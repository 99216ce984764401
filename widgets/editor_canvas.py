"""Drawing marks on a picture: numbered callouts and highlighted regions, by mouse and by keys. Values in, signals out.

Places are fractions of the picture's width and height from its top left. The canvas shows what it is given and tells what a
person did; whoever owns it gives the new marks back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.picture_view import Callout, PictureView, Region
from widgets.theme import Look

GRIP_PX = 11
STEP = 0.005
LARGE_STEP = 0.05
SMALLEST_REGION = 0.01
LABEL_ASIDE = 0.18


class Tool(Enum):
    """What the mouse does."""

    SELECT = "select"
    CALLOUT = "callout"
    REGION = "region"


class MarkKind(Enum):
    """What is marked, and by which part of it a mark is held."""

    CALLOUT = "callout"
    LABEL = "label"
    REGION = "region"
    CORNER = "corner"


@dataclass(frozen=True, slots=True)
class MarkedRegion:
    """A rectangle with its text."""

    x: float
    y: float
    width: float
    height: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Which mark is selected, and by what it is held."""

    kind: MarkKind
    index: int


class MarkCanvas(PictureView):
    """A picture that is drawn on. Every signal carries fractions.

    ``callout_added(x, y, label_x, label_y)``, ``callout_changed(index, x, y, label_x, label_y)``,
    ``region_added(x, y, width, height)``, ``region_changed(index, x, y, width, height)``; ``selected(held)`` has a Held or
    None, ``removed(held)`` a Held. ``ended`` tells that a drag is over.
    """

    callout_added = Signal(float, float, float, float)
    callout_changed = Signal(int, float, float, float, float)
    region_added = Signal(float, float, float, float)
    region_changed = Signal(int, float, float, float, float)
    selected = Signal(object)
    removed = Signal(object)
    ended = Signal()

    def __init__(self, look: Look, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(look, placeholder, parent=parent)
        self._canvas_look = look
        self._marks: tuple[Callout, ...] = ()
        self._areas: tuple[MarkedRegion, ...] = ()
        self._tool = Tool.SELECT
        self._held: Held | None = None
        self._from: QPointF | None = None
        self._drawn: QRectF | None = None
        self._locked = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- values ------------------------------------------------------------------------------------------------------

    def set_marks(self, callouts: Sequence[Callout], regions: Sequence[MarkedRegion]) -> None:
        """Show these marks."""
        self._marks, self._areas = tuple(callouts), tuple(regions)
        self.set_callouts(callouts)
        self.set_regions([Region((r.x, r.y, r.width, r.height), r.text) for r in regions])
        if self._held is not None and self._held.index >= self._count(self._held.kind):
            self.hold(None)

    def set_tool(self, tool: Tool) -> None:
        """What the next press of the mouse does."""
        self._tool = tool
        self.setCursor(Qt.CursorShape.ArrowCursor if tool is Tool.SELECT else Qt.CursorShape.CrossCursor)

    def set_locked(self, locked: bool) -> None:
        """Only to be looked at."""
        self._locked = locked

    @property
    def tool(self) -> Tool:
        """What the mouse does."""
        return self._tool

    @property
    def held(self) -> Held | None:
        """The selected mark."""
        return self._held

    def hold(self, held: Held | None) -> None:
        """Select a mark, or none."""
        if held != self._held:
            self._held = held
            self.selected.emit(held)
        self.update()

    def _count(self, kind: MarkKind) -> int:
        return len(self._marks if kind in (MarkKind.CALLOUT, MarkKind.LABEL) else self._areas)

    # --- mouse -------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a mark, or begin a new one."""
        if event.button() is not Qt.MouseButton.LeftButton or not self.has_picture:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        point = event.position()
        if self._tool is Tool.SELECT or self._locked:
            self.hold(self._at(point))
            self._from = None if self._locked or self._held is None else point
            return
        self._from = self._inside(point)
        self._drawn = QRectF(self._from, self._from)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a mark, or draw the new one."""
        if self._from is None:
            return
        point = self._inside(event.position())
        if self._drawn is not None:
            self._drawn = QRectF(self._drawn.topLeft(), point)
            self.update()
        elif self._held is not None:
            self._move_to(self._held, self._fraction(point), self._fraction(point) - self._fraction(self._from))
            self._from = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The mark is where it is to be."""
        drawn, self._drawn, self._from = self._drawn, None, None
        if drawn is not None:
            self._add(self._fraction(drawn.topLeft()), self._fraction(drawn.bottomRight()))
        self.update()
        self.ended.emit()

    def _add(self, begin: QPointF, end: QPointF) -> None:
        tool = self._tool
        self.set_tool(Tool.SELECT)
        if tool is Tool.CALLOUT:
            if (end - begin).manhattanLength() < SMALLEST_REGION:
                end = QPointF(begin.x() + LABEL_ASIDE if begin.x() < 0.6 else begin.x() - LABEL_ASIDE, begin.y())
            self.callout_added.emit(begin.x(), begin.y(), end.x(), end.y())
            self.hold(Held(MarkKind.LABEL, len(self._marks) - 1))
        else:
            area = QRectF(begin, end).normalized()
            if area.width() >= SMALLEST_REGION and area.height() >= SMALLEST_REGION:
                self.region_added.emit(area.x(), area.y(), area.width(), area.height())
                self.hold(Held(MarkKind.REGION, len(self._areas) - 1))

    # --- keys --------------------------------------------------------------------------------------------------------

    def add_in_the_middle(self, tool: Tool) -> None:
        """A new mark without a mouse; the arrows move it from there."""
        self.set_tool(tool)
        end = QPointF(0.7, 0.35) if tool is Tool.CALLOUT else QPointF(0.6, 0.6)
        self._add(QPointF(0.5, 0.5) if tool is Tool.CALLOUT else QPointF(0.4, 0.4), end)
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selected mark (Shift: far, Ctrl: its label or corner); Delete removes it, Esc lets it go."""
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        other = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = LARGE_STEP if far else STEP
        by = {
            Qt.Key.Key_Left: QPointF(-step, 0),
            Qt.Key.Key_Right: QPointF(step, 0),
            Qt.Key.Key_Up: QPointF(0, -step),
            Qt.Key.Key_Down: QPointF(0, step),
        }.get(Qt.Key(event.key()))
        held = self._held
        if held is None or self._locked:
            super().keyPressEvent(event)
        elif by is not None:
            taken = Held(_other(held.kind), held.index) if other else held
            self._move_to(taken, self._place(taken) + by, by)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.hold(None)
            self.removed.emit(held)
        elif event.key() == Qt.Key.Key_Escape:
            self.hold(None)
        else:
            super().keyPressEvent(event)

    # --- places ------------------------------------------------------------------------------------------------------

    def _place(self, held: Held) -> QPointF:
        if held.kind in (MarkKind.CALLOUT, MarkKind.LABEL):
            mark = self._marks[held.index]
            return QPointF(*(mark.at if held.kind is MarkKind.CALLOUT else mark.label_at))
        region = self._areas[held.index]
        corner = QPointF(region.x + region.width, region.y + region.height)
        return corner if held.kind is MarkKind.CORNER else QPointF(region.x, region.y)

    def _move_to(self, held: Held, to: QPointF, by: QPointF) -> None:
        """Tell where a mark is to be: a point at ``to``, a whole region by ``by``."""
        x, y = min(1.0, max(0.0, to.x())), min(1.0, max(0.0, to.y()))
        index = held.index
        if held.kind is MarkKind.CALLOUT:
            label = self._marks[index].label_at
            self.callout_changed.emit(index, x, y, *label)
        elif held.kind is MarkKind.LABEL:
            self.callout_changed.emit(index, *self._marks[index].at, x, y)
        else:
            region = self._areas[index]
            if held.kind is MarkKind.CORNER:
                width, height = max(SMALLEST_REGION, x - region.x), max(SMALLEST_REGION, y - region.y)
                self.region_changed.emit(index, region.x, region.y, width, height)
            else:
                left = min(1.0 - region.width, max(0.0, region.x + by.x()))
                top = min(1.0 - region.height, max(0.0, region.y + by.y()))
                self.region_changed.emit(index, left, top, region.width, region.height)

    def _at(self, point: QPointF) -> Held | None:
        """The mark under the mouse: labels first, they lie on top."""
        rect = self.picture_rect()
        reach = max(GRIP_PX, self._canvas_look.mm(5))
        for kind in (MarkKind.LABEL, MarkKind.CALLOUT):
            for index in reversed(range(len(self._marks))):
                near = self._point(rect, self._place(Held(kind, index))) - point
                if near.manhattanLength() <= reach:
                    return Held(kind, index)
        for index in reversed(range(len(self._areas))):
            corner = self._point(rect, self._place(Held(MarkKind.CORNER, index))) - point
            if corner.manhattanLength() <= GRIP_PX:
                return Held(MarkKind.CORNER, index)
            if self._area(rect, self._areas[index]).contains(point):
                return Held(MarkKind.REGION, index)
        return None

    def _inside(self, point: QPointF) -> QPointF:
        rect = self.picture_rect()
        x = min(rect.right(), max(rect.left(), point.x()))
        return QPointF(x, min(rect.bottom(), max(rect.top(), point.y())))

    def _fraction(self, point: QPointF) -> QPointF:
        rect = self.picture_rect()
        x, y = (point.x() - rect.left()) / rect.width(), (point.y() - rect.top()) / rect.height()
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _point(self, rect: QRectF, fraction: QPointF) -> QPointF:
        return QPointF(rect.left() + fraction.x() * rect.width(), rect.top() + fraction.y() * rect.height())

    def _area(self, rect: QRectF, region: MarkedRegion) -> QRectF:
        top_left = self._point(rect, QPointF(region.x, region.y))
        return QRectF(top_left.x(), top_left.y(), region.width * rect.width(), region.height * rect.height())

    # --- drawing -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture with its marks as at the station, what is being drawn, and grips at what is selected."""
        super().paintEvent(event)
        if not self.has_picture:
            return
        look, rect = self._canvas_look, self.picture_rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._drawn is not None:
            painter.setPen(QPen(look.color("primary"), 1.5, Qt.PenStyle.DashLine))
            if self._tool is Tool.REGION:
                painter.drawRect(self._drawn.normalized())
            else:
                painter.drawLine(self._drawn.topLeft(), self._drawn.bottomRight())
        if self._held is not None and not self._locked:
            self._paint_grips(painter, rect, self._held)
        painter.end()

    def _paint_grips(self, painter: QPainter, rect: QRectF, held: Held) -> None:
        painter.setPen(QPen(self._canvas_look.color("card"), 2))
        for kind in (held.kind, _other(held.kind)):
            place = self._point(rect, self._place(Held(kind, held.index)))
            painter.setBrush(self._canvas_look.color("alarm" if kind is held.kind else "primary"))
            painter.drawRect(QRectF(place.x() - GRIP_PX / 2, place.y() - GRIP_PX / 2, GRIP_PX, GRIP_PX))


def _other(kind: MarkKind) -> MarkKind:
    """The other part of the same mark."""
    return {
        MarkKind.CALLOUT: MarkKind.LABEL,
        MarkKind.LABEL: MarkKind.CALLOUT,
        MarkKind.REGION: MarkKind.CORNER,
        MarkKind.CORNER: MarkKind.REGION,
    }[kind]
