"""The trends of another station of the line, over the whole window: its past as far as it has reached the shared database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from station_app.domain.chain import Row
from station_app.domain.recent_work import EventKind, RecentEvent
from station_app.services.line_trends import Arrived, StationPast
from station_app.services.ports import HistorianError, TrendFiles
from station_app.services.posting import Post, when_done
from station_app.ui.empty_state import EmptyState
from station_app.ui.line_trend_acts import LineTrendActs
from station_app.ui.line_trend_words import LinePens, arrived_text, line_mark_row
from station_app.ui.look import Look
from station_app.ui.trend_beside import TrendBeside
from station_app.ui.trend_compare import Comparison
from station_app.ui.trend_fetch import TrendFetch
from station_app.ui.trend_layout import TrendLayout
from station_app.ui.trend_origin import line_origin
from station_app.ui.trend_past import TrendPast
from station_app.ui.trend_tags import tag_of
from widgets.buttons import BigButton, ButtonKind
from widgets.message_banner import BannerKind, MessageBanner
from widgets.overlay import Overlay
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM, TARGET_MM
from widgets.trend_axis import Arrangement
from widgets.trend_canvas import Band
from widgets.trend_view import TrendView

translate = QCoreApplication.translate

FOLLOW_MS = 200
LOOK_S = 15.0
"""So often it is asked whether something newer has arrived, and again after a failure."""
MARGIN = 0.06
SAYING_S = 20.0
SOON_S = 2.0
AWAITED_S = 60.0
"""So long after a remark it is asked every ``SOON_S`` whether the server has it: the record is delivered in its own time."""


@dataclass(frozen=True)
class Wanted:
    """What is to be seen first: a span (seconds since the epoch), what happened in it, and tags that belong to it.

    ``home_text`` is on the button that comes back to it. ``margin`` is shown on each side, as a share of the span.
    """

    start_s: float
    end_s: float
    about: str = ""
    tags: tuple[str, ...] = ()
    home_text: str = ""
    margin: float = MARGIN


class Remark(Protocol):
    """Records a remark on a moment, or on a span, of another station's trends. Raises Refusal."""

    def __call__(
        self, about_station: str, at_us: int, until_us: int | None, tags: Sequence[str], text: str
    ) -> Future[list[Row]]: ...


@dataclass(frozen=True)
class LineTools:
    """What the view works with: the pool it asks on, the way back to the main thread, the clock, where exports are written,
    names of people, whether somebody is signed in, and how a remark is recorded: None where nobody can sign in.
    """

    pool: Executor
    post: Post
    now_s: Callable[[], float]
    files: TrendFiles
    person: Callable[[str], str] = str
    remark: Remark | None = None
    signed_in: Callable[[], bool] = bool


