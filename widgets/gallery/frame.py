"""What the pages of the gallery are put together in: top bar, middle, columns, and the row of buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.theme import Look
from widgets.top_bar import TopBar


class Page(QWidget):
    """A page with its top bar, its middle and its row of buttons."""

    def __init__(self, look: Look, buttons: Sequence[BigButton] = (), main: BigButton | None = None) -> None:
        super().__init__()
        self.look = look
        self.top_bar = TopBar(look)
        self.middle = QHBoxLayout()
        self.middle.setContentsMargins(0, 0, 0, 0)
        self.middle.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(self.middle, 1)
        if main is not None:
            layout.addWidget(_foot(look, buttons, main))

    def paintEvent(self, event: object) -> None:
        """The page's grey."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("page"))
        painter.end()


def column_of(look: Look, widgets: Sequence[QWidget], width_mm: float = 112) -> QWidget:
    """Widgets below each other, at the right of a page."""
    column = QWidget()
    column.setFixedWidth(look.mm(width_mm + 5))
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, look.mm(5), look.mm(5), look.mm(5))
    layout.setSpacing(look.mm(4))
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return column


def padded(look: Look, content: QWidget | QVBoxLayout | QGridLayout) -> QWidget:
    """The content with room around it."""
    outer = QWidget()
    layout = QVBoxLayout(outer)
    side = look.mm(5)
    layout.setContentsMargins(side, side, side, side)
    if isinstance(content, QWidget):
        layout.addWidget(content)
    else:
        layout.addLayout(content)
    return outer


def _foot(look: Look, buttons: Sequence[BigButton], main: BigButton) -> QWidget:
    foot = _Foot(look)
    layout = QHBoxLayout(foot)
    layout.setContentsMargins(look.mm(5), look.mm(3.6), look.mm(5), look.mm(3.6))
    layout.setSpacing(look.mm(4))
    for button in buttons:
        layout.addWidget(button)
    layout.addStretch(1)
    main.setMinimumWidth(look.mm(90))
    layout.addWidget(main)
    return foot


class _Foot(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(0, 0, self.width(), 1, self._look.color("line"))
        painter.end()
