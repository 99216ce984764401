"""From an action at a station to the line overview's screen: a change of state, through both databases.

A station without a window in a process of its own, the shared database, and the real overview window with its poll. The bare
side writes one row and reads it back through the same server.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from station_app.app.overview import build_overview
from station_app.config.secret_files import read_password_file
from station_app.demo.plant import ASM_10, DemoPlant
from station_app.storage.shared.address import DatabaseAddress
from station_app.ui.overview_window import OverviewWindow
from tests.bench_station import ANNA, ANNA_PIN, UNIT
from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line, percentile
from tests.short_line import short_line

GOAL_S = 1.0
SIZE_PX = (1920, 1080)
TIMEOUT_S = 20.0
WAKE_MS = 10


def run(quick: bool) -> dict[str, Any]:
    """p95 in seconds."""
    changes = 30 if quick else 200
    with tempfile.TemporaryDirectory() as name, DemoPlant(Path(name) / "plant", 1.0, (ASM_10,), short_line()) as plant:
        settings = str(plant.station_file(ASM_10))
        with Child(Path(name), "station_app", "run", settings, "--headless") as station:
            station.read()
            product_s = _watch(plant, station, changes)
        bare_s = _write_and_read(plant, changes)
    product = percentile(product_s, 0.95)
    return line(
        "status change to overview, p95 (s)",
        product,
        percentile(bare_s, 0.95),
        f"<= {GOAL_S:g} s",
        product <= GOAL_S,
        median_s=round(percentile(product_s, 0.5), 3),
        worst_s=round(max(product_s), 3),
    )


def _watch(plant: DemoPlant, station: Child, changes: int) -> list[float]:
    """Interrupt a unit and go on with it, in turns; seconds until the tile says so."""
    station.send("wait", **{"for": "master"})
    station.send("wait", **{"for": "connected"})
    station.send("sign_in", badge=ANNA, pin=ANNA_PIN)
    station.send("scan", text=UNIT)
    line_screen = LineScreen(plant)
    try:
        line_screen.until_state("running")
        taken_s = []
        for n in range(changes):
            began_s = time.perf_counter()
            if n % 2 == 0:
                station.send("interrupt", reason="break")
                line_screen.until_state("break")
            else:
                station.send("scan", text=UNIT)
                line_screen.until_state("running")
            taken_s.append(time.perf_counter() - began_s)
            # the next change falls at another moment of the poll
            line_screen.rest(0.1 + 0.037 * (n % 13))
        return taken_s
    finally:
        line_screen.close()


class LineScreen:
    """The overview window, polling."""

    def __init__(self, plant: DemoPlant) -> None:
        self._application = QApplication.instance() or QApplication([])
        address = DatabaseAddress.from_url(read_password_file(plant.reader_file))
        self._window, self._poll = build_overview(address, "Line 1", size_px=SIZE_PX)
        self._window.resize(*SIZE_PX)
        self._window.show()
        self._poll.start()
        self._wake = QTimer()
        self._wake.start(WAKE_MS)

    def until_state(self, state_text: str) -> None:
        """Until the station's tile says this state and is painted so. Raises TimeoutError."""
        give_up_s = time.monotonic() + TIMEOUT_S
        while not shows(self._window, state_text):
            if time.monotonic() > give_up_s:
                raise TimeoutError(f"the overview has not shown {state_text!r} within {TIMEOUT_S:g} s")
            self._serve()
        self._window.repaint()

    def rest(self, seconds: float) -> None:
        """Let the window live that long."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._serve()

    def close(self) -> None:
        """Close the window, which ends its poll."""
        self._wake.stop()
        self._window.close()

    def _serve(self) -> None:
        self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def shows(window: OverviewWindow, state_text: str) -> bool:
    """Whether the tile of ASM-10 says this state."""
    tile = window.tiles.get(ASM_10.path)
    return tile is not None and state_text in tile.status.state_text.lower()


def _write_and_read(plant: DemoPlant, times: int) -> list[float]:
    taken_s = []
    with psycopg.connect(plant.admin_url, autocommit=True) as writer, psycopg.connect(plant.admin_url) as reader:
        writer.execute("CREATE TABLE bare_status (station text PRIMARY KEY, status bytea)")
        for n in range(times):
            began_s = time.perf_counter()
            writer.execute(
                "INSERT INTO bare_status VALUES ('a', %s) ON CONFLICT (station) DO UPDATE SET status = excluded.status",
                (str(n).encode() * 500,),
            )
            reader.execute("SELECT station, status FROM bare_status").fetchall()
            reader.rollback()
            taken_s.append(time.perf_counter() - began_s)
    return taken_s
