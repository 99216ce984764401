"""The trends page: every value of the station over up to 30 minutes, with units, steps, alarms and recorded values."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.recent_work import RecentEvent
from station_app.services.station import StationServices
from station_app.ui.empty_state import EmptyState
from station_app.ui.look import Look
from station_app.ui.page import TRENDS, Page, ShowInstant, Target
from station_app.ui.trend_feed import TrendFeed
from station_app.ui.trend_words import limits_of, mark_of, mark_row, pen_rows, recent_events, step_bands, unit_bands
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.mark_list import MarkList
from widgets.pen_list import PenList
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM
from widgets.trend_canvas import TrendPen
from widgets.trend_view import TrendView

FOLLOW_MS = 100
COLUMN_MM = 104.0
WINDOWS_MIN = (1, 5, 10, 30)
FIRST_WINDOW_S = 300.0
INSTANT_WINDOW_S = 60.0
MOST_PENS_AT_FIRST = 8
"""More curves than these in one picture are read by nobody; the others are shown by a touch on their row."""


class TrendsPage(Page):
    """Live by itself; moving the picture, a mark or an alarm leaves the present until Live is pressed."""

    page_id: ClassVar[str] = TRENDS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self._tags = list(services.tags.tags)
        self._shown = self._tags[:MOST_PENS_AT_FIRST]
        colors = look.theme.pens
        self._colors = {tag: colors[place % len(colors)] for place, tag in enumerate(self._tags)}
        self._events: list[RecentEvent] = []
        self._window_s = FIRST_WINDOW_S
        self.view: TrendView | None = None
        self._feed: TrendFeed | None = None
        self._ranges = QButtonGroup(self)
        self.live_button = BigButton(
            look, self.tr("Live"), ButtonKind.PRIMARY, shape=Shape.FORWARD, shape_after=True, size_mm=TARGET_MM
        )
        self.live_button.clicked.connect(self.go_live)
        self._frame = Card(look)
        self._frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._note = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        self.pens = PenList(look)
        self.pens.toggled.connect(self._toggle)
        self.marks = MarkList(look, self.tr("Marks"), self.tr("Nothing in the last 30 minutes"))
        self.marks.chosen.connect(self._go_to_mark)
        self._lay_out()
        self._build_view()
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        self.watch(services.ledger.changed, self._refresh)
        self._refresh()

    # --- page ----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Trends")

    @property
    def help_text(self) -> str:
        """How to read and move the trends."""
        return self.tr(
            "Every value of this station over the last **30 minutes**; values of one unit share an axis.\n\n"
            "**Drag** to go back in time, **pinch** or turn the wheel to zoom, **tap** to read the values at an instant. "
            "**Live** returns to now. Keys: left, right, plus, minus, End.\n\n"
            "The pale band behind a curve is its **limits**: those of the step in work, else the alarm limits.\n\n"
            "**Hatched** means that nothing trustworthy arrived; the reason stands below.\n\n"
            "Touch a **mark** at the right to see that moment; touch a **pen** to hide or show it."
        )

    def shown(self) -> None:
        """Follow the values."""
        self._timer.start()
        self._refresh()
        self._follow()

    def hidden(self) -> None:
        """Nobody looks; what is missed is taken from the history afterwards."""
        self._timer.stop()

    def show_target(self, target: Target) -> None:
        """An alarm's moment: in the middle, with the cursor on it."""
        if isinstance(target, ShowInstant):
            if target.tag in self._tags and target.tag not in self._shown:
                self._toggle(target.tag)
            self.show_instant(target.time_s)

    def go_back(self) -> bool:
        """Esc returns to the present first."""
        if self.view is None or self.view.is_live:
            return False
        self.go_live()
        return True

    def take_focus(self) -> None:
        """The trend has the keys."""
        (self.view or self).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- acting --------------------------------------------------------------------------------------------------

    def show_instant(self, time_s: float) -> None:
        """Put a moment in the middle and the cursor on it."""
        if self.view is None:
            return
        if self._feed is not None:
            self._feed.take()
        now_s = self.services.ledger.clock.wall_us() / 1e6
        self.view.redraw(now_s)
        self.set_window(min(self._window_s, max(INSTANT_WINDOW_S, (now_s - time_s) * 2)))
        self.view.show_instant(time_s)
        self._live_moved(self.view.is_live)

    def set_window(self, seconds: float) -> None:
        """Show so much time."""
        self._window_s = seconds
        for button in self._ranges.buttons():
            button.setChecked(self._ranges.id(button) == round(seconds))
        if self.view is not None:
            self.view.set_window(seconds)

    def go_live(self) -> None:
        """Follow the present again."""
        if self.view is not None:
            self.view.go_live()

    def _toggle(self, tag: str) -> None:
        shown = [t for t in self._tags if (t in self._shown) != (t == tag)]
        if shown:
            self._shown = shown
            self._build_view()
            self._refresh()

    def _go_to_mark(self, row: int) -> None:
        if row < len(self._events):
            self.show_instant(self._events[row].at_us / 1e6)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        now_s = self.services.ledger.clock.wall_us() / 1e6
        if self.view is None or self._feed is None:
            return
        self._feed.take()
        # a device's clock may run ahead of ours: its newest sample is never cut off
        ahead = min(self._feed.newest_s(), now_s + self.view.window_s / 20)
        self.view.redraw(max(now_s, ahead))
        for tag in self._shown:
            self.view.set_limits(tag, *limits_of(self.services, tag))
        self._show_pens(now_s)
        drawn, samples = self.view.drawn_counts()
        self._note.set_text(
            self.tr(
                "{drawn} of {samples} samples drawn as min/max · drag to scroll, pinch to zoom, tap for values"
            ).format(drawn=drawn, samples=samples)
        )

    def _refresh(self) -> None:
        recent = self.services.ledger.fold.recent
        self._events = recent_events(recent, self.services.ledger.clock.wall_us())
        self.marks.set_marks([mark_row(self.services, event) for event in self._events])
        if self.view is not None:
            self.view.set_bands(unit_bands(recent), step_bands(recent))
            self.view.set_marks([mark_of(event) for event in self._events])

    def _show_pens(self, now_s: float) -> None:
        view = self.view
        if view is None:
            return
        styles = {pen.key: view.painter.style_of(pen) for lane in view.frame.lanes for pen in lane.pens}
        self.pens.set_pens(
            pen_rows(
                self.services,
                self._tags,
                self._shown,
                self._colors,
                styles,
                now_s,
            )
        )

    # --- building ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = self.look
        ranges = QHBoxLayout()
        ranges.setSpacing(look.mm(3))
        for minutes in WINDOWS_MIN:
            button = BigButton(look, self.tr("{n} min").format(n=minutes), size_mm=TARGET_MM)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, seconds=minutes * 60.0: self.set_window(seconds))
            self._ranges.addButton(button, minutes * 60)
            ranges.addWidget(button)
        self._ranges.setExclusive(False)
        ranges.addStretch(1)
        self.live_button.setMinimumWidth(look.mm(52))
        ranges.addWidget(self.live_button)
        left = QVBoxLayout()
        left.setSpacing(look.mm(3.6))
        left.addLayout(ranges)
        left.addWidget(self._frame, 1)
        left.addWidget(self._note)
        pens, marks = Card(look, self.tr("Pens")), Card(look, self.tr("Marks"))
        pens.body.addWidget(self.pens)
        marks.body.addWidget(self.marks, 1)
        marks.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        right = QVBoxLayout()
        right.setSpacing(look.mm(4))
        right.addWidget(pens)
        right.addWidget(marks, 1)
        column = QWidget()
        column.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        column.setFixedWidth(look.mm(COLUMN_MM))
        self._stack = QStackedWidget()
        trends = QWidget()
        across = QHBoxLayout(trends)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.mm(5))
        across.addLayout(left, 1)
        across.addWidget(column)
        empty = EmptyState(
            look,
            self.tr("This station has no values to draw"),
            self.tr("Its engineer names devices and tags in station.toml."),
        )
        self._stack.addWidget(trends)
        self._stack.addWidget(empty)
        self._stack.setCurrentWidget(trends if self._tags else empty)
        outer = QVBoxLayout(self)
        edge = look.mm(5)
        outer.setContentsMargins(edge, edge, edge, look.mm(4))
        outer.addWidget(self._stack)

    def _build_view(self) -> None:
        """A trend of the pens that are shown, filled from the history."""
        if not self._shown:
            return
        before = self.view
        if before is not None:
            self._frame.body.removeWidget(before)
            before.hide()
            before.deleteLater()
        self.view = TrendView(self.look, [self._pen(tag) for tag in self._shown], window_s=self._window_s)
        self.view.live_changed.connect(self._live_moved)
        self._frame.body.addWidget(self.view, 1)
        self._feed = TrendFeed(self.services, self.view, self._shown)
        self._feed.take()
        self.set_window(self._window_s)
        self._live_moved(True)

    def _pen(self, tag: str) -> TrendPen:
        view = self.services.tag_views.get(tag)
        lower, upper = limits_of(self.services, tag)
        title, unit = (view.title, view.unit) if view is not None else (tag, "")
        return TrendPen(tag, title, unit, lower, upper, self._colors[tag])

    def _live_moved(self, live: bool) -> None:
        self.live_button.setEnabled(not live)
        self.live_button.set_text(self.tr("Live") if not live else self.tr("Now live"))
