"""A finger on the screen: real touch events at the middle of what is touched, never the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from widgets.buttons import BigButton
from widgets.keypad import Keypad
from widgets.theme import Look

SMALLEST_MM = 15.0


class Finger:
    """Touches widgets of a window; ``settled`` is called after every touch. ``too_small`` gathers targets under 15 mm."""

    def __init__(self, window: QWidget, look: Look, settled: Callable[[], object] = lambda: None) -> None:
        self._window, self._settled, self._smallest_px = window, settled, look.mm(SMALLEST_MM)
        self._screen: QPointingDevice = QTest.createTouchDevice()
        self.too_small: list[str] = []

    def touch(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Down and up again at the middle, or at a place; the window finds out what lies there."""
        assert widget.isVisible() and widget.isEnabled(), widget.accessibleName()
        place = widget.mapTo(self._window, widget.rect().center() if at is None else at)
        assert self._window.rect().contains(place), f"{widget.accessibleName()} lies outside the window"
        if at is None:
            self._measure(widget)
        QTest.touchEvent(self._window, self._screen).press(0, place, self._window).commit()
        QTest.touchEvent(self._window, self._screen).release(0, place, self._window).commit()
        self._settled()

    def button(self, text: str) -> BigButton:
        """The visible button that says this."""
        buttons = [b for b in self._window.findChildren(BigButton) if b.isVisible()]
        return next(b for b in buttons if text in (b.caption(), b.accessibleName()))

    def press(self, text: str) -> None:
        """Touch the button that says this."""
        self.touch(self.button(text))

    def key_in(self, keypad: Keypad, text: str) -> None:
        """Touch the keys of a keypad one after the other."""
        for character in text:
            self.touch(keypad.button(character))

    def _measure(self, widget: QWidget) -> None:
        smaller_px = min(widget.width(), widget.height())
        if smaller_px < self._smallest_px:
            name = widget.accessibleName() or type(widget).__name__
            self.too_small.append(f"{name}: {smaller_px * SMALLEST_MM / self._smallest_px:.1f} mm")
