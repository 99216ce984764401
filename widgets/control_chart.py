"""A control chart: panels of points below each other, chosen by touch or arrows, scrolled and zoomed; always drawn in part.

However long the history is, only the points in sight are looked at, so that a new point costs the same with ten and with ten
thousand before it. What breaks a rule is told by the owner (:mod:`widgets.control_chart_values`), not found here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.control_chart_painting import PanelPainter, Sight, panel_labels
from widgets.control_chart_values import ChartTexts, PanelValues, StageMark
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_SMALL_MM, Look

POINTS_IN_SIGHT = 50
FEWEST_IN_SIGHT, MOST_IN_SIGHT = 10, 2500
DRAG_PX = 8.0
NICE_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


class ControlChart(QWidget):
    """Shows what it is given. ``point_selected(index)`` when a person chooses a point (from 0).

    Keys: Left and Right choose the neighbour, Home and End the first and the newest, Page Up and Page Down turn over, + and -
    zoom. A touch chooses, a drag scrolls. ``numbered_from`` is the number of the first point.
    """

    point_selected = Signal(int)

    def __init__(
        self, look: Look, empty_text: str = "", texts: ChartTexts | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._empty_text, self._texts = look, empty_text, texts or ChartTexts()
        self._panels: tuple[PanelValues, ...] = ()
        self._stages: tuple[StageMark, ...] = ()
        self._excluded: frozenset[int] = frozenset()
        self._numbered_from = 1
        self._first, self._wanted = 0, POINTS_IN_SIGHT
        self._selected: int | None = None
        self._follows = True
        self._pressed: QPointF | None = None
        self._pressed_first = 0
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._describe("")

    # --- what is shown -----------------------------------------------------------------------------------------------

    def set_chart(
        self,
        panels: Sequence[PanelValues],
        stages: Sequence[StageMark] = (),
        description: str = "",
        numbered_from: int = 1,
    ) -> None:
        """Show these panels. The newest point stays in sight where it was; a chosen point stays chosen while it exists."""
        if len({len(panel.points) for panel in panels}) > 1:
            raise ValueError("all panels of a chart must have the same number of points")
        self._panels, self._stages, self._numbered_from = tuple(panels), tuple(stages), numbered_from
        if self._selected is not None and self._selected >= self.count:
            self._selected = None
        self._keep_in_range()
        self._describe(description)
        self.update()

    def set_excluded(self, indexes: Collection[int]) -> None:
        """Points that are left out of something, for example of the limits: crossed out."""
        self._excluded = frozenset(indexes)
        self.update()

    def show_points(self, count: int) -> None:
        """How many points are in sight."""
        self._zoom_to(count)

    def select(self, index: int | None) -> None:
        """Choose a point, or none, and bring it into sight; the owner is not told."""
        self._selected = index if index is not None and 0 <= index < self.count else None
        if self._selected is not None and not self._first <= self._selected < self._stop:
            self._first = self._selected - self._in_sight // 2
            self._follows = False
            self._keep_in_range()
        self._describe_point()
        self.update()

    @property
    def selected(self) -> int | None:
        """The chosen point, from 0."""
        return self._selected

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(self._panels[0].points) if self._panels else 0

    @property
    def in_sight(self) -> tuple[int, int]:
        """The first point in sight, and the one after the last."""
        return self._first, self._stop

    def turn(self, points: int) -> None:
        """Go on by so many points; below 0 back to older ones."""
        self._first += points
        self._follows = self._first + self._in_sight >= self.count
        self._keep_in_range()
        self.update()

    def zoom(self, factor: float) -> None:
        """Show more points (above 1) or fewer, about the chosen one or the newest in sight."""
        self._zoom_to(min(round(self._in_sight * factor), max(self.count, FEWEST_IN_SIGHT)))

    def show_newest(self) -> None:
        """Go to the newest point and stay with it."""
        self._follows = True
        self._keep_in_range()
        self.update()

    def position(self, index: int, panel: int = 0) -> QPointF:
        """Where a point is drawn, in px; for one that is not in sight, beside the panel."""
        painter = self._painter_of(panel)
        return QPointF(painter.x(index), painter.y(float(self._panels[panel].points[index])))

    # --- layout ------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As wide and tall as it is given."""
        return QSize(self._look.mm(160), self._look.mm(80))

    def minimumSizeHint(self) -> QSize:
        """Limits and labels stay apart."""
        return QSize(self._look.mm(70), self._look.mm(28 if len(self._panels) < 2 else 48))

    @property
    def _in_sight(self) -> int:
        return min(self._wanted, self.count, MOST_IN_SIGHT)

    @property
    def _stop(self) -> int:
        return min(self.count, self._first + self._in_sight)

    def _keep_in_range(self) -> None:
        newest = max(0, self.count - self._in_sight)
        self._first = newest if self._follows else min(max(0, self._first), newest)

    def _zoom_to(self, count: int) -> None:
        anchor = self._selected if self._selected is not None else self._stop - 1
        before = max(1, self._in_sight)
        share = (anchor - self._first) / before
        self._wanted = max(FEWEST_IN_SIGHT, count)
        if not self._follows:
            self._first = round(anchor - share * self._in_sight)
        self._keep_in_range()
        self.update()

    def _areas(self) -> list[QRectF]:
        """The room of each panel's curve, in px."""
        look = self._look
        labels = look.mm(3)
        font = look.font(CAPITAL_SMALL_MM)
        for panel in self._panels:
            for _, label in panel_labels(panel, self._texts, self._first, self._stop):
                labels = max(labels, math.ceil(text_width(label, font)) + look.mm(3))
        head, foot = look.mm(10), look.mm(7)
        height = self.height() - foot - head * len(self._panels) - look.mm(1.5) * (len(self._panels) - 1)
        weights = sum(panel.weight for panel in self._panels) or 1.0
        areas, top = [], 0.0
        for panel in self._panels:
            share = height * panel.weight / weights
            areas.append(QRectF(look.mm(2), top + head, self.width() - labels - look.mm(4), share))
            top += head + share + look.mm(1.5)
        return areas

    def _painter_of(self, panel: int) -> PanelPainter:
        sight = Sight(self._first, self._stop, self._selected, self._excluded)
        return PanelPainter(self._look, self._texts, self._panels[panel], self._areas()[panel], sight)

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in sight."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.count:
            painter.setFont(look.font(CAPITAL_SMALL_MM + 0.5))
            painter.setPen(look.color("muted"))
            room = self.rect().adjusted(look.mm(4), 0, -look.mm(4), 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)
        else:
            areas = self._areas()
            self._paint_stages(painter, areas)
            for number, panel in enumerate(self._panels):
                self._paint_title(painter, areas[number], panel.title)
                self._painter_of(number).paint(painter)
            self._paint_axis(painter, areas[-1])
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2.0, look.mm(0.5))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.mm(1.2), look.mm(1.2))
        painter.end()

    def _paint_title(self, painter: QPainter, area: QRectF, title: str) -> None:
        look = self._look
        rect = QRectF(area.left(), area.top() - look.mm(9.4), area.width() * 0.5, look.mm(6))
        paint_line(painter, rect, title, look.bold(CAPITAL_SMALL_MM), look.color("second"))

    def _paint_stages(self, painter: QPainter, areas: Sequence[QRectF]) -> None:
        """A line where a stage begins through all panels, with its words at the foot of the first one."""
        look, font = self._look, self._look.font(CAPITAL_SMALL_MM)
        x_of = self._painter_of(0).x
        for number, stage in enumerate(self._stages):
            following = self._stages[number + 1].start if number + 1 < len(self._stages) else self.count
            left = max(areas[0].left(), x_of(stage.start - 0.5))
            right = min(areas[0].right(), x_of(following - 0.5))
            if right <= left:
                continue
            if self._first < stage.start < self._stop:
                painter.setPen(QPen(look.color("second"), max(1.0, look.mm(0.35)), Qt.PenStyle.DashDotLine))
                painter.drawLine(QPointF(left, areas[0].top()), QPointF(left, areas[-1].bottom()))
            rect = QRectF(left + look.mm(1.2), areas[0].bottom() - look.mm(4.2), right - left - look.mm(2), look.mm(5))
            if rect.width() > look.mm(14):
                paint_line(painter, rect, stage.text, font, look.color("muted"))

    def _paint_axis(self, painter: QPainter, area: QRectF) -> None:
        """The numbers of the points, at round places."""
        look, font = self._look, self._look.font(CAPITAL_SMALL_MM)
        widest = text_width(str(self._numbered_from + self.count), font) + look.mm(6)
        room = area.width() / max(1, self._in_sight)
        step = next((step for step in NICE_STEPS if step * room >= widest), NICE_STEPS[-1])
        x_of = self._painter_of(0).x
        color = look.color("muted")
        for index in range(self._first, self._stop):
            number = self._numbered_from + index
            if number % step and not (number == 1 and self._first == 0 and step > 2):
                continue
            rect = QRectF(x_of(index) - widest, area.bottom() + look.mm(1.4), widest * 2, look.mm(5))
            paint_line(painter, rect, str(number), font, color, Qt.AlignmentFlag.AlignHCenter)

    # --- choosing ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Page keys turn over, + and - zoom; others go on."""
        key, half = event.key(), max(1, self._in_sight - 2)
        newest = self.count - 1
        here = self._selected if self._selected is not None else newest + 1
        chosen = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(newest, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: newest,
        }
        if key in chosen and self.count:
            self._choose(chosen[Qt.Key(key)])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(-half if key == Qt.Key.Key_PageUp else half)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(0.5 if key == Qt.Key.Key_Plus else 2.0)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The beginning of a touch or of a drag."""
        self._pressed, self._pressed_first, self._dragged = event.position(), self._first, False
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag moves the points with the finger."""
        if self._pressed is None or not self.count:
            return
        moved = event.position().x() - self._pressed.x()
        self._dragged = self._dragged or abs(moved) > DRAG_PX
        if self._dragged:
            room = self._areas()[0].width() / max(1, self._in_sight)
            self._first = self._pressed_first
            self.turn(-round(moved / room))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A touch chooses the nearest point."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragged or not self.count:
            return
        area = self._areas()[0]
        place = (event.position().x() - area.left()) / (area.width() / max(1, self._in_sight))
        self._choose(min(max(self._first, self._first + math.floor(place)), self._stop - 1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel turns over a few points."""
        steps = event.angleDelta().y() or -event.angleDelta().x()
        self.turn(-round(steps / 120 * max(1, self._in_sight // 10)))
        event.accept()

    def _choose(self, index: int) -> None:
        self.select(index)
        self.point_selected.emit(index)

    # --- words -------------------------------------------------------------------------------------------------------

    def set_empty_text(self, text: str) -> None:
        """What stands there while there is nothing to draw."""
        if text != self._empty_text:
            self._empty_text = text
            self.update()

    def _describe(self, description: str) -> None:
        self.setAccessibleName(description or self._empty_text or self._texts.center)
        self._describe_point()

    def _describe_point(self) -> None:
        """The chosen point, as a screen reader says it."""
        index = self._selected
        if index is None:
            self.setAccessibleDescription("")
            return
        parts = [self._texts.point.format(number=self._numbered_from + index)]
        for panel in self._panels:
            value = float(panel.points[index])
            parts.append(f"{panel.title} {value:.{panel.decimals}f}" if math.isfinite(value) else self._texts.missing)
            parts += [
                self._texts.rule.format(label=mark.label, text=mark.text)
                for mark in panel.marks.between(index, index + 1)
            ]
        self.setAccessibleDescription(", ".join(parts))
