"""What one drawing of a trend shows, and where on it everything lies: lanes, bands, marks and cursors, in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from widgets.shapes import Shape
from widgets.text import Text
from widgets.theme import Look
from widgets.trend_axis import Axis, place_lanes
from widgets.trend_axis import Lane as Lane
from widgets.trend_axis import TrendPen as TrendPen
from widgets.trend_axis import tick_text as tick_text
from widgets.trend_states import StateSpan

MARKS_MM = 5.0
"""Height of the marks' row: where there are marks, and beside bands always, so that nothing jumps when one comes."""
GUTTER_MM = 15.0
STATES_MM = 7.0
BAND_ROWS_MM = (6.8, 6.0)
BAND_GAP_MM = 0.6
TOP_MM = 1.8
"""Room for the ring of the focus."""
REACH_MM = 5.0
"""How near a touch must come to a mark or a cursor."""


@dataclass(frozen=True)
class Band:
    """A stretch of time with a name at the top: a unit or a step. `end_s` None: still going on. `key` is the owner's."""

    start_s: float
    end_s: float | None
    text: str
    strong: bool = False
    key: str = ""


@dataclass(frozen=True)
class Mark:
    """An event on the marks' row. `color` is a palette name, `key` the owner's name for it."""

    time_s: float
    text: str
    shape: Shape = Shape.SQUARE
    color: str = "running"
    key: str = ""


@dataclass(frozen=True)
class Cursor:
    """A line at an instant, with its name ("A") and what is said beside it."""

    time_s: float
    name: str = ""
    lines: tuple[Text, ...] = ()


@dataclass
class Line:
    """A curve as it is painted; `calm` ones are smooth enough for dashes and soft edges."""

    path: QPainterPath
    calm: bool


@dataclass
class Frame:
    """All that one drawing of the trend shows.

    `zero_s`: times are told from there on instead of by the clock.
    """

    lanes: list[Lane]
    start_s: float = 0.0
    end_s: float = 60.0
    bands: tuple[tuple[Band, ...], ...] = ()
    marks: tuple[Mark, ...] = ()
    cursors: tuple[Cursor, ...] = ()
    lines: dict[str, Line] = field(default_factory=dict)
    states: dict[str, list[StateSpan]] = field(default_factory=dict)
    now_text: str = ""
    compact: bool = False
    now_s: float = math.inf
    zero_s: float | None = None
    chosen_axis: Axis | None = None

    @property
    def lasting_until_s(self) -> float:
        """Where something that goes on ends on the picture: at the present, or at the right edge before it."""
        return min(self.end_s, self.now_s)

    @property
    def area(self) -> QRectF:
        """From the first lane's top to the last one's bottom."""
        return self.lanes[0].rect.united(self.lanes[-1].rect)

    @property
    def gutters(self) -> int:
        """How many axes stand beside each other."""
        return max((len(lane.axes) for lane in self.lanes), default=1)

    def place(self, look: Look, width_px: float, height_px: float) -> None:
        """Lay out the lanes on a canvas of this size."""
        left, top, right, bottom = self.margins_px(look)
        area = QRectF(left, top, max(8.0, width_px - left - right), max(8.0, height_px - top - bottom))
        place_lanes(self.lanes, area, self.title_px(look), look.mm(STATES_MM))

    def margins_px(self, look: Look) -> tuple[int, int, int, int]:
        """Room around the lanes: left for values, top for bands and marks, right, bottom for times."""
        mm = look.mm
        if self.compact:
            return mm(0.2), mm(0.6), mm(0.2), mm(5.6)
        rows = sum(mm(BAND_ROWS_MM[min(row, 1)] + BAND_GAP_MM) for row in range(len(self.bands)))
        top = mm(TOP_MM) + rows + mm(1.5) + (mm(MARKS_MM) if self.marks or self.bands else 0)
        return mm(GUTTER_MM) * self.gutters, top, mm(3), mm(9)

    def title_px(self, look: Look) -> int:
        """Room above each lane for its title."""
        return 0 if self.compact else look.mm(9.4)

    def x(self, time_s: float) -> float:
        """Where an instant lies on the canvas in px."""
        rect = self.lanes[0].rect
        return rect.left() + rect.width() * (time_s - self.start_s) / (self.end_s - self.start_s)

    def time_at(self, x_px: float) -> float:
        """The instant at a place on the canvas."""
        rect = self.lanes[0].rect
        return self.start_s + (self.end_s - self.start_s) * (x_px - rect.left()) / max(1.0, rect.width())

    def band_rect(self, look: Look, row: int, band: Band) -> QRectF:
        """Where a band lies; of no width where it is not in sight."""
        rect = self.lanes[0].rect
        top = look.mm(TOP_MM) + sum(look.mm(BAND_ROWS_MM[min(r, 1)] + BAND_GAP_MM) for r in range(row))
        left = max(rect.left(), self.x(band.start_s))
        right = min(rect.right(), self.x(self.lasting_until_s if band.end_s is None else band.end_s)) - 1
        return QRectF(left, top, max(0.0, right - left), look.mm(BAND_ROWS_MM[min(row, 1)]))

    def mark_rect(self, look: Look, mark: Mark) -> QRectF:
        """Where a mark lies: on a row of its own above the first lane's title, so that it hides no pen's name."""
        side = look.mm(4)
        y = self.lanes[0].rect.top() - self.title_px(look) - look.mm(MARKS_MM) + look.mm(0.4)
        return QRectF(self.x(mark.time_s) - side / 2, y, side, side)

    def band_at(self, look: Look, at: QPointF) -> Band | None:
        """The band at a place of the canvas."""
        for row, bands in enumerate(self.bands):
            for band in bands:
                if self.band_rect(look, row, band).contains(at):
                    return band
        return None

    def mark_at(self, look: Look, at: QPointF) -> int | None:
        """The position of the mark nearest to a place, as far as a fingertip reaches."""
        reach = look.mm(REACH_MM)
        near = [
            (abs(centre.x() - at.x()), number)
            for number, centre in enumerate(self.mark_rect(look, mark).center() for mark in self.marks)
            if abs(centre.x() - at.x()) <= reach and abs(centre.y() - at.y()) <= reach
        ]
        return min(near)[1] if near else None

    def cursor_at(self, look: Look, x_px: float) -> int | None:
        """The position of the cursor near a place."""
        near = [(abs(self.x(cursor.time_s) - x_px), number) for number, cursor in enumerate(self.cursors)]
        near = [found for found in near if found[0] <= look.mm(REACH_MM)]
        return min(near)[1] if near else None

    def lane_at(self, y_px: float) -> Lane:
        """The lane at a height, else the nearest one."""
        return min(self.lanes, key=lambda lane: max(lane.rect.top() - y_px, y_px - lane.rect.bottom(), 0.0))

    def axis_at(self, look: Look, at: QPointF) -> Axis | None:
        """The axis whose values stand at a place beside the lanes; None elsewhere."""
        if self.compact or at.x() >= self.lanes[0].rect.left():
            return None
        lane = self.lane_at(at.y())
        if lane.is_states or not lane.rect.top() - look.mm(4) <= at.y() <= lane.rect.bottom() + look.mm(4):
            return None
        # the first axis stands next to the curves
        place = int((self.lanes[0].rect.left() - at.x()) / look.mm(GUTTER_MM))
        return lane.axes[min(place, len(lane.axes) - 1)]
