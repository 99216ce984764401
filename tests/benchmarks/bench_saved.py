"""From an action to "saved": a measurement through the execution service, and through the window, on a real journal.

It ends when the commit is on disk, the fold has it, and every page was told: in the window the page then says the verdict
and takes the next press. ``painted_ms`` ends later, when that has been painted. The readings differ from one action to the
next, so that there is something to draw. In the same seconds a bare SQLite commits the same bytes with synchronous=FULL on
the same disk.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
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
OUT_OF_LIMITS = ("0.50", "0.51")
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
        saved_s, _, bare_s = _measure(desk, folder, actions, lambda: None)
        return _result("action to saved, p99 (ms)", saved_s, bare_s)
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
    events = QEventLoop()

    def paint() -> None:
        while events.processEvents():
            pass  # laying out asks for painting, and what is left over would be counted with the next action

    try:
        saved_s, painted_s, bare_s = _measure(desk, folder, actions, paint)
        painted_ms = round(percentile(painted_s, 0.99) * 1e3, 3)
        return _result("action to saved in the window, p99 (ms)", saved_s, bare_s, painted_ms=painted_ms)
    finally:
        window.close()
        desk.close()
        post.close()


def _measure(
    desk: Desk, folder: Path, actions: int, paint: Callable[[], None]
) -> tuple[list[float], list[float], list[float]]:
    """Seconds until saved, until painted, and of the bare commit, of every action in turns."""
    bare = BareCommits(folder / "bare.db")
    check_id = desk.work_to_measuring()
    measure = desk.station.services.execution.measure
    saved_s: list[float] = []
    painted_s: list[float] = []
    bare_s: list[float] = []
    # out of limits: the step stays, and the next action is the same again
    for n, reading in zip(range(WARM_UP + actions), itertools.cycle(OUT_OF_LIMITS)):
        began_s = time.perf_counter()
        saving: Future[list[Row]] = measure(check_id, reading)
        saving.add_done_callback(lambda _: saved_s.append(time.perf_counter()))
        rows = desk.finish(saving)
        paint()
        painted_at_s = time.perf_counter()
        bare.commit(rows)
        bare_s.append(time.perf_counter() - painted_at_s)
        painted_s.append(painted_at_s - began_s)
        saved_s[n] -= began_s
    bare.close()
    return saved_s[WARM_UP:], painted_s[WARM_UP:], bare_s[WARM_UP:]


def _result(name: str, product_s: list[float], bare_s: list[float], **more: float) -> dict[str, Any]:
    product, bare = percentile(product_s, 0.99) * 1e3, percentile(bare_s, 0.99) * 1e3
    medians = (round(percentile(times, 0.5) * 1e3, 3) for times in (product_s, bare_s))
    return line(
        name,
        product,
        bare,
        f"<= {GOAL_MS:g} ms and <= {GOAL_RATIO:g}x a bare FULL commit of the same bytes",
        product <= GOAL_MS and product <= GOAL_RATIO * bare,
        **dict(zip(("median_ms", "bare_median_ms"), medians, strict=True)),
        **more,
    )
