"""The sheet of pages: large tiles with an icon, a name and a line of explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from widgets.buttons import BigButton
from widgets.icons import icon_pixmap
from widgets.overlay import Overlay
from widgets.shapes import Shape
from widgets.text import Line, Run, paint_line
from widgets.theme import CAPITAL_HEADING_MM, CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM, Look


@dataclass(frozen=True)
class SheetTile:
    """One page: `icon_name` is a qtawesome name ("mdi6.wrench"), `key_text` the key that opens it ("F2")."""

    page_id: str
    title: str
    icon_name: str = ""
    subtitle: str = ""
    key_text: str = ""
    badge: str = ""
    enabled: bool = True


class TileButton(QPushButton):
    """A large tile of the sheet."""

    def __init__(self, look: Look, tile: SheetTile) -> None:
        super().__init__()
        self._look, self.tile = look, tile
        self.setEnabled(tile.enabled)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(look.mm(84))
        spoken = (tile.title, tile.subtitle, tile.badge, tile.key_text)
        self.setAccessibleName(", ".join(part for part in spoken if part))

    def sizeHint(self) -> QSize:
        """Twice a gloved hand."""
        return QSize(self._look.mm(70), self._look.mm(60))

    def minimumSizeHint(self) -> QSize:
        """Never below 40 mm."""
        return QSize(self._look.mm(45), self._look.mm(40))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the tile as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw panel, icon, title, subtitle, key and badge."""
        look, tile = self._look, self.tile
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        width = max(2.0, look.mm(0.8)) if focus else 1.0
        painter.setPen(QPen(look.color("primary" if focus else "line"), width))
        painter.setBrush(look.color("selected" if self.isDown() else "card"))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), look.mm(2), look.mm(2))
        ink = look.color("text" if tile.enabled else "on_disabled")
        side = look.mm(22)
        block = side + look.mm(3) + look.mm(9) + (look.mm(7) if tile.subtitle else 0)
        top = (self.height() - block) // 2
        if tile.icon_name:
            color = look.color("primary" if tile.enabled else "on_disabled")
            pixmap = icon_pixmap(tile.icon_name, color, side)
            painter.drawPixmap(QRect((self.width() - side) // 2, top, side, side), pixmap)
        margin = look.mm(4)
        middle = Qt.AlignmentFlag.AlignHCenter
        title = QRectF(margin, top + side + look.mm(3), self.width() - 2 * margin, look.mm(9))
        paint_line(painter, title, [Run(tile.title, True)], look.bold(CAPITAL_TITLE_MM + 0.4), ink, middle)
        sub = QRectF(margin, title.bottom(), title.width(), look.mm(7))
        paint_line(painter, sub, tile.subtitle, look.font(CAPITAL_NOTE_MM), look.color("second"), middle)
        key = QRectF(margin, look.mm(2), title.width(), look.mm(7))
        right = Qt.AlignmentFlag.AlignRight
        paint_line(painter, key, tile.key_text, look.font(CAPITAL_NOTE_MM), look.color("muted"), right)
        badge = [Run(tile.badge, True)]
        paint_line(painter, key, badge, look.font(CAPITAL_NOTE_MM), look.color("text"))
        painter.end()


class Sheet(Overlay):
    """All pages this person may open. `chosen(page_id)`; Esc or Back returns."""

    chosen = Signal(str)

    def __init__(self, look: Look, title: str, tiles: Sequence[SheetTile], back_text: str, columns: int = 4) -> None:
        super().__init__(look, full=True)
        head = QHBoxLayout()
        back = BigButton(look, back_text, shape=Shape.BACK, size_mm=TARGET_MM)
        back.clicked.connect(self.dismiss)
        head.addWidget(Line(look, title, bold=True, capital_mm=CAPITAL_HEADING_MM), 1)
        head.addWidget(back)
        self.content.addLayout(head)
        grid = QGridLayout()
        grid.setSpacing(look.mm(5))
        self._tiles = [TileButton(look, tile) for tile in tiles]
        for position, button in enumerate(self._tiles):
            button.clicked.connect(lambda _=False, page=button.tile.page_id: self._choose(page))
            grid.addWidget(button, position // columns, position % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self.content.addSpacing(look.mm(4))
        self.content.addLayout(grid, 100)
        self.content.addStretch(1)
        self.setAccessibleName(title)

    def tiles(self) -> tuple[TileButton, ...]:
        """The tiles in their order."""
        return tuple(self._tiles)

    def first_focus(self) -> QWidget | None:
        """The first tile that may be opened."""
        return next((tile for tile in self._tiles if tile.isEnabled()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between the tiles; Esc goes back."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.focusNextPrevChild(steps[key] > 0)
            return
        super().keyPressEvent(event)

    def _choose(self, page_id: str) -> None:
        self.dismiss()
        self.chosen.emit(page_id)
