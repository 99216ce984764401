"""A panel that lies over a whole window, dims it, keeps the keys inside and goes away with Esc."""

from __future__ import annotations

from typing import ClassVar

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.theme import CAPITAL_HEADING_MM, Look


def open_overlays(window: QWidget) -> list[Overlay]:
    """The panels that lie over a window. They are its own children: the many below the pages are not looked through."""
    own = window.findChildren(Overlay, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [overlay for overlay in own if overlay.isVisible()]


class Overlay(QWidget):
    """Base of sheets and dialogs. It is a child of the window, never a second one: no focus is lost to the
    desktop, and machine values go on behind it. `open_on(window)` shows it, `dismiss()` takes it away.
    """

    opened = Signal()
    dismissed = Signal()
    part_of_work: ClassVar[bool] = False
    """Whether who looks at it goes on with the work behind it, as at an enlarged picture of it."""

    def __init__(self, look: Look, *, full: bool = False, width_mm: float = 190) -> None:
        super().__init__()
        self.look = look
        self._full, self._width_mm = full, width_mm
        self._before: QWidget | None = None
        self.panel = QWidget(self)
        self.content = QVBoxLayout(self.panel)
        margin = look.mm(8)
        self.content.setContentsMargins(margin, margin, margin, margin)
        self.content.setSpacing(look.mm(4))
        self.hide()

    def add_heading(self, text: str) -> None:
        """What the panel is about, at its head; a long one takes a second line instead of losing its end."""
        heading = QLabel(text)
        heading.setWordWrap(True)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setFont(self.look.bold(CAPITAL_HEADING_MM * 0.9))
        heading.setStyleSheet(f"color: {self.look.theme.text};")
        self.content.addWidget(heading)

    def open_on(self, window: QWidget) -> None:
        """Lie over this window and take the keys."""
        self._before = window.focusWidget()
        self.setParent(window)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.reposition()
        self.show()
        self.raise_()
        first = self.first_focus()
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self.opened.emit()

    def open_once(self, window: QWidget) -> None:
        """Lie over this window this one time: the panel is deleted when it goes."""
        self.dismissed.connect(self.deleteLater)
        self.open_on(window)

    def dismiss(self) -> None:
        """Go away and give the keys back."""
        window = self.parentWidget()
        if window is not None:
            window.removeEventFilter(self)
        self.hide()
        before, self._before = self._before, None
        # the page may have been built anew behind the panel: what had the keys is gone then
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.dismissed.emit()

    def first_focus(self) -> QWidget | None:
        """The control that gets the keys first; None: the first in the chain."""
        return next((w for w in self._stops() if w.isEnabled()), None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            parent = self.parentWidget()
            if parent is not None:
                self.setGeometry(parent.rect())
                self.reposition()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; other keys stay inside."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  (Qt's name)
        """Tab goes round inside the panel."""
        stops = self._stops()
        if not stops:
            return False
        here = self.focusWidget()
        at = stops.index(here) if here in stops else (-1 if forward else 0)
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch beside the panel goes back."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window and draw the panel."""
        look = self.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._full:
            painter.fillRect(self.rect(), look.color("page"))
        else:
            painter.fillRect(self.rect(), QColor(15, 22, 30, 130))
            painter.setPen(look.color("line"))
            painter.setBrush(look.color("bar"))
            painter.drawRoundedRect(
                QRectF(self.panel.geometry()).adjusted(0.5, 0.5, -0.5, -0.5), look.mm(2.4), look.mm(2.4)
            )
        painter.end()

    def _stops(self) -> list[QWidget]:
        wanted = Qt.FocusPolicy.TabFocus
        return [
            widget
            for widget in self.panel.findChildren(QWidget)
            if widget.focusPolicy() & wanted and widget.isEnabled() and widget.isVisibleTo(self)
            and not widget.focusProxy()
        ]  # fmt: skip

    def reposition(self) -> None:
        if self._full:
            self.panel.setGeometry(self.rect())
            return
        edge = self.look.mm(4)
        width = min(self.look.mm(self._width_mm), self.width() - 2 * edge)
        self.panel.setFixedWidth(width)
        layout = self.panel.layout()
        assert layout is not None
        layout.activate()
        wanted = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        height = min(wanted, self.height() - 2 * edge)
        self.panel.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)
