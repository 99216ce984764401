"""One plain observer list: who wants to know that something changed."""

from __future__ import annotations

from collections.abc import Callable


class Notice:
    """Something happened; everyone who subscribed is called, in order, on the caller's thread (the main thread)."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` from now on; the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def tell(self) -> None:
        """Call every listener."""
        for listener in list(self._listeners):
            listener()
