"""The line-overview window for a large screen: one tile a station, the line's alarms and its orders beside them.

It is fed with what the shared database said and when; it never asks by itself. Empty of colour while all is well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from station_app.domain.status import LineStation
from station_app.ui.empty_state import EmptyState
from station_app.ui.line_wording import (
    alarm_counts,
    alarm_row_id,
    alarm_rows,
    alarms_unlisted,
    call_rows,
    line_alarms,
    tile_of,
)
from station_app.ui.look import Look
from station_app.ui.station_sheet import StationSheet
from station_app.ui.tile_grid import TILE_HEIGHT_MM, TileGrid, tile_grid
from station_app.ui.wording import age_text, clock_text
from widgets.alarm_list import AlarmList, AlarmTexts
from widgets.card import Card
from widgets.mark_list import MarkList
from widgets.message_banner import BannerKind, MessageBanner
from widgets.order_card import OrderCard
from widgets.station_tile import StationTile
from widgets.theme import Metrics, stylesheet
from widgets.top_bar import Chip, ChipState, TopBar

REDRAW_MS = 500
SIDE_SHARE = 0.24
MAX_ALARMS = 6
MAX_ORDERS = 3
MAX_CALLS = 4
GAP_MM = 4.4
MARGIN_MM = 5.0
TALLEST_TILE_MM = 100.0
ALARM_ROW_MM = 17.8
CALL_ROW_MM = 14.0
MORE_MM = 22.0
NO_ALARMS_MM = 22.0


class OverviewWindow(QWidget):
    """The window. :meth:`show_line` takes an answer of the shared database, :meth:`show_fault` why there is none.

    ``now_us`` and ``mono_s`` are the computer's clocks; ``station_opened`` names a station whose tile was touched:
    its sheet is open. ``trends_wanted(path, at_s, tag)``: the trends of a station, lately (None) or around a moment, with the
    tag that it is about.
    """

    station_opened = Signal(str)
    trends_wanted = Signal(str, object, str)
    closed = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        now_us: Callable[[], int],
        mono_s: Callable[[], float],
        utc_offset_min: Callable[[], int],
    ) -> None:
        super().__init__()
        self._look, self._title = look, title
        self._now_us, self._mono_s, self._utc_offset_min = now_us, mono_s, utc_offset_min
        self._stations: list[LineStation] = []
        self._polled_s: float | None = None
        self._fault = ""
        self._tiles: dict[str, StationTile] = {}
        self._scale = 1.0
        self._orders: dict[str, OrderCard] = {}
        self._bar = TopBar(look)
        self._banner = MessageBanner(look, self.tr("Hide"))
        self._banner.dismiss_button.hide()
        self._fault_place = QWidget()
        self._fault_place.hide()
        self._sheet: StationSheet | None = None
        self._open_path = ""
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.mm(GAP_MM))
        self._empty = EmptyState(
            look,
            self.tr("No station has reported yet"),
            self.tr("A station appears here as soon as it has been in contact with the shared database."),
        )
        self._make_side()
        self._lay_out()
        self.setWindowTitle(title)
        self.setObjectName("overview")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(stylesheet(look.theme, look.metrics) + f"#overview {{ background: {look.theme.page}; }}")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._redraw)
        self._timer.start(REDRAW_MS)
        self._redraw()

    def _make_side(self) -> None:
        """Calls and alarms, at the right."""
        look = self._look
        self._calls = MarkList(look, self.tr("Calls"), "")
        self._call_card = Card(look, self.tr("Calls"))
        self._call_card.body.addWidget(self._calls)
        self._call_card.hide()
        self._alarms = AlarmList(
            look,
            AlarmTexts(empty=self.tr("No alarms"), empty_hint=self.tr("The line is calm.")),
            compact=True,
            most_rows=MAX_ALARMS,
        )
        self._alarms.opened.connect(self._open_alarm)
        self._alarm_card = Card(look, self.tr("Alarms"))
        self._alarm_card.body.addWidget(self._alarms)
        self._side = QVBoxLayout()
        self._side.setSpacing(look.mm(4.4))
        self._side.addWidget(self._call_card)
        self._side.addWidget(self._alarm_card)
        self._side.addStretch(1)

    @property
    def tiles(self) -> dict[str, StationTile]:
        """The tiles by station path."""
        return dict(self._tiles)

    def show_line(self, stations: Sequence[LineStation]) -> None:
        """The shared database answered."""
        self._stations = list(stations)
        self._polled_s = self._mono_s()
        self._fault = ""
        self._redraw()

    def show_fault(self, reason: str) -> None:
        """The shared database did not answer: the last known line stays, visibly old."""
        self._fault = reason
        self._redraw()

    def open_station(self, path: str) -> None:
        """Show what is known of a station over the tiles; a path that is not on the line shows nothing."""
        station = next((s for s in self._stations if s.status.station == path), None)
        if station is None:
            return
        self._close_sheet()
        self._open_path = path
        sheet = self._sheet = StationSheet(self._look)
        sheet.show_station(station, self._now_us(), self._utc_offset_min())
        sheet.dismissed.connect(self._sheet_gone)
        sheet.trends_button.clicked.connect(lambda: self.trends_wanted.emit(path, None, ""))
        sheet.open_on(self)
        self.station_opened.emit(path)

    def _open_alarm(self, row_id: str) -> None:
        """The trends of the alarm's station at that moment."""
        for alarm, status in line_alarms(self._stations):
            if alarm_row_id(alarm, status) == row_id:
                self.trends_wanted.emit(status.station, alarm.since_us / 1e6, alarm.source)
                return

    def showEvent(self, event: QShowEvent) -> None:
        """No tile begins with the focus: a calm screen."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many tiles beside each other as there is room for."""
        super().resizeEvent(event)
        self._redraw()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window is gone."""
        self._timer.stop()
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        look = self._look
        body = QHBoxLayout()
        margin = look.mm(MARGIN_MM)
        body.setContentsMargins(margin, margin, margin, margin)
        body.setSpacing(look.mm(4.4))
        tiles = QWidget()
        stack = QVBoxLayout(tiles)
        stack.setContentsMargins(0, 0, 0, 0)
        # what the tallest tiles leave stays empty below them
        stack.addLayout(self._grid, 1000)
        stack.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(tiles)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (tiles, self._scroll.viewport()):
            part.setAutoFillBackground(False)
        side = QWidget()
        side.setLayout(self._side)
        self._side.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._scroll, round((1 - SIDE_SHARE) * 100))
        body.addWidget(self._empty, round((1 - SIDE_SHARE) * 100))
        body.addWidget(side, round(SIDE_SHARE * 100))
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        fault = QVBoxLayout(self._fault_place)
        fault.setContentsMargins(margin, margin, margin, 0)
        fault.addWidget(self._banner)
        column.addWidget(self._fault_place)
        column.addLayout(body, 1)

    def _redraw(self) -> None:
        age_s = None if self._polled_s is None else self._mono_s() - self._polled_s
        self._draw_bar(age_s)
        self._draw_banner(age_s)
        self._column.activate()
        self._draw_tiles(age_s or 0.0)
        self._draw_alarms()
        self._draw_calls()
        self._draw_orders()
        self._draw_sheet()

    def _draw_bar(self, age_s: float | None) -> None:
        calm = not self._fault and age_s is not None
        contact = (
            self.tr("never in contact") if age_s is None else self.tr("last contact {age}").format(age=age_text(age_s))
        )
        count = len(self._stations)
        stations = self.tr("1 station") if count == 1 else self.tr("{count} stations").format(count=count)
        text = f"{stations} · {contact}"
        self._bar.set_station(self._title)
        self._bar.set_chips([Chip(text, ChipState.NORMAL if calm else ChipState.WARNING)])
        self._bar.set_clock(clock_text(self._now_us(), self._utc_offset_min()))

    def _draw_banner(self, age_s: float | None) -> None:
        if not self._fault:
            self._fault_place.hide()
            return
        kept = self.tr("The tiles show what was last known.") if age_s is not None else ""
        self._banner.show_message(BannerKind.WARNING, self._fault, kept, self.tr("It is tried again every second."))
        self._fault_place.show()

    def _draw_alarms(self) -> None:
        rows = alarm_rows(self._stations, self._utc_offset_min())
        further = alarms_unlisted(self._stations)
        self._alarms.set_alarms(rows, further)
        self._alarm_card.set_note(alarm_counts(self._stations))
        shown = min(len(rows), MAX_ALARMS)
        more = MORE_MM if len(rows) + further > MAX_ALARMS else 0.0
        self._alarms.setFixedHeight(self._look.mm(max(ALARM_ROW_MM * shown + more, NO_ALARMS_MM)))

    def _draw_calls(self) -> None:
        rows = call_rows(self._stations, self._now_us())
        self._calls.set_marks(rows)
        self._calls.setFixedHeight(self._look.mm(CALL_ROW_MM * min(len(rows), MAX_CALLS)) + 2)
        self._call_card.set_note(str(len(rows)) if len(rows) > 1 else "")
        self._call_card.setVisible(bool(rows))

    def _draw_sheet(self) -> None:
        station = next((s for s in self._stations if s.status.station == self._open_path), None)
        if self._sheet is not None and station is not None:
            self._sheet.show_station(station, self._now_us(), self._utc_offset_min())

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()

    def _sheet_gone(self) -> None:
        if self._sheet is not None:
            self._sheet.deleteLater()
        self._sheet, self._open_path = None, ""

    def _draw_tiles(self, age_s: float) -> None:
        for gone in [path for path in self._tiles if path not in {s.status.station for s in self._stations}]:
            tile = self._tiles.pop(gone)
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._empty.setVisible(not self._stations)
        self._scroll.setVisible(bool(self._stations))
        density = self._look.metrics.px_per_mm
        # as if nothing were wrong: the tiles do not change their size when the fault comes and goes
        height_mm = (self.height() - self._bar.height()) / density - 2 * MARGIN_MM
        width_mm = self._scroll.width() / density
        grid = tile_grid(len(self._stations), width_mm, height_mm, GAP_MM)
        look = self._tile_look(grid.scale)
        for place, station in enumerate(self._stations):
            path = station.status.station
            shown = tile_of(station, age_s, self._now_us())
            if path not in self._tiles:
                tile = StationTile(look, shown)
                tile.opened.connect(lambda _name, path=path: self.open_station(path))
                self._tiles[path] = tile
            self._tiles[path].set_status(shown)
            self._tiles[path].set_dense(grid.dense or self._crowded(grid))
            self._tiles[path].setMaximumHeight(look.mm(TALLEST_TILE_MM))
            self._grid.addWidget(self._tiles[path], place // grid.columns, place % grid.columns)

    def _crowded(self, grid: TileGrid) -> bool:
        """Whether calls, with the banner of a fault above, need the room of the tiles' explaining lines."""
        if not any(station.status.calls for station in self._stations):
            return False
        rows = math.ceil(len(self._stations) / grid.columns)
        row_mm = (self._scroll.height() / self._look.metrics.px_per_mm - GAP_MM * (rows - 1)) / rows
        return row_mm < TILE_HEIGHT_MM * grid.scale

    def _tile_look(self, scale: float) -> Look:
        """The look of tiles so much larger than usual. With another one than before the tiles are made anew."""
        if scale != self._scale:
            for tile in self._tiles.values():
                self._grid.removeWidget(tile)
                tile.deleteLater()
            self._tiles, self._scale = {}, scale
        metrics = Metrics(self._look.metrics.px_per_mm * scale)
        return replace(self._look, metrics=metrics)

    def _draw_orders(self) -> None:
        """The last operation's count is what the order has finished."""
        with_order = [s.status for s in self._stations if s.status.order_id and s.status.planned]
        with_order.sort(key=lambda status: status.order_id)
        listed = {order: list(found) for order, found in groupby(with_order, key=lambda status: status.order_id)}
        for gone in [order for order in self._orders if order not in listed]:
            card = self._orders.pop(gone)
            self._side.removeWidget(card)
            card.deleteLater()
        for order, statuses in list(listed.items())[:MAX_ORDERS]:
            if order not in self._orders:
                self._orders[order] = OrderCard(self._look, self.tr("Order {order}").format(order=order))
                self._side.insertWidget(self._side.count() - 1, self._orders[order])
            last = statuses[-1]
            held = sum(status.nonconforming for status in statuses)
            self._orders[order].set_progress(
                str(last.good),
                self.tr("of {planned} through {station}").format(planned=last.planned, station=last.name),
                last.good / last.planned,
                self.tr("{count} on hold").format(count=held) if held else self.tr("none on hold"),
            )
