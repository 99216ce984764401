"""Thumbnails of what a step has to show: pictures, videos, pages, and good beside bad. A touch shows one large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from widgets.layouts import clear
from widgets.shapes import Shape, paint_shape
from widgets.theme import TARGET_MM, Look

WIDTH_MM, PAIR_MM = 28.0, 50.0


class MediaKind(Enum):
    """How something is shown."""

    PICTURE = "picture"
    VIDEO = "video"
    PAIR = "pair"


@dataclass(frozen=True)
class MediaItem:
    """One thing to look at: what it is and what it is called."""

    title: str
    kind: MediaKind = MediaKind.PICTURE


class Thumbnail(QPushButton):
    """A small picture to press; a pair shows the good one and the bad one with their marks."""

    def __init__(self, look: Look, item: MediaItem) -> None:
        super().__init__()
        self._look, self.item = look, item
        self._pixmaps: dict[int, QPixmap] = {}
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(item.title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        wide = PAIR_MM if item.kind is MediaKind.PAIR else WIDTH_MM
        self.setFixedSize(look.mm(wide), look.mm(TARGET_MM))

    def set_image(self, image: QImage, part: int = 0) -> None:
        """The picture, decoded; part 1 is the bad one of a pair."""
        self._pixmaps[part] = QPixmap.fromImage(image)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, picture or pictures, and marks."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        edge = "primary" if self.isChecked() or self.hasFocus() else "strong_line"
        width = max(2.0, look.mm(0.9 if self.isChecked() else 0.6)) if edge == "primary" else 1.0
        painter.setPen(QPen(look.color(edge), width))
        painter.setBrush(look.color("card"))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, look.mm(1.6), look.mm(1.6))
        inside = QRectF(self.rect()).adjusted(look.mm(1.4), look.mm(1.4), -look.mm(1.4), -look.mm(1.4))
        if self.item.kind is MediaKind.PAIR:
            half = inside.width() / 2
            for part, (shape, color) in enumerate(((Shape.CHECK, "text"), (Shape.CROSS, "alarm"))):
                place = QRectF(inside.left() + part * half, inside.top(), half - look.mm(0.8), inside.height())
                self._paint_part(painter, place, part)
                self._paint_mark(painter, place, shape, color)
        else:
            self._paint_part(painter, inside, 0)
        if self.item.kind is MediaKind.VIDEO:
            side = look.mm(9)
            mark = QRectF(inside.center().x() - side / 2, inside.center().y() - side / 2, side, side)
            paint_shape(painter, Shape.FORWARD, mark, look.color("primary"))
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(1.5, look.mm(0.5)), Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside, look.mm(1), look.mm(1))
        painter.end()

    def _paint_part(self, painter: QPainter, place: QRectF, part: int) -> None:
        pixmap = self._pixmaps.get(part)
        if pixmap is None or pixmap.isNull():
            return
        size = QSize(pixmap.size()).scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(0, 0, size.width(), size.height())
        rect.moveCenter(place.center())
        painter.drawPixmap(rect, pixmap, QRectF(pixmap.rect()))

    def _paint_mark(self, painter: QPainter, place: QRectF, shape: Shape, color: str) -> None:
        side = self._look.mm(6.4)
        circle = QRectF(place.left(), place.bottom() - side, side, side)
        paint_shape(painter, Shape.DOT, circle, self._look.color("card"))
        inset = side * 0.2
        paint_shape(painter, shape, circle.adjusted(inset, inset, -inset, -inset), self._look.color(color))


class MediaStrip(QScrollArea):
    """The thumbnails in a row that scrolls when there are many. `chosen(index)`; with fewer than two it is not there."""

    chosen = Signal(int)

    def __init__(self, look: Look, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(accessible_name)
        self._inner = QWidget()
        self._row = QHBoxLayout(self._inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.mm(3))
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self.thumbnails: list[Thumbnail] = []
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.mm(TARGET_MM) + 2)
        for part in (self._inner, self.viewport()):
            part.setAutoFillBackground(False)
        self.hide()

    def set_items(self, items: Sequence[MediaItem]) -> None:
        """Thumbnails for these, still empty; the first one is chosen."""
        clear(self._row)
        for old in self._group.buttons():
            self._group.removeButton(old)
        self.thumbnails = [Thumbnail(self._look, item) for item in items]
        for index, thumbnail in enumerate(self.thumbnails):
            self._group.addButton(thumbnail, index)
            self._row.addWidget(thumbnail)
        self._row.addStretch(1)
        self.setVisible(len(items) > 1)
        self.show_chosen(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PageUp and PageDown are the owner's."""
        event.ignore()

    def show_chosen(self, index: int) -> None:
        """Mark the one that is shown, and bring it into sight."""
        if 0 <= index < len(self.thumbnails):
            self.thumbnails[index].setChecked(True)
            self.ensureWidgetVisible(self.thumbnails[index], self._look.mm(WIDTH_MM), 0)
