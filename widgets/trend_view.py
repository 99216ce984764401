"""A live trend of several tags: appended by the owner, redrawn at its pace, moved by touch and keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QVBoxLayout, QWidget

from widgets.text import Run, Text
from widgets.theme import Look
from widgets.trend_canvas import Band, Frame, Lane, Mark, TrendPainter, TrendPen
from widgets.trend_series import Array, Series, decimate, nice_range
from widgets.trend_time import exact_text

CAPACITY: Final = 18_600
"""30 minutes at 10 samples a second, and a little more."""
SHORTEST_WINDOW_S: Final = 2.0
LONGEST_WINDOW_S: Final = 1800.0


class _Canvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The surface: curves by pyqtgraph, everything else by `TrendPainter`; touches go to the view."""

    def __init__(self, view: TrendView) -> None:
        self._view = view
        super().__init__(parent=view, show=False)
        self.setBackground(view.look.theme.card)
        # grid and gaps are painted as background and move with every frame: they must not be cached
        self.setCacheMode(pg.QtWidgets.QGraphicsView.CacheModeFlag.CacheNone)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802  (Qt's name)
        super().drawBackground(painter, rect)
        self._view.painter.paint_behind(painter)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802  (Qt's name)
        self._view.painter.paint_above(painter)
        if self._view.hasFocus():
            self._view.painter.paint_focus(painter, QRectF(self.viewport().rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._view.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._view.drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._view.release(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._view.zoom(math.pow(0.9985, event.angleDelta().y()), event.position().x())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.Gesture and isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._view.pinch(pinch.scaleFactor(), pinch.centerPoint())
                return True
        return bool(super().viewportEvent(event))


class TrendView(QWidget):
    """Curves over the last seconds or minutes, one lane for each unit.

    The owner appends samples (`append`, NaN = bad quality) and calls `redraw(now_s)` 10 to 20 times a second;
    nothing is drawn in between. Dragging, pinching or zooming leaves the present; `go_live` returns to it.
    `compact` is the small form for a card: no axis texts but the two ends.
    """

    live_changed = Signal(bool)
    cursor_moved = Signal(float)
    range_changed = Signal(float, float)

    def __init__(
        self,
        look: Look,
        pens: Sequence[TrendPen],
        *,
        window_s: float = 60.0,
        capacity: int = CAPACITY,
        compact: bool = False,
        now_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not pens:
            raise ValueError("a trend needs at least one pen")
        if len({pen.key for pen in pens}) != len(pens):
            raise ValueError(f"two pens have one key: {[pen.key for pen in pens]}")
        self.look = look
        self._pens = {pen.key: pen for pen in pens}
        self._series = {pen.key: Series(capacity) for pen in pens}
        self._window_s, self._now_s, self._end_s = window_s, window_s, window_s
        self._live = True
        self._pressed: QPointF | None = None
        self._dragged = False
        self._drawn = (0, 0)
        self._curves: dict[str, Any] = {}
        self.frame = Frame(lanes=[], compact=compact, now_text=now_text)
        self.painter = TrendPainter(look, self.frame, self.color_of)
        self._canvas = _Canvas(self)
        self._build_lanes()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if compact else Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(", ".join(f"{pen.name} {pen.unit}".strip() for pen in pens))
        self.setMinimumHeight(look.mm(18 if compact else 40))

    # -- values in

    def append(self, key: str, times: Array, values: Array, reason: str = "") -> int:
        """Add samples of one pen (seconds since the epoch, values); `reason` says why NaN ones are bad."""
        return self._series[key].append(times, values, reason)

    def clear(self) -> None:
        """Forget all samples."""
        for series in self._series.values():
            series.clear()

    def set_limits(self, key: str, lower: float | None, upper: float | None) -> None:
        """Other limits of one pen, for example those of the step that has begun."""
        pen = self._pens[key]
        if (pen.lower_limit, pen.upper_limit) == (lower, upper):
            return
        changed = self._pens[key] = replace(pen, lower_limit=lower, upper_limit=upper)
        for lane in self.frame.lanes:
            lane.pens = [changed if other is pen else other for other in lane.pens]
        self._canvas.viewport().update()

    def set_bands(self, *rows: Sequence[Band]) -> None:
        """Names over stretches of time; the first row is drawn larger (units), the next smaller (steps)."""
        before = len(self.frame.bands)
        self.frame.bands = tuple(tuple(row) for row in rows)
        if len(rows) != before:
            self._set_margins()
        self._canvas.viewport().update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Events on the marks' row."""
        before = bool(self.frame.marks)
        self.frame.marks = tuple(marks)
        if bool(marks) != before:
            self._set_margins()
        self._canvas.viewport().update()

    def set_window(self, seconds: float) -> None:
        """How much time is shown: 2 s to 30 minutes; the right end stays."""
        self._window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, seconds))
        self.redraw(self._now_s)

    def show_instant(self, time_s: float) -> None:
        """Leave the present, put `time_s` in the middle and the cursor on it (alarm -> trend).

        What lies after the present stays empty, so that the picture does not slide away under the eyes.
        """
        self._end_s = time_s + self._window_s / 2
        self._set_live(False)
        self._refresh_range()
        self.set_cursor(time_s)

    def go_live(self) -> None:
        """Follow the present again."""
        self.frame.cursor_s = None
        self._set_live(True)
        self.redraw(self._now_s)

    def set_cursor(self, time_s: float | None) -> None:
        """Put the cursor line on an instant, or take it away."""
        self.frame.cursor_s = time_s
        self.frame.cursor_lines = () if time_s is None else tuple(self._cursor_lines(time_s))
        if time_s is not None:
            self.cursor_moved.emit(time_s)
        self._canvas.viewport().update()

    # -- what is shown

    @property
    def is_live(self) -> bool:
        """Whether the right end follows the present."""
        return self._live

    @property
    def window_s(self) -> float:
        """How much time is shown."""
        return self._window_s

    @property
    def nbytes(self) -> int:
        """Bytes held for samples; constant."""
        return sum(series.nbytes for series in self._series.values())

    def color_of(self, key: str) -> str:
        """The pen's colour, for a legend."""
        if self._pens[key].color:
            return self._pens[key].color
        colors = self.look.theme.pens
        return colors[list(self._pens).index(key) % len(colors)]

    def style_of(self, key: str) -> Qt.PenStyle:
        """The pen's dashes, for a legend."""
        return self.painter.style_of(self._pens[key])

    def series(self, key: str) -> Series:
        """The samples of one pen."""
        return self._series[key]

    def drawn_counts(self) -> tuple[int, int]:
        """(points drawn, samples in the window) of the last redraw."""
        return self._drawn

    def values_at(self, time_s: float) -> dict[str, tuple[float, str]]:
        """Each pen's value at an instant; NaN with its reason inside a gap."""
        found = {}
        for key, series in self._series.items():
            at = series.nearest(time_s)
            value = math.nan if at is None else at[1]
            reason = ""
            if math.isnan(value):
                reason = next((gap.reason for gap in series.gaps(time_s - 1e-6, time_s + 1e-6)), "")
            found[key] = (value, reason)
        return found

    def redraw(self, now_s: float) -> None:
        """Draw the window that ends at `now_s` (or where the person has moved to)."""
        self._now_s = now_s
        if self._live:
            self._end_s = now_s
        frame = self.frame
        frame.start_s, frame.end_s = self._end_s - self._window_s, self._end_s
        frame.now_s = now_s
        drawn = samples = 0
        for lane in frame.lanes:
            columns = max(50, int(lane.rect().width()))
            low, high = math.inf, -math.inf
            lane.gaps = []
            for pen in lane.pens:
                series = self._series[pen.key]
                times, values = series.window(frame.start_s, frame.end_s)
                samples += times.size
                times, values = decimate(times, values, frame.start_s, frame.end_s, columns)
                drawn += times.size
                # times relative to the right end: the view's range stays the same from frame to frame
                self._curves[pen.key].setData(times - frame.end_s, values)
                lane.gaps += series.gaps(frame.start_s, frame.end_s)
                good = values[np.isfinite(values)]
                if good.size:
                    low, high = min(low, float(np.min(good))), max(high, float(np.max(good)))
            self._scale(lane, low, high)
        self._drawn = (drawn, samples)
        self._canvas.viewport().update()

    def sizeHint(self) -> QSize:
        """A card's width and 24 mm, or a page's worth."""
        mm = self.look.mm
        return QSize(mm(76), mm(26)) if self.frame.compact else QSize(mm(240), mm(120))

    # -- touch, mouse, keys

    def press(self, at: QPointF) -> None:
        """A finger or the mouse goes down."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed, self._dragged = at, False

    def drag(self, at: QPointF) -> None:
        """It moves: scroll through time."""
        if self._pressed is None or self.frame.compact:
            return
        distance = at.x() - self._pressed.x()
        if not self._dragged and abs(distance) < self.look.mm(2):
            return
        self._dragged = True
        per_px = self._window_s / max(1.0, self.frame.lanes[0].rect().width())
        self._pressed = at
        self._set_end(self._end_s - distance * per_px)

    def release(self, at: QPointF) -> None:
        """It goes up: a touch without movement sets the cursor."""
        if self._pressed is not None and not self._dragged:
            self.set_cursor(self.frame.time_at(at.x()))
        self._pressed = None

    def zoom(self, factor: float, at_px: float | None = None) -> None:
        """Multiply the window by `factor` around a place (the right end when live, else default middle)."""
        if self.frame.compact:
            return
        before = self._window_s
        self._window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, before * factor))
        if not self._live:
            rect = self.frame.lanes[0].rect()
            share = 0.5 if at_px is None else (at_px - rect.left()) / max(1.0, rect.width())
            self._end_s += (self._window_s - before) * (1 - min(1.0, max(0.0, share)))
        self._refresh_range()

    def pinch(self, scale: float, center: QPointF) -> None:
        """Two fingers: apart shows less time."""
        if scale > 0:
            self.zoom(1 / scale, self._canvas.mapFromGlobal(center.toPoint()).x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right scroll, plus and minus zoom, End goes live."""
        step = self._window_s / 10
        key = event.key()
        if key == Qt.Key.Key_Left:
            self._set_end(self._end_s - step)
        elif key == Qt.Key.Key_Right:
            self._set_end(self._end_s + step)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(0.8 if key == Qt.Key.Key_Plus else 1.25)
        elif key == Qt.Key.Key_End:
            self.go_live()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self._canvas.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus has gone."""
        self._canvas.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new width."""
        self.redraw(self._now_s)

    # -- inside

    def _build_lanes(self) -> None:
        units: dict[str, list[TrendPen]] = {}
        for pen in self._pens.values():
            units.setdefault(pen.unit, []).append(pen)
        for row, (unit, pens) in enumerate(units.items()):
            box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
            box.disableAutoRange()
            box.setXRange(-self._window_s, 0, padding=0)
            self._canvas.ci.addItem(box, row=row, col=0)
            box.sigResized.connect(self._on_lane_resized)
            lane = Lane(unit, pens, box)
            self.frame.lanes.append(lane)
            for pen in pens:
                qpen = pg.mkPen(self.color_of(pen.key), width=1, style=self.painter.style_of(pen))
                curve = pg.PlotCurveItem(pen=qpen, connect="finite", antialias=True)
                box.addItem(curve, ignoreBounds=True)
                self._curves[pen.key] = curve
        self._set_margins()

    def _on_lane_resized(self) -> None:
        # the number of pixel columns has changed
        self.redraw(self._now_s)

    def _set_margins(self) -> None:
        left, top, right, bottom = self.painter.margins_px()
        title = self.painter.title_px()
        layout = self._canvas.ci.layout
        layout.setContentsMargins(left, top + title, right, bottom)
        layout.setVerticalSpacing(title)

    def _scale(self, lane: Lane, low: float, high: float) -> None:
        """Widen the axis at once when needed; narrow it only when the data fill less than 40 %."""
        limits = [v for pen in lane.pens for v in (pen.lower_limit, pen.upper_limit) if v is not None]
        low, high = min([low, *limits]), max([high, *limits])
        if math.isinf(low):
            return
        inside = lane.bottom <= low and high <= lane.top
        if not inside or (high - low) < 0.4 * (lane.top - lane.bottom):
            lane.bottom, lane.top, lane.step = nice_range(low, high)
        lane.box.setRange(xRange=(-self._window_s, 0), yRange=(lane.bottom, lane.top), padding=0, update=False)

    def _set_end(self, end_s: float) -> None:
        live = end_s >= self._now_s
        self._end_s = min(end_s, self._now_s)
        self._set_live(live)
        self._refresh_range()

    def _set_live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            self.live_changed.emit(live)

    def _refresh_range(self) -> None:
        self.redraw(self._now_s)
        self.range_changed.emit(self._end_s - self._window_s, self._end_s)

    def _cursor_lines(self, time_s: float) -> list[Text]:
        lines: list[Text] = [exact_text(time_s)]
        for key, (value, reason) in self.values_at(time_s).items():
            pen = self._pens[key]
            shown = f"{value:.4g} {pen.unit}" if not math.isnan(value) else (reason or "—")
            lines.append([Run(f"{pen.name}  "), Run(shown, True)])
        return lines
