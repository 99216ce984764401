"""The ways to the trends of another station: from the records of a unit, and from the line overview."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from station_app.domain.chain import Row
from station_app.services.line_trends import LineTrends
from station_app.services.station import StationServices
from station_app.services.trend_comments import comment_trend
from station_app.ui.line_trend import LineTools, LineTrend, Wanted
from station_app.ui.look import Look
from station_app.ui.trace_trends import TimeAtStation
from widgets.trend_time import clock_text, day_text

translate = QCoreApplication.translate

LATELY_S = 3600.0


def open_line_trend(
    services: StationServices, look: Look, window: QWidget, time: TimeAtStation, span_s: tuple[float, float]
) -> LineTrend:
    """Show what another station's machines did in a time of a unit's work (seconds since the epoch); ends itself."""
    start_s, end_s = span_s
    when = f"{day_text(start_s)} {clock_text(start_s)} – {clock_text(end_s)}"
    about = " · ".join(part for part in (time.serial, time.title, when) if part)

    def remark(
        about_station: str, at_us: int, until_us: int | None, tags: Sequence[str], text: str
    ) -> Future[list[Row]]:
        return comment_trend(
            services.ledger, at_us=at_us, until_us=until_us, tags=tags, text=text, about_station=about_station
        )

    tools = LineTools(
        services.pool,
        services.post,
        lambda: services.ledger.clock.wall_us() / 1e6,
        services.trend_files,
        lambda person: services.library.book.people[person].name if person in services.library.book.people else person,
        remark,
        lambda: services.people.person is not None,
    )
    return _open(look, services.line_trends, tools, window, time.station, Wanted(start_s, end_s, about, time.tags))


def open_lately(
    look: Look,
    line: LineTrends,
    tools: LineTools,
    window: QWidget,
    station: str,
    at_s: float | None = None,
    tag: str = "",
) -> LineTrend:
    """Show a station's last hour, or half an hour before and after a moment, with the tag that it is about."""
    if at_s is None:
        end_s, about = tools.now_s(), translate("trends", "The last hour")
        home = about
    else:
        end_s, home = at_s + LATELY_S / 2, translate("trends", "Back to the alarm")
        about = translate("trends", "Around {time}").format(time=f"{day_text(at_s)} {clock_text(at_s)}")
    wanted = Wanted(end_s - LATELY_S, end_s, about, (tag,) if tag else (), home, margin=0.0)
    view = _open(look, line, tools, window, station, wanted)
    view.moment_s = at_s
    return view


def _open(look: Look, line: LineTrends, tools: LineTools, window: QWidget, station: str, wanted: Wanted) -> LineTrend:
    view = LineTrend(look, line.station(station), tools, wanted)
    view.open_once(window)
    return view
