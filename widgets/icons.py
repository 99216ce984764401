"""Icons by their qtawesome names, as pictures."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap


def icon_pixmap(name: str, color: QColor, side_px: int) -> QPixmap:
    """The icon `name` ("mdi6.wrench") in one colour, a square of `side_px`. Raises when qtawesome has no such icon."""
    # loaded with the first icon that is painted: an eighth of a second and more of Qt, which the first page does not need
    import qtawesome

    pixmap: QPixmap = qtawesome.icon(name, color=color).pixmap(QSize(side_px, side_px))
    return pixmap