class LineTrend(Overlay):
    """Opens at once and fills when the server answers. ``unit_wanted(serial)``: a unit's name was touched.

    It ends itself when it is dismissed.
    """

    unit_wanted = Signal(str)

    def __init__(self, look: Look, past: StationPast, tools: LineTools, wanted: Wanted) -> None:
        super().__init__(look, full=True)
        self.station, self.wanted = past, wanted
        self.tools = tools
        self._origin = line_origin(
            past, tools.pool, tools.post, tools.now_s, translate("trends", "off"), translate("trends", "on")
        )
        self.parts = TrendLayout(look, only_past=True)
        self.parts.comment_button.setVisible(tools.remark is not None)
        self.past = TrendPast(self._origin, self._refresh)
        self.beside = TrendBeside(
            look, self.parts, self.past, lambda event: line_mark_row(event, tools.now_s(), tools.person)
        )
        self.pens = LinePens(look.theme.pens)
        self.acts = LineTrendActs(self, look)
        self.view: TrendView | None = None
        self.fetch: TrendFetch | None = None
        self.moment_s: float | None = None
        """What the cursor is put on, where there is such a moment."""
        self.comparison: Comparison | None = None
        self._looked_s = self._saying_until_s = self._awaited_until_s = 0.0
        self._looking = self.ended = False
        self.banner = MessageBanner(look, "")
        self.banner.dismiss_button.hide()
        self.empty = EmptyState(look, "", "")
        self.back_button = BigButton(
            look, translate("trends", "Back"), ButtonKind.PRIMARY, shape=Shape.BACK, size_mm=TARGET_MM
        )
        self.setAccessibleName(translate("trends", "Trends of {station}").format(station=past.name))
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.follow)
        self._timer.start()
        self._say_waiting()
        self._look()

    # --- acting --------------------------------------------------------------------------------------------------

    def show_wanted(self) -> None:
        """Back to what was asked for."""
        if self.view is not None:
            self.compare(None)
            margin_s = (self.wanted.end_s - self.wanted.start_s) * self.wanted.margin
            self.view.show_span(self.wanted.start_s - margin_s, self.wanted.end_s + margin_s)
            self.view.set_cursor(self.moment_s)

    def compare(self, comparison: Comparison | None) -> None:
        """Lay two units over each other; None: back to one course of time."""
        if self.view is None or (comparison is None and self.comparison is None):
            self.parts.compare_button.setChecked(False)
            return
        self.comparison = comparison
        self.parts.compare_button.setChecked(comparison is not None)
        self._draw_pens()
        self.view.count_from(comparison.zero_s if comparison is not None else None)
        self.view.set_cursor(None)
        if comparison is not None:
            self.view.show_span(*comparison.span_s)
        self.follow()
        self._refresh()

    def say(self, what: str, kept: str = "", kind: BannerKind = BannerKind.NOTE) -> None:
        """Tell something; what has arrived is said again afterwards."""
        self._saying_until_s = self.tools.now_s() + SAYING_S
        self.banner.show_message(kind, what, kept)
        self.banner.dismiss_button.hide()

    @property
    def awaits_answer(self) -> bool:
        """Whether it is asked at this moment what has arrived."""
        return self._looking

    def look_soon(self) -> None:
        """A remark was made: it is there as soon as the server has it."""
        self._looked_s = self.tools.now_s()
        self._awaited_until_s = self._looked_s + AWAITED_S

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the comparison first."""
        if event.key() == Qt.Key.Key_Escape and self.comparison is not None:
            self.compare(None)
            event.accept()
            return
        super().keyPressEvent(event)

    def follow(self) -> None:
        """See that what is in sight is on its way, and draw; five times a second."""
        now_s = self.tools.now_s()
        every_s = min(SOON_S, LOOK_S) if self._awaits_remark() else LOOK_S
        if not self._looking and abs(now_s - self._looked_s) >= every_s:
            self._look()
        if self.view is None or self.fetch is None:
            return
        self.view.redraw(now_s)
        self._look_around()
        self._show_pens()
        self.beside.show_note(self.view, self.fetch.waiting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window closes with the view open: nothing is asked any more."""
        if event.type() == QEvent.Type.Close and watched is self.parentWidget():
            self.end()
        return super().eventFilter(watched, event)

    def end(self) -> None:
        """Nobody looks any more: what is still on its way is dropped."""
        self.ended = True
        self.acts.close()
        self._timer.stop()
        self.past.forget()
        if self.fetch is not None:
            self.fetch.forget()

    # --- asking --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Ask what has arrived."""
        self._looking = True
        until_us = round(max(self.wanted.end_s, self.wanted.start_s + 1) * 1e6)
        when_done(self.station.look(until_us), self.tools.post, self._arrived, self._not_reached)

    def _arrived(self, known: Arrived) -> None:
        if self.ended:
            return
        self._answered()
        grown = self.pens.take(known, self.wanted)
        if self.view is not None and (grown or self._awaits_remark()):
            self.past.look(*self.view.span_s, again=True)
        if self.view is None and self.pens.tags:
            self._build_view()
        elif self.view is not None and grown:
            if set(grown) - {tag_of(pen.key) for pen in self.view.pens}:
                self._draw_pens()
            if self.fetch is not None:
                # also those that are hidden, for when they are shown
                self.fetch.renew({*grown, *(pen.key for pen in self.view.pens if tag_of(pen.key) in grown)})
        self._say_arrived(known)

    def _awaits_remark(self) -> bool:
        return 0 < self._awaited_until_s - self.tools.now_s() <= AWAITED_S

    def _not_reached(self, error: BaseException) -> None:
        if self.ended:
            return
        self._answered()
        self._failed(error)

    def _answered(self) -> None:
        self._looking, self._looked_s = False, self.tools.now_s()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, HistorianError):
            raise error
        again = translate("trends", "It is asked again every few seconds.")
        if self.view is None:
            headline = translate("trends", "The past of {station} cannot be shown").format(station=self.station.name)
            self.empty.say(headline, f"{error} {again}")
        else:
            kept = translate("trends", "What was read before stays in the picture.")
            self.banner.show_message(BannerKind.WARNING, str(error), kept, again)
            self.banner.dismiss_button.hide()

    def _look_around(self) -> None:
        if self.view is not None and self.fetch is not None:
            self.fetch.look()
            self.past.look(*self.view.span_s)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _say_waiting(self) -> None:
        text = translate("trends", "The past of {station} is asked for").format(station=self.station.name)
        self.empty.say(text, translate("trends", "It comes from the shared database. Back stops waiting."))

    def _say_arrived(self, known: Arrived) -> None:
        if not known.tags:
            text = translate("trends", "No machine data of {station} have arrived").format(station=self.station.name)
            self.empty.say(text, translate("trends", "A station sends its machine data about once a minute."))
            return
        if 0 < self._saying_until_s - self.tools.now_s() <= SAYING_S:
            return
        if known.until_us / 1e6 >= self.wanted.end_s:
            self.banner.hide()
            return
        until = arrived_text(known.until_us, self.tools.now_s())
        what = translate("trends", "Machine data of {station} have arrived until {time}.")
        late = translate("trends", "What is newer is still at the station: it is sent about once a minute.")
        self.banner.show_message(BannerKind.NOTE, what.format(station=self.station.name, time=until), late)
        self.banner.dismiss_button.hide()

    def _refresh(self) -> None:
        if self.view is not None:
            self.beside.refresh(self.view, self.view.span_s[1], self.comparison)

    def _show_pens(self) -> None:
        if self.view is not None:
            self.parts.make_room(len(self.pens.tags))
            self.parts.pens.set_pens(self.pens.rows(self.view, self.tools.now_s()))

    def _toggled(self, tag: str) -> None:
        if self.pens.toggle(tag):
            self._draw_pens()
            self.follow()

    def _draw_pens(self) -> None:
        if self.view is None:
            return
        pens = self.pens.pens()
        self.view.set_pens(pens if self.comparison is None else self.comparison.pens(pens))
        for pen in self.view.pens:
            if pen.states:
                self.view.set_state_names(pen.key, self._origin.names(pen.key))

    # --- building ------------------------------------------------------------------------------------------------

    def _build_view(self) -> None:
        view = self.view = TrendView(self.look, self.pens.pens())
        self.fetch = TrendFetch(self._origin, view, self._drawn_anew, self._failed)
        view.range_changed.connect(self._moved)
        view.cursors_changed.connect(lambda: self.beside.show_cursors(view))
        view.mark_chosen.connect(lambda number: self._go_to(self.beside.drawn[number]))
        view.band_chosen.connect(self._open_band)
        view.home_wanted.connect(self._show_beginning)
        self.parts.show_trend(view)
        self._stack.setCurrentWidget(self.parts)
        view.redraw(self.tools.now_s())
        self.show_wanted()
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        parts = self.parts
        parts.window_chosen.connect(lambda seconds: self.view.set_window(seconds) if self.view is not None else None)
        parts.unit_button.clicked.connect(self.show_wanted)
        parts.shared_button.toggled.connect(self._set_shared)
        parts.cursor_button.clicked.connect(lambda: self.view.cursors.add() if self.view is not None else None)
        parts.compare_button.clicked.connect(self.acts.ask_comparison)
        parts.export_button.clicked.connect(self.acts.ask_export)
        parts.comment_button.clicked.connect(self.acts.ask_comment)
        parts.pens.toggled.connect(self._toggled)
        parts.marks.chosen.connect(self._row_chosen)
        self.back_button.clicked.connect(self.dismiss)
        self.dismissed.connect(self.end)

    def _moved(self, start_s: float, end_s: float) -> None:
        self.parts.check_range(end_s - start_s)
        self._look_around()
        self._refresh()

    def _drawn_anew(self) -> None:
        if self.view is not None:
            self.view.redraw(self.tools.now_s())

    def _set_shared(self, shared: bool) -> None:
        if self.view is not None:
            self.view.set_arrangement(Arrangement.SHARED if shared else Arrangement.STACKED)

    def _row_chosen(self, row: int) -> None:
        event = self.beside.event_of_row(row)
        if event is not None:
            self._go_to(event)

    def _go_to(self, event: RecentEvent) -> None:
        """Its moment, and the whole of what was said."""
        if self.view is not None:
            self.compare(None)
            self.view.show_instant(event.at_us / 1e6)
            if event.kind is EventKind.COMMENT:
                row = line_mark_row(event, self.tools.now_s(), self.tools.person)
                self.say(row.text, row.sub_text)

    def _open_band(self, band: Band) -> None:
        if band.key:
            self.unit_wanted.emit(band.key)

    def _show_beginning(self) -> None:
        """The oldest value of the pens in sight."""
        begin_s = self.pens.begin_s()
        if self.view is not None and begin_s is not None:
            self.compare(None)
            self.view.show_span(begin_s, begin_s + self.view.window_s)

    def _lay_out(self) -> None:
        look = self.look
        self.parts.unit_button.set_text(self.wanted.home_text or translate("trends", "Back to the step"))
        title = Line(look, self.accessibleName(), bold=True, capital_mm=CAPITAL_HEADING_MM * 0.8)
        about = Line(look, self.wanted.about, color="second", capital_mm=CAPITAL_BODY_MM)
        words = QVBoxLayout()
        words.setSpacing(look.mm(1))
        words.addWidget(title)
        words.addWidget(about)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addWidget(self.back_button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.parts)
        edge = look.mm(5)
        self.content.setContentsMargins(edge, edge, edge, look.mm(4))
        self.content.addLayout(head)
        self.content.addWidget(self.banner)
        self.content.addWidget(self._stack, 1)
