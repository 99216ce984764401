"""A picture that fits its place, with numbered callouts, zoomed by pinch, wheel, keys or buttons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMetaMethod, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from widgets.buttons import BigButton
from widgets.picture_marks import Callout as Callout
from widgets.picture_marks import Region as Region
from widgets.picture_marks import paint_callout, paint_region
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM, Look

LARGEST_ZOOM = 8.0
TAP_MM = 4.0


class PictureView(QWidget):
    """Shows an image or an SVG with its proportions kept; a sentence stands there while there is none.

    `tapped(x, y)` is a touch that moved nothing, in px of this widget; Space and Enter are one in the middle.
    `view_changed(zoom, shift)` tells what the person sees now, the shift as parts of the widget's size: another view that
    is given it by `set_view` shows the same place.
    """

    tapped = Signal(QPointF)
    view_changed = Signal(float, QPointF)

    def __init__(self, look: Look, placeholder: str = "", *, framed: bool = True, parent: QWidget | None = None):
        super().__init__(parent)
        self._look, self._placeholder, self._framed = look, placeholder, framed
        self._pixmap: QPixmap | None = None
        self._svg: QSvgRenderer | None = None
        self._callouts: tuple[Callout, ...] = ()
        self._highlighted: tuple[Region, ...] = ()
        self._zoom, self._shift = 1.0, QPointF()
        self._drag: QPointF | None = None
        self._pressed: QPointF | None = None
        self._buttons: list[BigButton] = []
        self._button_mm = 14.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(placeholder)

    def set_image(self, image: QImage | QPixmap | None, description: str = "") -> None:
        """Show a picture; None or an empty one shows the placeholder."""
        pixmap = QPixmap.fromImage(image) if isinstance(image, QImage) else image
        self._pixmap = pixmap if pixmap is not None and not pixmap.isNull() else None
        self._svg = None
        self._shown(description)

    def refine(self, image: QImage) -> None:
        """The same picture with more detail: what the person sees stays where it is."""
        if not image.isNull():
            self._pixmap, self._svg = QPixmap.fromImage(image), None
            self.update()

    def set_svg(self, content: bytes, description: str = "") -> None:
        """Show a drawing; one that cannot be read shows the placeholder."""
        renderer = QSvgRenderer(content, self)
        self._svg = renderer if renderer.isValid() else None
        self._pixmap = None
        self._shown(description)

    def set_file(self, path: Path, description: str = "") -> bool:
        """Show a picture file (SVG, PNG, JPEG); returns whether it could be read."""
        if path.suffix.lower() == ".svg" and path.is_file():
            self.set_svg(path.read_bytes(), description)
        else:
            self.set_image(QImage(str(path)), description)
        return self.has_picture

    def set_callouts(self, callouts: Sequence[Callout]) -> None:
        """Draw these numbers and labels over the picture."""
        self._callouts = tuple(callouts)
        self.update()

    @property
    def callouts(self) -> tuple[Callout, ...]:
        """The numbers drawn over the picture."""
        return self._callouts

    @property
    def regions(self) -> tuple[Region, ...]:
        """The highlighted parts."""
        return self._highlighted

    def set_regions(self, regions: Sequence[Region]) -> None:
        """Highlight these parts of the picture."""
        self._highlighted = tuple(regions)
        self.update()

    def fraction_at(self, place: QPointF) -> tuple[float, float] | None:
        """Where a point of this widget lies on the picture, as fractions from its top left; None beside it."""
        rect = self.picture_rect()
        if not self.has_picture or not rect.contains(place):
            return None
        return (place.x() - rect.left()) / rect.width(), (place.y() - rect.top()) / rect.height()

    def set_placeholder(self, text: str) -> None:
        """The sentence shown while there is no picture."""
        self._placeholder = text
        self._shown("")

    @property
    def has_picture(self) -> bool:
        """Whether something is shown."""
        return self._pixmap is not None or self._svg is not None

    @property
    def resolution(self) -> QSize:
        """How many pixels the shown image has; empty for a drawing and for nothing."""
        return self._pixmap.size() if self._pixmap is not None else QSize()

    @property
    def zoom(self) -> float:
        """1.0 fits the place; at most 8."""
        return self._zoom

    def add_zoom_buttons(self, zoom_in: str, zoom_out: str, fit: str, side_mm: float = TARGET_MM) -> None:
        """Buttons in the corner for hands that cannot pinch; the texts are their spoken names."""
        actions = (
            ("+", zoom_in, lambda: self.zoom_by(1.5)),
            ("−", zoom_out, lambda: self.zoom_by(1 / 1.5)),
            ("1:1", fit, self.fit),
        )
        for caption, spoken, action in actions:
            button = BigButton(self._look, caption, size_mm=side_mm, parent=self)
            button.set_text(caption, spoken)
            button.setMinimumWidth(self._look.mm(side_mm))
            button.clicked.connect(action)
            self._buttons.append(button)
        self._button_mm = side_mm
        self._place_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stay in their corner."""
        self._limit_shift()
        self._place_buttons()

    def _place_buttons(self) -> None:
        side, gap = self._look.mm(self._button_mm), self._look.mm(3)
        for index, button in enumerate(self._buttons):
            top = self.height() - (side + gap) * (len(self._buttons) - index)
            button.setGeometry(self.width() - side - gap, top, side, side)
            button.setVisible(self.has_picture)

    def fit(self) -> None:
        """Show all of the picture again."""
        self._zoom, self._shift = 1.0, QPointF()
        self._moved()

    def set_view(self, zoom: float, shift: QPointF) -> None:
        """Show the place that another view shows; `view_changed` is not told."""
        self._zoom = min(LARGEST_ZOOM, max(1.0, zoom))
        self._shift = QPointF(shift.x() * self.width(), shift.y() * self.height())
        self._keep_inside()
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Enlarge around a point (default: the middle)."""
        center = QRectF(self.rect()).center()
        point = (around or center) - center
        before = self._zoom
        self._zoom = min(LARGEST_ZOOM, max(1.0, self._zoom * factor))
        ratio = self._zoom / before
        self._shift = point - (point - self._shift) * ratio
        self._limit_shift()

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in px of this widget."""
        size = self._pixmap.size() if self._pixmap is not None else QSize(4, 3)
        if self._svg is not None:
            size = self._svg.defaultSize()
        inset = self._look.mm(2.5) if self._framed else 0
        place = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        scale = min(place.width() / max(1, size.width()), place.height() / max(1, size.height())) * self._zoom
        rect = QRectF(0, 0, size.width() * scale, size.height() * scale)
        rect.moveCenter(place.center() + self._shift)
        return rect

    def sizeHint(self) -> QSize:
        """As large as it is given."""
        return QSize(self._look.mm(160), self._look.mm(110))

    def minimumSizeHint(self) -> QSize:
        """Still recognisable."""
        return QSize(self._look.mm(40), self._look.mm(28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom, 0 fits, arrows move."""
        step = self._look.mm(15)
        moves = {
            Qt.Key.Key_Left: QPointF(step, 0),
            Qt.Key.Key_Right: QPointF(-step, 0),
            Qt.Key.Key_Up: QPointF(0, step),
            Qt.Key.Key_Down: QPointF(0, -step),
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom_by(1.25 if key == Qt.Key.Key_Plus else 0.8)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in moves and self._zoom > 1:
            self._shift += moves[key]
            self._limit_shift()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._tells_taps():
            self.tapped.emit(QRectF(self.rect()).center())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        self.zoom_by(math.pow(1.0015, event.angleDelta().y()), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move an enlarged picture."""
        self._drag = self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move an enlarged picture."""
        if self._drag is not None:
            self._shift += event.position() - self._drag
            self._drag = event.position()
            self._limit_shift()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The hand is off the picture: was it a tap?"""
        moved = self._pressed is None or (event.position() - self._pressed).manhattanLength() > self._look.mm(TAP_MM)
        self._drag = self._pressed = None
        if not moved and self.has_picture:
            self.tapped.emit(event.position())

    def _tells_taps(self) -> bool:
        """Whether somebody wants to know: a picture that nobody enlarges leaves the keys to the page."""
        return self.has_picture and self.isSignalConnected(QMetaMethod.fromSignal(self.tapped))

    def event(self, event: QEvent) -> bool:
        """Pinch with two fingers zooms."""
        if event.type() == QEvent.Type.Gesture and isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, picture and callouts, or the placeholder."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._framed:
            painter.setPen(QPen(look.color("line"), 1))
            painter.setBrush(look.color("card"))
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, look.mm(1.8), look.mm(1.8))
        if not self.has_picture:
            font = look.font(CAPITAL_NOTE_MM)
            rect = QRectF(self.rect()).adjusted(look.mm(4), 0, -look.mm(4), 0)
            painter.setFont(font)
            painter.setPen(look.color("muted"))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._placeholder)
        else:
            painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
            rect = self.picture_rect()
            if self._svg is not None:
                self._svg.render(painter, rect)
            elif self._pixmap is not None:
                painter.drawPixmap(rect, self._pixmap, QRectF(self._pixmap.rect()))
            for region in self._highlighted:
                paint_region(painter, look, rect, region, self.width())
            for callout in self._callouts:
                paint_callout(painter, look, rect, callout, self.width())
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), look.mm(1.8), look.mm(1.8))
        painter.end()

    def _shown(self, description: str) -> None:
        self.setAccessibleName(description or self._placeholder)
        self._place_buttons()
        self.fit()

    def _limit_shift(self) -> None:
        self._keep_inside()
        self._moved()

    def _moved(self) -> None:
        self.update()
        if self.width() and self.height():
            shift = QPointF(self._shift.x() / self.width(), self._shift.y() / self.height())
            self.view_changed.emit(self._zoom, shift)

    def _keep_inside(self) -> None:
        reach_x = self.width() * (self._zoom - 1) / 2
        reach_y = self.height() * (self._zoom - 1) / 2
        self._shift.setX(min(reach_x, max(-reach_x, self._shift.x())))
        self._shift.setY(min(reach_y, max(-reach_y, self._shift.y())))
