"""What several widgets do alike: emptying a layout, and a part that scrolls up and down."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget


def clear(layout: QLayout) -> None:
    """Take everything out: the widgets in it are hidden at once, for they are deleted only with the next events."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def scrolled(inner: QWidget) -> QScrollArea:
    """The widget where there may be too little height for it, without a frame or a ground of its own.

    What is inside takes the keys, and scrolls into sight by itself.
    """
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for part in (inner, area.viewport()):
        part.setAutoFillBackground(False)
    return area
