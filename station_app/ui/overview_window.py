"""The line-overview window for a large screen: one tile a station, the line's alarms and its orders beside them.

It is fed with what the shared database said and when; it never asks by itself. Empty of colour while all is well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from station_app.domain.status import LineStation
from station_app.ui.line_wording import alarm_rows, tile_of
from station_app.ui.look import Look
from station_app.ui.wording import age_text, clock_text
from widgets.alarm_list import AlarmList, AlarmTexts
from widgets.card import Card
from widgets.message_banner import BannerKind, MessageBanner
from widgets.order_card import OrderCard
from widgets.station_tile import StationTile
from widgets.top_bar import Chip, ChipState, TopBar

REDRAW_MS = 500
SIDE_SHARE = 0.24
MAX_ALARMS = 6
MAX_ORDERS = 3


class OverviewWindow(QWidget):
    """The window. :meth:`show_line` takes an answer of the shared database, :meth:`show_fault` why there is none.

    ``now_us`` and ``mono_s`` are the computer's clocks; ``station_opened`` names a station whose tile was touched.
    """

    station_opened = Signal(str)
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
        self._orders: dict[str, OrderCard] = {}
        self._bar = TopBar(look)
        self._banner = MessageBanner(look, self.tr("Hide"))
        self._banner.dismiss_button.hide()
        self._banner.hide()
        self._grid = QGridLayout()
        self._grid.setSpacing(look.mm(4.4))
        self._alarms = AlarmList(
            look,
            AlarmTexts(empty=self.tr("No alarms"), empty_hint=self.tr("The line is calm.")),
            compact=True,
            most_rows=MAX_ALARMS,
        )
        self._alarm_card = Card(look, self.tr("Alarms"))
        self._alarm_card.body.addWidget(self._alarms)
        self._side = QVBoxLayout()
        self._side.setSpacing(look.mm(4.4))
        self._side.addWidget(self._alarm_card)
        self._side.addStretch(1)
        self._lay_out()
        self.setWindowTitle(title)
        self.setObjectName("overview")
        self.setStyleSheet(f"#overview {{ background: {look.theme.page}; }}")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._redraw)
        self._timer.start(REDRAW_MS)
        self._redraw()

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window is gone."""
        self._timer.stop()
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        look = self._look
        body = QHBoxLayout()
        margin = look.mm(5)
        body.setContentsMargins(margin, margin, margin, margin)
        body.setSpacing(look.mm(4.4))
        body.addLayout(self._grid, round((1 - SIDE_SHARE) * 100))
        body.addLayout(self._side, round(SIDE_SHARE * 100))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._banner)
        column.addLayout(body, 1)

    def _redraw(self) -> None:
        age_s = None if self._polled_s is None else self._mono_s() - self._polled_s
        self._draw_bar(age_s)
        self._draw_banner(age_s)
        self._draw_tiles(age_s or 0.0)
        self._alarms.set_alarms(alarm_rows(self._stations, self._utc_offset_min()))
        self._draw_orders()

    def _draw_bar(self, age_s: float | None) -> None:
        calm = not self._fault and age_s is not None
        contact = (
            self.tr("never in contact") if age_s is None else self.tr("last contact {age}").format(age=age_text(age_s))
        )
        text = self.tr("{count} stations · {contact}").format(count=len(self._stations), contact=contact)
        self._bar.set_station(self._title)
        self._bar.set_chips([Chip(text, ChipState.NORMAL if calm else ChipState.WARNING)])
        self._bar.set_clock(clock_text(self._now_us(), self._utc_offset_min()))

    def _draw_banner(self, age_s: float | None) -> None:
        if not self._fault:
            self._banner.hide()
            return
        kept = self.tr("The tiles show what was last known.") if age_s is not None else ""
        self._banner.show_message(BannerKind.WARNING, self._fault, kept, self.tr("It is tried again every second."))
        self._banner.show()

    def _draw_tiles(self, age_s: float) -> None:
        for gone in [path for path in self._tiles if path not in {s.status.station for s in self._stations}]:
            tile = self._tiles.pop(gone)
            self._grid.removeWidget(tile)
            tile.deleteLater()
        columns = max(1, math.ceil(math.sqrt(len(self._stations) / 1.4)))
        for place, station in enumerate(self._stations):
            path = station.status.station
            shown = tile_of(station, age_s, self._now_us())
            if path not in self._tiles:
                tile = StationTile(self._look, shown)
                tile.opened.connect(lambda _name, path=path: self.station_opened.emit(path))
                self._tiles[path] = tile
            self._tiles[path].set_status(shown)
            self._grid.addWidget(self._tiles[path], place // columns, place % columns)

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
