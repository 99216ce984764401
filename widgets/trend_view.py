"""A trend of several tags, live and past in one view: filled by the owner, redrawn at its pace, moved by touch and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.theme import Look
from widgets.trend_axis import Arrangement, lanes_of
from widgets.trend_canvas import Band, Frame, Mark, TrendPen
from widgets.trend_captions import TrendCaptions
from widgets.trend_cursors import TrendCursors
from widgets.trend_curve import Curve, Piece, Reading
from widgets.trend_drawing import TrendDrawing
from widgets.trend_hands import TrendHands
from widgets.trend_keys import TrendKeys
from widgets.trend_painter import TrendPainter
from widgets.trend_parts import Array
from widgets.trend_series import Series
from widgets.trend_touch import TouchSurface

CAPACITY: Final = 18_600
"""30 minutes at 10 samples a second, and a little more."""
SHORTEST_WINDOW_S: Final = 0.5
LONGEST_WINDOW_S: Final = 400 * 86_400.0


class _Canvas(TouchSurface):
    """The surface: paints what the view has laid out."""

    def __init__(self, view: TrendView, slop_px: float) -> None:
        super().__init__(slop_px, view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._view.look.color("card"))
        if self._view.frame.lanes:
            self._view.painter.paint(painter)
            self._view.captions.paint(painter)
        if self._view.hasFocus():
            self._view.captions.paint_focus(painter, QRectF(self.rect()))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._view.lay_out()


class TrendView(QWidget):
    """Curves over a stretch of time, one lane for each unit (or all in one), with states as bands.

    The owner appends new samples (`append`, NaN = bad quality), gives stored stretches (`add_piece`) where `missing` says
    that they are wanted, and calls `redraw(now_s)` 10 to 20 times a second; nothing is drawn in between. Dragging, pinching
    or zooming leaves the present; `go_live` returns to it. `compact` is the small form for a card.

    `mark_chosen(number)`, `band_chosen(band)`: a touch on one. `tag_dropped(name)`: a tag was dropped here. `home_wanted()`:
    the person asks for the beginning of what there is.
    """

    live_changed = Signal(bool)
    cursor_moved = Signal(float)
    cursors_changed = Signal()
    range_changed = Signal(float, float)
    mark_chosen = Signal(int)
    band_chosen = Signal(object)
    tag_dropped = Signal(str)
    home_wanted = Signal()

    def __init__(
        self,
        look: Look,
        pens: Sequence[TrendPen],
        *,
        window_s: float = 60.0,
        capacity: int = CAPACITY,
        compact: bool = False,
        now_text: str = "",
        arrangement: Arrangement = Arrangement.STACKED,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        _check(pens)
        self.look = look
        self._capacity = capacity
        self._pens: dict[str, TrendPen] = {}
        self._curves: dict[str, Curve] = {}
        self._names: dict[str, dict[int, str]] = {}
        self._arrangement = arrangement
        self._window_s, self._now_s, self._end_s = window_s, window_s, window_s
        self._live = True
        self._drawn = (0, 0)
        self.frame = Frame(lanes=[], compact=compact, now_text=now_text)
        self.painter = TrendPainter(look, self.frame, self.color_of, self.state_names)
        self.captions = TrendCaptions(look, self.frame, self.painter)
        self._keys = TrendKeys(self)
        self._drawing = TrendDrawing(self.frame, self._curves)
        self.canvas = _Canvas(self, look.mm(2))
        self.cursors = TrendCursors(self)
        self._hands = TrendHands(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if compact else Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(look.mm(18 if compact else 40))
        self.set_pens(pens)

    # -- pens and values in

    def set_pens(self, pens: Sequence[TrendPen]) -> None:
        """Draw these from now on; what is known of those that stay is kept. Raises ValueError for none or two of a key."""
        _check(pens)
        before, axes = self._pens, {axis.unit: axis for lane in self.frame.lanes for axis in lane.axes}
        kept = {p.key: self._curves[p.key] for p in pens if p.key in before and before[p.key].shift_s == p.shift_s}
        curves = {pen.key: kept.get(pen.key) or Curve(self._capacity, pen.shift_s) for pen in pens}
        self._curves.clear()
        self._curves.update(curves)
        self._pens = {pen.key: pen for pen in pens}
        self.frame.lanes = lanes_of(pens, self._arrangement)
        self.frame.lines, self.frame.states, self.frame.chosen_axis = {}, {}, None
        for axis in (axis for lane in self.frame.lanes if not lane.is_states for axis in lane.axes):
            old = axes.get(axis.unit)
            if old is not None and old.held:
                axis.bottom, axis.top, axis.step, axis.held = old.bottom, old.top, old.step, True
        self.setAccessibleName(", ".join(f"{pen.name} {pen.unit}".strip() for pen in pens))
        self.lay_out()

    def set_arrangement(self, arrangement: Arrangement) -> None:
        """Axes below each other, or all over the whole height."""
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self.set_pens(list(self._pens.values()))

    def append(self, key: str, times: Array, values: Array, reason: str = "") -> int:
        """Add samples of one pen (seconds since the epoch, values); `reason` says why NaN ones are bad."""
        return self._curves[key].live.append(times, values, reason)

    def add_piece(self, key: str, piece: Piece) -> None:
        """Give a stored stretch of one pen, in its own times; drawn with the next `redraw`."""
        if key in self._curves:
            self._curves[key].add_piece(piece)

    def missing(self, key: str, start_s: float, end_s: float, spacing_s: float) -> bool:
        """Whether a stretch of a pen is not here, or with points further apart than `spacing_s`. Times of the picture."""
        return self._curves[key].missing(start_s, end_s, spacing_s)

    def set_state_names(self, key: str, names: Mapping[int, str]) -> None:
        """What the numbers of a pen of states stand for."""
        self._names[key] = dict(names)

    def clear(self) -> None:
        """Forget all samples."""
        for curve in self._curves.values():
            curve.live.clear()
            curve.forget()

    def set_limits(self, key: str, lower: float | None, upper: float | None) -> None:
        """Other limits of one pen, for example those of the step that has begun."""
        pen = self._pens[key]
        if (pen.lower_limit, pen.upper_limit) == (lower, upper):
            return
        changed = self._pens[key] = replace(pen, lower_limit=lower, upper_limit=upper)
        for axis in (axis for lane in self.frame.lanes for axis in lane.axes):
            axis.pens = [changed if other is pen else other for other in axis.pens]
        self.canvas.update()

    def set_bands(self, *rows: Sequence[Band]) -> None:
        """Names over stretches of time; the first row is drawn larger (units), the next smaller (steps)."""
        before = len(self.frame.bands)
        self.frame.bands = tuple(tuple(row) for row in rows)
        self._place_again(len(rows) != before)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Events on the marks' row."""
        before = bool(self.frame.marks)
        self.frame.marks = tuple(marks)
        self._place_again(bool(marks) != before)

    # -- what is shown

    @property
    def pens(self) -> tuple[TrendPen, ...]:
        """The pens that are drawn."""
        return tuple(self._pens.values())

    @property
    def arrangement(self) -> Arrangement:
        """How the axes lie."""
        return self._arrangement

    @property
    def is_live(self) -> bool:
        """Whether the right end follows the present."""
        return self._live

    @property
    def window_s(self) -> float:
        """How much time is shown."""
        return self._window_s

    @property
    def span_s(self) -> tuple[float, float]:
        """From when until when."""
        return self._end_s - self._window_s, self._end_s

    @property
    def columns(self) -> int:
        """How many pixels a lane is wide."""
        return max(50, int(self.frame.lanes[0].rect.width()))

    @property
    def cursors_s(self) -> tuple[float, ...]:
        """Where the cursors are: none, one or two."""
        return self.cursors.times_s

    @property
    def nbytes(self) -> int:
        """Bytes held for live samples; constant."""
        return sum(curve.live.nbytes for curve in self._curves.values())

    def color_of(self, key: str) -> str:
        """The pen's colour, for a legend."""
        if self._pens[key].color:
            return self._pens[key].color
        colors = self.look.theme.pens
        return colors[list(self._pens).index(key) % len(colors)]

    def style_of(self, key: str) -> Qt.PenStyle:
        """The pen's dashes, for a legend."""
        return self.painter.style_of(self._pens[key])

    def state_names(self, key: str) -> Mapping[int, str]:
        """What the numbers of a pen of states stand for."""
        return self._names.get(key, {})

    def series(self, key: str) -> Series:
        """The live samples of one pen."""
        return self._curves[key].live

    def curve(self, key: str) -> Curve:
        """All that is known of one pen."""
        return self._curves[key]

    def drawn_counts(self) -> tuple[int, int]:
        """(points drawn, samples they stand for) of the last redraw."""
        return self._drawn

    def values_at(self, time_s: float) -> dict[str, Reading]:
        """What each pen says of an instant; inside a gap why, since when and until when."""
        return {key: curve.reading(time_s) for key, curve in self._curves.items()}

    def extremes_between(self, key: str, start_s: float, end_s: float) -> tuple[float, float] | None:
        """The lowest and highest value of a pen between two instants, as far as it is drawn."""
        return self._curves[key].parts(start_s, end_s, self.columns).between(start_s, end_s).extremes()

    def redraw(self, now_s: float) -> None:
        """Draw the window that ends at `now_s` (or where the person has moved to)."""
        self._now_s = now_s
        if self._live:
            self._end_s = now_s
        frame = self.frame
        frame.start_s, frame.end_s = self._end_s - self._window_s, self._end_s
        frame.now_s = now_s
        self._drawn = self._drawing.draw(self.columns)
        self.cursors.refresh()
        self.canvas.update()

    def lay_out(self) -> None:
        """Place the lanes anew and draw; the number of pixel columns may have changed."""
        if self.frame.lanes:
            self.frame.place(self.look, self.canvas.width(), self.canvas.height())
            self.redraw(self._now_s)

    def sizeHint(self) -> QSize:
        """A card's width and 26 mm, or a page's worth."""
        mm = self.look.mm
        return QSize(mm(76), mm(26)) if self.frame.compact else QSize(mm(240), mm(120))

    # -- moving through time

    def set_window(self, seconds: float) -> None:
        """How much time is shown; the right end stays."""
        self._window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, seconds))
        self._refresh_range()

    def show_span(self, start_s: float, end_s: float) -> None:
        """Leave the present and show a stretch of time."""
        self._window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, end_s - start_s))
        self._end_s = end_s
        self._set_live(False)
        self._refresh_range()

    def show_instant(self, time_s: float) -> None:
        """Leave the present, put `time_s` in the middle and the cursor on it (alarm -> trend).

        What lies after the present stays empty, so that the picture does not slide away under the eyes.
        """
        self.show_span(time_s - self._window_s / 2, time_s + self._window_s / 2)
        self.set_cursor(time_s)

    def count_from(self, zero_s: float | None) -> None:
        """Tell times from an instant on; None: by the clock."""
        self.frame.zero_s = zero_s
        self.canvas.update()

    def go_live(self) -> None:
        """Follow the present again."""
        self.set_cursor(None)
        self._set_live(True)
        self._refresh_range()

    def move_time(self, share: float) -> None:
        """Move by a part of the window; positive is later. Not beyond the present."""
        end_s = self._end_s + self._window_s * share
        live = end_s >= self._now_s
        self._end_s = min(end_s, self._now_s)
        self._set_live(live)
        self._refresh_range()

    def zoom(self, factor: float, at_px: float | None = None) -> None:
        """Multiply the window by `factor` around a place (the right end when live, else the middle)."""
        before = self._window_s
        self._window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, before * factor))
        if not self._live:
            rect = self.frame.lanes[0].rect
            share = 0.5 if at_px is None else (at_px - rect.left()) / max(1.0, rect.width())
            self._end_s += (self._window_s - before) * (1 - min(1.0, max(0.0, share)))
        self._refresh_range()

    def set_cursor(self, time_s: float | None) -> None:
        """Put the one cursor on an instant, or take all away."""
        self.cursors.put(() if time_s is None else (time_s,))

    # -- keys and what is dropped

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of `trend_keys`; others go on."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    @property
    def takes_tags(self) -> bool:
        """Whether tags can be dropped here: not on the small form."""
        return not self.frame.compact

    def drop_tag(self, name: str) -> None:
        """A tag was dropped here: its owner adds the pen."""
        self.tag_dropped.emit(name)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.canvas.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus has gone."""
        self.canvas.update()

    # -- inside

    def _place_again(self, changed: bool) -> None:
        if changed:
            self.lay_out()
        self.canvas.update()

    def _set_live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            self.live_changed.emit(live)

    def _refresh_range(self) -> None:
        self.redraw(self._now_s)
        self.range_changed.emit(*self.span_s)


def _check(pens: Sequence[TrendPen]) -> None:
    if not pens:
        raise ValueError("a trend needs at least one pen")
    if len({pen.key for pen in pens}) != len(pens):
        raise ValueError(f"two pens have one key: {[pen.key for pen in pens]}")
