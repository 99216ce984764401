"""The plan's drawing with the balloons of its characteristics: where each is, and a way to it by a touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from station_app.domain.inspection.plan import Characteristic, InspectionPlan
from station_app.domain.media import Picture
from station_app.ui.look import Look
from widgets.step_list import StepMark
from widgets.text import Run, paint_line
from widgets.theme import CAPITAL_SMALL_MM

BALLOON_MM = 6.4
REACH_MM = 14.0


@dataclass(frozen=True, slots=True)
class Balloon:
    """A number at a place of the drawing (fractions), and how its characteristic stands."""

    characteristic: str
    number: int
    at: tuple[float, float]
    mark: StepMark = StepMark.OPEN
    current: bool = False


def drawing_of(plan: InspectionPlan, characteristic: Characteristic | None) -> Picture | None:
    """The picture on which a characteristic is placed, else the plan's first."""
    file = characteristic.place.file if characteristic is not None and characteristic.place is not None else ""
    return next((p for p in plan.pictures if p.file == file), plan.pictures[0] if plan.pictures else None)


class DrawingView(QWidget):
    """The drawing with its balloons. ``balloon_touched(characteristic)``: the nearest balloon within a finger's reach.

    Every balloon is a row of the list beside it, which the keys reach.
    """

    balloon_touched = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_look = look
        self._image = QImage()
        self._balloons: tuple[Balloon, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_drawing(self, image: QImage, description: str) -> None:
        """Another drawing."""
        self._image = image
        self.setAccessibleName(description)
        self.update()

    def set_balloons(self, balloons: Sequence[Balloon]) -> None:
        """Other balloons, or other marks."""
        if tuple(balloons) != self._balloons:
            self._balloons = tuple(balloons)
            self.update()

    def place(self, characteristic: str) -> QPointF:
        """Where a balloon is, in px. Raises KeyError."""
        for balloon in self._balloons:
            if balloon.characteristic == characteristic:
                return self._point(balloon)
        raise KeyError(characteristic)

    def sizeHint(self) -> QSize:
        """As large as it is given."""
        return QSize(self._page_look.mm(130), self._page_look.mm(80))

    def minimumSizeHint(self) -> QSize:
        """Smaller, balloons would lie over each other."""
        return QSize(self._page_look.mm(60), self._page_look.mm(40))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A touch goes to the nearest balloon."""
        reach = self._page_look.mm(REACH_MM)
        near = [((self._point(b) - event.position()).manhattanLength(), b.characteristic) for b in self._balloons]
        distance, name = min(near, default=(reach + 1.0, ""))
        if distance <= reach:
            self.balloon_touched.emit(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture and the balloons, the current one filled."""
        look = self._page_look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if not self._image.isNull():
            painter.drawImage(self._rect(), self._image)
        side = look.mm(BALLOON_MM)
        font = look.bold(CAPITAL_SMALL_MM)
        for balloon in sorted(self._balloons, key=lambda each: each.current):
            circle = QRectF(0, 0, side, side)
            circle.moveCenter(self._point(balloon))
            failed = balloon.mark is StepMark.FAILED
            ink = look.color("alarm" if failed else "primary")
            painter.setPen(QPen(ink, max(1.5, look.mm(0.5))))
            filled = balloon.current or failed
            painter.setBrush(ink if filled else look.color("selected" if balloon.mark is StepMark.DONE else "card"))
            painter.drawEllipse(circle)
            text = look.color("on_alarm" if failed else "on_primary") if filled else look.color("text")
            paint_line(painter, circle, [Run(str(balloon.number), True)], font, text, Qt.AlignmentFlag.AlignHCenter)
        painter.end()

    def _rect(self) -> QRectF:
        """Where the picture lies, its proportions kept."""
        room, size = QRectF(self.rect()), self._image.size()
        if size.isEmpty():
            return room
        scale = min(room.width() / size.width(), room.height() / size.height())
        rect = QRectF(0, 0, size.width() * scale, size.height() * scale)
        rect.moveCenter(room.center())
        return rect

    def _point(self, balloon: Balloon) -> QPointF:
        rect = self._rect()
        return QPointF(rect.left() + rect.width() * balloon.at[0], rect.top() + rect.height() * balloon.at[1])
