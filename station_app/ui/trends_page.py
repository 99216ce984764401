"""The trends page: every value of the station, live and past, with the units, steps and events beside the curves."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.domain.recent_work import RecentEvent
from station_app.domain.trend_group import group_for
from station_app.services.ports import HistorianError
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import RECORDS, TRENDS, Page, Saying, ShowInstant, ShowSpan, ShowUnit, Target, Weight
from station_app.ui.trend_acts import TrendActs
from station_app.ui.trend_beside import TrendBeside
from station_app.ui.trend_compare import Comparison
from station_app.ui.trend_feed import TrendFeed
from station_app.ui.trend_fetch import TrendFetch
from station_app.ui.trend_groups import TrendGroups
from station_app.ui.trend_layout import TrendLayout
from station_app.ui.trend_origin import own_origin
from station_app.ui.trend_past import TrendPast
from station_app.ui.trend_pens import TrendPens
from station_app.ui.trend_tags import limits_of, state_names, tag_of
from station_app.ui.trend_words import mark_row, pen_rows
from widgets.trend_axis import Arrangement
from widgets.trend_canvas import Band
from widgets.trend_view import TrendView

FOLLOW_MS = 100
FIRST_WINDOW_S = 600.0
INSTANT_WINDOW_S = 60.0
MARGIN = 0.06
"""So much time is shown before and after a unit."""
REFRESH_S = 1.0


class TrendsPage(Page):
    """Live by itself; moving the picture, a mark, a unit or an alarm leaves the present until Live is pressed."""

    page_id: ClassVar[str] = TRENDS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self.pens = TrendPens(services, look.theme.pens)
        self.comparison: Comparison | None = None
        self._marked: RecentEvent | None = None
        self._drawn_as = self.pens.drawn_as()
        self._work_master = ""
        self._refreshed_s = 0.0
        self.parts = TrendLayout(look)
        self.past = TrendPast(own_origin(services), self._refresh)
        self.beside = TrendBeside(look, self.parts, self.past, lambda event: mark_row(services, event))
        self.view: TrendView | None = None
        self.fetch: TrendFetch | None = None
        self._feed: TrendFeed | None = None
        self.groups = TrendGroups(services)
        self.acts = TrendActs(self)
        outer = QVBoxLayout(self)
        edge = look.mm(5)
        outer.setContentsMargins(edge, edge, edge, look.mm(4))
        outer.addWidget(self.parts)
        self.parts.show_empty(
            self.tr("This station has no values to draw"),
            self.tr("Its engineer names devices and tags in station.toml."),
        )
        self._begin()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.follow)
        self.watch(services.ledger.saved, self._recorded)

    # --- page ----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Trends")

    @property
    def help_text(self) -> str:
        """How to read and move the trends."""
        return self.tr(
            "Every value of this station, now and as far back as it is kept; values of one unit share an axis.\n\n"
            "**Drag** to go back in time, **pinch** or turn the wheel to zoom, **tap** to read the values at an instant. On "
            "the numbers at the left the same moves that axis; a tap lets it follow its values again. "
            "**Live** returns to now.\n\n"
            "**Hatched** means that nothing trustworthy arrived: tap it to read why, since when and until when. The pale band "
            "is the step's **limits**, dashed lines are alarm limits.\n\n"
            "Touch a **unit** above the curves to see its records, a **mark** to open its alarm, value or picture, a **pen** "
            "to hide or show it. **Cursors** puts two lines whose values are compared; **Compare** lays two units over each "
            "other.\n\n"
            "Keys: left, right, page up and down, plus, minus; Home the beginning, End or L live; C cursors, Ctrl with left "
            "and right moves one, X takes the other; V chooses an axis for up, down and Ctrl with plus and minus; A lets go."
        )

    def shown(self) -> None:
        """Follow the values."""
        self._begin()
        self._timer.start()
        self.groups.load(self._group_of_work, self._files_failed)
        self.past.recorded()
        self._look_around(again=True)
        self.follow()

    def hidden(self) -> None:
        """Nobody looks; what is missed is taken from the history afterwards."""
        self._timer.stop()
        if self.fetch is not None:
            self.fetch.forget()

    def show_target(self, target: Target) -> None:
        """An alarm's moment: in the middle, with the cursor on it. A unit's time: all of it."""
        self._begin()
        if isinstance(target, ShowInstant):
            if self.pens.add(target.tag):
                self.pens_changed()
            self.show_instant(target.time_s)
        elif isinstance(target, ShowSpan):
            self.show_span(target.start_s, target.end_s)

    def go_back(self) -> bool:
        """Esc leaves the comparison, then returns to the present, then to the main page."""
        if self.comparison is not None:
            self.compare(None)
            return True
        if self.view is None or self.view.is_live:
            return False
        self.go_live()
        return True

    def take_focus(self) -> None:
        """The trend has the keys."""
        (self.view or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """The window closes: nothing is waited for."""
        self._timer.stop()
        if self.fetch is not None:
            self.fetch.forget()
        super().end()

    # --- acting --------------------------------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """The station's clock, seconds since the epoch."""
        return self.services.ledger.clock.wall_us() / 1e6

    def show_instant(self, time_s: float) -> None:
        """Put a moment in the middle and the cursor on it."""
        if self.view is None:
            return
        self.compare(None)
        self.follow()
        # so wide that the present is in sight too, where that is near
        near_s = max(INSTANT_WINDOW_S, (self.now_s - time_s) * 2)
        self.view.set_window(min(self.view.window_s, near_s))
        self.view.show_instant(time_s)

    def show_span(self, start_s: float, end_s: float) -> None:
        """Show a stretch of time with a little around it."""
        if self.view is None:
            return
        self.compare(None)
        margin_s = max(1.0, (end_s - start_s) * MARGIN)
        self.view.set_cursor(None)
        self.view.show_span(start_s - margin_s, end_s + margin_s)

    def show_this_unit(self) -> None:
        """The unit in sight, else the one in work, from its beginning until now or its end."""
        if self.view is None:
            return
        start_s, end_s = self.view.span_s
        middle_s = self.view.cursors_s[0] if self.view.cursors_s else (start_s + end_s) / 2
        span = self.past.unit_at(self.now_s if self.view.is_live else middle_s)
        spans = [span] if span is not None else self.past.units(start_s, end_s)[-1:]
        if not spans:
            self.says.emit(Saying(Weight.NOTE, self.tr("No unit was in work in this time."), "", ""))
            return
        ended_us = spans[0].end_us
        self.show_span(spans[0].start_us / 1e6, self.now_s if ended_us is None else ended_us / 1e6)

    def set_window(self, seconds: float) -> None:
        """Show so much time."""
        if self.view is not None:
            self.view.set_window(seconds)

    def go_live(self) -> None:
        """Follow the present again."""
        if self.view is not None:
            self.compare(None)
            self.view.go_live()

    def compare(self, comparison: Comparison | None) -> None:
        """Lay two units over each other; None: back to one course of time."""
        if self.view is None or (comparison is None and self.comparison is None):
            self.parts.compare_button.setChecked(False)
            return
        self.comparison = comparison
        self.parts.compare_button.setChecked(comparison is not None)
        self.pens_changed()
        self.view.count_from(comparison.zero_s if comparison is not None else None)
        self.view.set_cursor(None)
        if comparison is not None:
            self.view.show_span(*comparison.span_s)
        else:
            self._look_around()
            self._refresh()

    def pens_changed(self) -> None:
        """Draw the pens as they are now listed."""
        if self.view is None or self._feed is None:
            return
        self._drawn_as = self.pens.drawn_as()
        pens = self.pens.pens()
        self.view.set_pens(pens if self.comparison is None else self.comparison.pens(pens))
        for pen in self.view.pens:
            if pen.states:
                self.view.set_state_names(pen.key, state_names(self.services, tag_of(pen.key)))
        self._feed.follow(self.pens.shown)
        self.follow()

    def set_shared(self, shared: bool) -> None:
        """All axes over the whole height, or below each other."""
        self.parts.shared_button.setChecked(shared)
        if self.view is not None:
            self.view.set_arrangement(Arrangement.SHARED if shared else Arrangement.STACKED)

    # --- drawing -------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Take what is new, and draw; ten times a second."""
        view, feed = self.view, self._feed
        if view is None or feed is None or self.fetch is None:
            return
        if self.pens.drawn_as() != self._drawn_as:
            self.pens_changed()
            return
        feed.take()
        now_s = self.now_s
        # a device's clock may run ahead of ours: its newest sample is never cut off
        ahead_s = min(feed.newest_s(), now_s + view.window_s / 20)
        for tag in self.pens.shown:
            view.set_limits(tag, *limits_of(self.services, tag))
        view.redraw(max(now_s, ahead_s))
        self._look_around()
        if view.is_live and abs(now_s - self._refreshed_s) >= REFRESH_S:
            self._refresh()
        self._show_pens(now_s)
        self.beside.show_note(view, self.fetch.waiting)

    def _look_around(self, again: bool = False) -> None:
        """See that what is in sight is on its way."""
        if self.view is not None and self.fetch is not None:
            self.fetch.look()
            self.past.look(*self.view.span_s, again=again)

    def _moved(self, start_s: float, end_s: float) -> None:
        self.parts.check_range(end_s - start_s)
        self._look_around()
        self._refresh()

    def _refresh(self) -> None:
        """Bands and marks of the time in sight."""
        view = self.view
        if view is None:
            return
        self._refreshed_s = self.now_s
        # what was recorded this moment is later than the last drawing
        self.beside.refresh(view, self.now_s if view.is_live else view.span_s[1], self.comparison)
        if self._marked not in self.beside.events:
            self._mark(None)

    def _recorded(self) -> None:
        """Something was recorded: a step began, an alarm came, somebody made a remark."""
        self.past.recorded()
        self._group_of_work()

    def _show_pens(self, now_s: float) -> None:
        if self.view is None:
            return
        pens = [pen for lane in self.view.frame.lanes for pen in lane.pens if pen.key == tag_of(pen.key)]
        styles = {pen.key: self.view.painter.style_of(pen) for pen in pens}
        colors = {tag: self.pens.color(tag) for tag in self.pens.tags}
        self.parts.make_room(len(self.pens.tags))
        self.parts.pens.set_pens(pen_rows(self.services, self.pens.tags, self.pens.shown, colors, styles, now_s))

    def _mark(self, event: RecentEvent | None) -> None:
        self._marked = event
        self.parts.open_button.setEnabled(event is not None)

    # --- building ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Draw as soon as the station has values: the first may be added while it runs."""
        if self.view is None and self.services.tags.tags:
            self.pens.take_all()
            self._drawn_as = self.pens.drawn_as()
            self._build_view()

    def _build_view(self) -> None:
        view = self.view = TrendView(self.look, self.pens.pens(), window_s=FIRST_WINDOW_S)
        self._feed = TrendFeed(self.services, view, self.pens.shown)
        self.fetch = TrendFetch(own_origin(self.services), view, self._arrived, self._not_read)
        view.live_changed.connect(self._live_moved)
        view.range_changed.connect(self._moved)
        view.cursors_changed.connect(lambda: self.beside.show_cursors(view))
        view.mark_chosen.connect(lambda number: self.acts.open_event(self.beside.drawn[number]))
        view.band_chosen.connect(self._open_band)
        view.tag_dropped.connect(self.acts.add_pen)
        view.home_wanted.connect(self.acts.show_beginning)
        self.parts.show_trend(view)
        self.parts.check_range(FIRST_WINDOW_S)
        self._live_moved(True)
        self._mark(None)

    def _connect(self) -> None:
        parts, acts = self.parts, self.acts
        parts.window_chosen.connect(self.set_window)
        parts.live_button.clicked.connect(self.go_live)
        parts.unit_button.clicked.connect(self.show_this_unit)
        parts.shared_button.toggled.connect(self.set_shared)
        parts.cursor_button.clicked.connect(self._add_cursor)
        parts.compare_button.clicked.connect(acts.ask_comparison)
        parts.comment_button.clicked.connect(acts.ask_comment)
        parts.group_button.clicked.connect(acts.ask_group)
        parts.export_button.clicked.connect(acts.ask_export)
        parts.browse_button.clicked.connect(acts.browse_tags)
        parts.add_button.clicked.connect(acts.ask_pen)
        parts.pens.toggled.connect(lambda tag: self._list_changed(self.pens.toggle(tag)))
        parts.pens.removed.connect(lambda tag: self._list_changed(self.pens.remove(tag)))
        parts.marks.chosen.connect(self._go_to_mark)
        parts.open_button.clicked.connect(self._open_marked)

    def _add_cursor(self) -> None:
        if self.view is not None:
            self.view.cursors.add()

    def _list_changed(self, changed: bool) -> None:
        if changed:
            self.pens_changed()

    def _open_marked(self) -> None:
        if self._marked is not None:
            self.acts.open_event(self._marked)

    def _arrived(self) -> None:
        """Stored data came: what stands still is drawn at once, what runs with the next frame."""
        if self.view is not None and not self.view.is_live:
            self.view.redraw(self.now_s)

    def _not_read(self, error: HistorianError) -> None:
        self.says.emit(Saying(Weight.WARNING, str(error), self.tr("New values are drawn all the same."), ""))

    def _files_failed(self, error: Exception) -> None:
        self.says.emit(Saying(Weight.WARNING, str(error), "", ""))

    def _go_to_mark(self, row: int) -> None:
        event = self.beside.event_of_row(row)
        if event is not None:
            self.show_instant(event.at_us / 1e6)
            self._mark(event)

    def _open_band(self, band: Band) -> None:
        if band.key:
            self.wants_page.emit(RECORDS, ShowUnit(band.key))

    def _group_of_work(self) -> None:
        """A work instruction that begins opens its own group, once."""
        job = self.services.execution.job
        current = job.work_master.id if job is not None else ""
        if current == self._work_master or not self.groups.known:
            return
        self._work_master = current
        group = group_for(self.groups.kept, current)
        if group is not None:
            self.acts.open_group(group)

    def _live_moved(self, live: bool) -> None:
        self.parts.live_button.setEnabled(not live)
        self.parts.live_button.set_text(self.tr("Live") if not live else self.tr("Now live"))
