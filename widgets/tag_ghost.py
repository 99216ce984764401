"""A tag on its way from a list to a trend: a label under the pointer, dropped where it is let go.

Qt's own QDrag runs an event loop of its own until the drop, on Windows the system's. Here there is none: the label hears the
mouse, so timers, samples and commits go on as always. What takes tags is a widget with ``drop_tag(name)``.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, Look

_BUTTONS = (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_LEFT = (QEvent.Type.WindowDeactivate, QEvent.Type.Hide)
HEIGHT_MM = 12.0
MARK_MM = 5.0


@runtime_checkable
class TakesTags(Protocol):
    """A widget that a tag can be dropped on, while it takes any."""

    @property
    def takes_tags(self) -> bool: ...

    def drop_tag(self, name: str) -> None: ...


class TagGhost(QWidget):
    """The label of one tag. `ended(dropped)`: it was let go, on something that takes tags or not; then it goes away.

    Esc, another button and the loss of the window end it without a drop.
    """

    ended = Signal(bool)

    def __init__(self, look: Look, tag: str, title: str, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._tag, self._title = look, tag, title
        self._font = look.font(CAPITAL_BODY_MM)
        self._is_over = False
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(self.sizeHint())
        self._going = False

    def begin(self, at: QPoint) -> None:
        """Appear under the pointer (a point of the screen) and hear the mouse and the keys."""
        self._going = True
        # no grab: whose mouse it is after what was pressed has been hidden differs from platform to platform
        _application().installEventFilter(self)
        self._move(at)
        self.show()
        self.raise_()

    def sizeHint(self) -> QSize:
        """As wide as its text."""
        mm = self._look.mm
        return QSize(round(text_width(self._title, self._font)) + mm(MARK_MM + 9), mm(HEIGHT_MM))

    def target_at(self, at: QPoint) -> TakesTags | None:
        """What takes tags at a point of the screen."""
        window = self.window()
        found: QWidget | None = window.childAt(window.mapFromGlobal(at))
        while found is not None and not (isinstance(found, TakesTags) and found.takes_tags):
            found = found.parentWidget()
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse and Esc are the label's while it is carried: what lies below hears neither, and a scan goes its way."""
        kind = event.type()
        if not self._going or not watched.isWidgetType():
            return False
        if kind is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._move(event.globalPosition().toPoint())
            return True
        if kind in _BUTTONS and isinstance(event, QMouseEvent):
            let_go = kind is QEvent.Type.MouseButtonRelease and event.button() is Qt.MouseButton.LeftButton
            self._end(self.target_at(event.globalPosition().toPoint()) if let_go else None)
            return True
        if kind in _KEYS and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            if kind is QEvent.Type.KeyPress:
                self._end(None)
            return True
        if kind in _LEFT and watched is self.window():
            self._end(None)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """A label; a plus where it would be taken."""
        look, rect = self._look, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("primary" if self._is_over else "strong_line"), max(2, look.mm(0.5))))
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(rect, look.mm(1.6), look.mm(1.6))
        side = look.mm(MARK_MM)
        place = QRectF(rect.left() + look.mm(2.4), rect.center().y() - side / 2, side, side)
        paint_shape(painter, Shape.CHECK if self._is_over else Shape.RING, place, look.color("second"))
        text = rect.adjusted(look.mm(2.4 + MARK_MM + 2), 0, -look.mm(2), 0)
        paint_line(painter, text, self._title, self._font, look.color("text"))
        painter.end()

    def _move(self, at: QPoint) -> None:
        window = self.window()
        # beside the finger, not under it
        self.move(window.mapFromGlobal(at) + QPoint(self._look.mm(3), -self.height() - self._look.mm(3)))
        is_over = self.target_at(at) is not None
        if is_over != self._is_over:
            self._is_over = is_over
            self.update()

    def _end(self, target: TakesTags | None) -> None:
        if not self._going:
            return
        self._going = False
        _application().removeEventFilter(self)
        self.hide()
        self.deleteLater()
        self.ended.emit(target is not None)
        if target is not None:
            target.drop_tag(self._tag)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
