"""The second crossing between threads, made of Qt: calls from any thread run in the main thread, in order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class QtPost(QObject):
    """A services.posting.Post: call it with a callable, and Qt's event loop runs that in this object's thread.

    Created in the main thread. After :meth:`close` calls are dropped, because what they would touch is gone.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def __call__(self, call: Callable[[], None]) -> None:
        """Post a call from any thread."""
        if self._open:
            self._posted.emit(call)

    def close(self) -> None:
        """Take no more calls; what is queued already is dropped when its turn comes."""
        self._open = False

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        if self._open:
            call()
