"""From an action to "saved": a measurement through the execution service, and through the window, on a real journal.

It ends when the main thread knows that the commit is on disk and every page has drawn its answer from it. In the same
seconds a bare SQLite commits the same bytes with synchronous=FULL on the same disk.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from station_app.domain.chain import Row
from station_app.services.posting import PostQueue
from station_app.ui.look import sized_look
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from tests.benchmarks.desk import Desk
from tests.benchmarks.measuring import BareCommits, line, percentile

GOAL_MS = 20.0
GOAL_RATIO = 4.0
OUT_OF_LIMITS = "0.50"
WARM_UP = 20
SIZE_PX = (1280, 800)


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """p99 in milliseconds: without a window, then in the window's event loop."""
    actions = 1_000 if quick else 10_000
    with tempfile.TemporaryDirectory() as folder:
        yield _through_services(Path(folder), actions)
    with tempfile.TemporaryDirectory() as folder:
        yield _through_window(Path(folder), actions // 2)


def _through_services(folder: Path, actions: int) -> dict[str, Any]:
    posts = PostQueue()
    desk = Desk(folder / "station", posts.post, lambda: posts.run_one(0.5), units=1)
    try:
        return _result("action to saved, p99 (ms)", *_measure(desk, folder, actions))
    finally:
        desk.close()


def _through_window(folder: Path, actions: int) -> dict[str, Any]:
    application = QApplication.instance() or QApplication([])

    def serve() -> None:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    post = QtPost()
    desk = Desk(folder / "station", post, serve, units=1)
    window = StationWindow(desk.station.services, sized_look("light", "en", *SIZE_PX))
    window.resize(*SIZE_PX)
    window.show()
    try:
        return _result("action to saved in the window, p99 (ms)", *_measure(desk, folder, actions))
    finally:
        window.close()
        desk.close()
        post.close()


def _measure(desk: Desk, folder: Path, actions: int) -> tuple[list[float], list[float]]:
    """Seconds of every action and of every bare commit, in turns."""
    bare = BareCommits(folder / "bare.db")
    check_id = desk.work_to_measuring()
    execution = desk.station.services.execution
    product_s: list[float] = []
    bare_s: list[float] = []
    rows: list[Row] = []

    def act() -> None:
        # out of limits: the step stays, and the next action is the same again
        saved: list[Row] = desk.finish(execution.measure(check_id, OUT_OF_LIMITS))
        rows[:] = saved

    for n in range(WARM_UP + actions):
        acted_s, committed_s = _timed(act), _timed(lambda: bare.commit(rows))
        if n >= WARM_UP:
            product_s.append(acted_s)
            bare_s.append(committed_s)
    bare.close()
    return product_s, bare_s


def _timed(act: Callable[[], None]) -> float:
    began_s = time.perf_counter()
    act()
    return time.perf_counter() - began_s


def _result(name: str, product_s: list[float], bare_s: list[float]) -> dict[str, Any]:
    product, bare = percentile(product_s, 0.99) * 1e3, percentile(bare_s, 0.99) * 1e3
    medians = (round(percentile(times, 0.5) * 1e3, 3) for times in (product_s, bare_s))
    return line(
        name,
        product,
        bare,
        f"<= {GOAL_MS:g} ms and <= {GOAL_RATIO:g}x a bare FULL commit of the same bytes",
        product <= GOAL_MS and product <= GOAL_RATIO * bare,
        **dict(zip(("median_ms", "bare_median_ms"), medians, strict=True)),
    )
