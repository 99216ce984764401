"""Nobody has touched anything for a while: the station signs the person out, the view stays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget

_SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel}
)


class IdleWatch(QObject):
    """Emits ``idle`` after ``idle_s`` seconds without a key or a touch in the window.

    It looks at what the window system hands to the window, not at every event of every widget: those are thousands a
    second while trends are drawn.
    """

    idle = Signal()

    def __init__(self, idle_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watched: QWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(int(idle_s * 1000))
        self._timer.timeout.connect(self.idle)

    def start(self, window: QWidget) -> None:
        """Begin to watch a window that has been shown."""
        self._watched = window.windowHandle()
        if self._watched is not None:
            self._watched.installEventFilter(self)
        self._timer.start()

    def touched(self) -> None:
        """A sign of life that is no event of the window: a scan over a serial line."""
        if self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every key and touch begins the time anew; nothing is kept from its receiver."""
        if event.type() in _SIGNS_OF_LIFE:
            self._timer.start()
        return False
