"""A trend by keys alone: time, values, cursors and the present."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from widgets.trend_axis import Axis

if TYPE_CHECKING:
    from widgets.trend_view import TrendView

STEP: Final = 0.1
CLOSER: Final = 0.8


class TrendKeys:
    """What each key does to a `TrendView`.

    Left, Right: a tenth of the window (with Ctrl: the cursor by a pixel, with Shift by ten). Page Up, Page Down: a window.
    Home, End: the beginning, the present; L too. Plus, Minus: time (with Ctrl: the chosen axis). Up, Down: the chosen axis; V
    chooses the next one, A lets all follow their values. C: a cursor, two, none; X the other one.
    """

    def __init__(self, view: TrendView) -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Do it; False when the key means nothing here."""
        if self._view.frame.compact:
            return False
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._sideways(-1 if event.key() == Qt.Key.Key_Left else 1, control, event.modifiers())
            return True
        return self._time(event.key(), control) or self._axis(event.key()) or self._cursor(event.key())

    def _sideways(self, direction: int, control: bool, modifiers: Qt.KeyboardModifier) -> None:
        if control:
            far = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._view.cursors.move(direction * (10 if far else 1))
        else:
            self._view.move_time(direction * STEP)

    def _time(self, key: int, control: bool) -> bool:
        view = self._view
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            view.move_time(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / CLOSER if key == Qt.Key.Key_Minus else CLOSER
            if control:
                self._chosen().zoom(factor)
                view.lay_out()
            else:
                view.zoom(factor)
        elif key in (Qt.Key.Key_End, Qt.Key.Key_L):
            view.go_live()
        elif key == Qt.Key.Key_Home:
            view.home_wanted.emit()
        else:
            return False
        return True

    def _axis(self, key: int) -> bool:
        view = self._view
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._chosen().pan(STEP if key == Qt.Key.Key_Up else -STEP)
        elif key == Qt.Key.Key_V:
            axes = self._axes()
            chosen = view.frame.chosen_axis
            view.frame.chosen_axis = (
                axes[(axes.index(chosen) + 1) % len(axes) if chosen in axes else 0] if axes else None
            )
        elif key == Qt.Key.Key_A:
            for axis in self._axes():
                axis.release()
            view.frame.chosen_axis = None
        else:
            return False
        view.lay_out()
        return True

    def _cursor(self, key: int) -> bool:
        if key == Qt.Key.Key_C:
            self._view.cursors.add()
        elif key == Qt.Key.Key_X:
            self._view.cursors.take_other()
        else:
            return False
        return True

    def _axes(self) -> list[Axis]:
        return [axis for lane in self._view.frame.lanes if not lane.is_states for axis in lane.axes]

    def _chosen(self) -> Axis:
        axes = self._axes()
        chosen = self._view.frame.chosen_axis
        return chosen if chosen is not None else axes[0] if axes else Axis("", [])
