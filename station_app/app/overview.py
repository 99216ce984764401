"""The line-overview program: a thread that asks the shared database twice a second, and the window it feeds."""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication

from station_app.app.collection import collecting_in_main_thread
from station_app.app.history import line_trends_of
from station_app.domain.status import LineStation
from station_app.services.ports import Refused, SchemaMismatch, SharedDatabaseError
from station_app.services.posting import Post
from station_app.storage.clock import SystemClock
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.overview import LineReader
from station_app.storage.trend_folder import TrendFolder
from station_app.ui.line_trend import LineTools
from station_app.ui.line_trend_opening import open_lately
from station_app.ui.look import sized_look, station_look
from station_app.ui.overview_window import OverviewWindow
from station_app.ui.posting import QtPost

logger = logging.getLogger(__name__)
POLL_S = 0.5
READERS = 2
ANSWER_S = 5.0
RETRY_S = 1.0


class LinePoll:
    """Asks in a thread of its own; answers and failures are posted to the main thread."""

    def __init__(
        self,
        address: DatabaseAddress,
        post: Post,
        on_line: Callable[[list[LineStation]], None],
        on_fault: Callable[[str], None],
    ) -> None:
        self._reader = LineReader(address)
        self._post, self._on_line, self._on_fault = post, on_line, on_fault
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="line poll", daemon=True)

    def start(self) -> None:
        """Begin asking."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the connection."""
        self._stopping.set()
        self._thread.join()
        self._reader.close()

    def _run(self) -> None:
        lost = False
        while not self._stopping.is_set():
            try:
                line = self._reader.line_status()
            except SharedDatabaseError as error:
                reason = _sentence(error)
                if not lost:
                    logger.warning("the line cannot be read: %s", error)
                lost = True
                self._post(lambda reason=reason: self._on_fault(reason))  # type: ignore[misc]  # bound now, not later
                self._stopping.wait(RETRY_S)
                continue
            if lost:
                logger.info("the line can be read again")
            lost = False
            self._post(lambda line=line: self._on_line(line))  # type: ignore[misc]  # bound now, not later
            self._stopping.wait(POLL_S)


class LinePastReading:
    """Reads the past of stations for the overview, beside the poll: connections and threads of its own, made when used."""

    def __init__(self, address: DatabaseAddress) -> None:
        # closing the window waits for an answer that is under way
        self._reader = LineReader(replace(address, answer_timeout_s=ANSWER_S, connect_timeout_s=math.ceil(ANSWER_S)))
        self.pool = ThreadPoolExecutor(READERS, thread_name_prefix="line past")
        self.line = line_trends_of(self._reader, self.pool, "", lambda: True)

    def stop(self) -> None:
        """End the threads and close the connections; an answer that is under way is waited for."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self._reader.close()


def _sentence(error: SharedDatabaseError) -> str:
    """What people at the wall screen need to know; the log has the rest."""
    match error:
        case Refused():
            return "The shared database refuses this window's login."
        case SchemaMismatch():
            return str(error)
        case _:
            return "The shared database does not answer."


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def build_overview(
    address: DatabaseAddress,
    title: str,
    theme: str = "light",
    size_px: tuple[int, int] | None = None,
    exports: Path | None = None,
) -> tuple[OverviewWindow, LinePoll]:
    """The window and its poll, not started. A QApplication must exist. ``size_px`` fits the millimetres to a size.

    ``exports``: the folder in which exported trends are written, else the documents of who is logged in.
    """
    clock = SystemClock()
    screen = QApplication.primaryScreen()
    look = station_look(theme, "en", screen) if size_px is None else sized_look(theme, "en", *size_px)
    window = OverviewWindow(look, title, clock.wall_us, time.monotonic, clock.utc_offset_min)
    post = QtPost(window)
    poll = LinePoll(address, post, window.show_line, window.show_fault)
    window.closed.connect(poll.stop)
    trends = LinePastReading(address)
    tools = LineTools(trends.pool, post, lambda: clock.wall_us() / 1e6, TrendFolder(exports or _documents()))
    window.trends_wanted.connect(
        lambda station, at_s, tag: open_lately(look, trends.line, tools, window, station, at_s, tag)
    )
    window.closed.connect(trends.stop)
    return window, poll


def run_overview_window(address: DatabaseAddress, title: str, full_screen: bool) -> int:
    """Show the window until it is closed; answers the exit code."""
    application = QApplication(sys.argv[:1])
    window, poll = build_overview(address, title)
    poll.start()
    if full_screen:
        window.showFullScreen()
    else:
        window.resize(1600, 900)
        window.show()
    with collecting_in_main_thread():
        return application.exec()
