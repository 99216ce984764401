"""What hands do to a trend: scroll and zoom time, move and stretch an axis, hold a cursor, open a mark or a band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from widgets.trend_axis import Axis

if TYPE_CHECKING:
    from widgets.trend_view import TrendView


class TrendHands:
    """Hears the view's surface. Beside the lanes a movement is the axis' that is touched, elsewhere it is time's."""

    def __init__(self, view: TrendView) -> None:
        self._view = view
        self._axis: Axis | None = None
        self._cursor: int | None = None
        canvas = view.canvas
        canvas.pressed.connect(lambda: view.setFocus(Qt.FocusReason.MouseFocusReason))
        canvas.tapped.connect(self._tap)
        canvas.drag_began.connect(self._grasp)
        canvas.dragged.connect(self._drag)
        canvas.drag_ended.connect(self._let_go)
        canvas.zoomed.connect(self._zoom)

    def _tap(self, at: QPointF) -> None:
        """A mark or band opens, an axis follows its values again; elsewhere a cursor goes there."""
        view, frame, look = self._view, self._view.frame, self._view.look
        mark = None if frame.compact else frame.mark_at(look, at)
        band = None if frame.compact else frame.band_at(look, at)
        axis = frame.axis_at(look, at)
        if mark is not None:
            view.mark_chosen.emit(mark)
        elif band is not None:
            view.band_chosen.emit(band)
        elif axis is not None:
            axis.release()
            view.lay_out()
        else:
            view.cursors.touch(frame.time_at(at.x()))

    def _grasp(self, at: QPointF) -> None:
        view = self._view
        self._axis = view.frame.axis_at(view.look, at)
        # a single cursor goes where one taps; held, it would be in the way of scrolling
        self._cursor = view.frame.cursor_at(view.look, at.x()) if view.cursors.two else None

    def _drag(self, at: QPointF, moved: QPointF) -> None:
        view = self._view
        if view.frame.compact:
            return
        if self._axis is not None:
            self._axis.pan(moved.y() / max(1.0, view.frame.lane_at(at.y()).rect.height()))
            view.lay_out()
        elif self._cursor is not None:
            view.cursors.place(self._cursor, view.frame.time_at(at.x()))
        elif moved.x():
            view.move_time(-moved.x() / max(1.0, view.frame.lanes[0].rect.width()))

    def _let_go(self) -> None:
        self._axis = self._cursor = None

    def _zoom(self, factor: float, at: QPointF) -> None:
        view = self._view
        axis = self._axis or view.frame.axis_at(view.look, at)
        if view.frame.compact:
            return
        if axis is None:
            view.zoom(factor, at.x())
            return
        rect = view.frame.lane_at(at.y()).rect
        axis.zoom(factor, min(1.0, max(0.0, (rect.bottom() - at.y()) / max(1.0, rect.height()))))
        view.lay_out()
