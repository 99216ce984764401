"""Nobody has touched anything for a while: the station signs the person out, the view stays."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

_SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel}
)


class IdleWatch(QObject):
    """Emits ``idle`` after ``idle_s`` seconds without a key or a touch anywhere in the application."""

    idle = Signal()

    def __init__(self, idle_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(int(idle_s * 1000))
        self._timer.timeout.connect(self.idle)

    def start(self) -> None:
        """Begin to watch."""
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every key and touch begins the time anew; nothing is kept from its receiver."""
        if event.type() in _SIGNS_OF_LIFE:
            self._timer.start()
        return False
