"""Trends: eight pens of a million points redrawn live, and thirty days opened beside a minute.

The bare side of the first is pyqtgraph with its own downsampling (peak) and clipping to the view, the same samples in the
same window; both sides take their newest samples, redraw and are painted into a picture. The second is the trend's view with
a real historian's file of thirty days at 1 Hz: from the wish until what was asked for is drawn, with nothing kept from before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from station_app.storage.historian import SqliteTrendHistory
from station_app.ui.trend_fetch import BESIDE, piece_of
from tests.benchmarks.bench_historian import DAY_US, DAYS, STATION, T0_US, _month
from tests.benchmarks.measuring import line, percentile

PENS = 8
POINTS = 1_000_000
NEW_POINTS = 10
RATE_HZ = 100.0
WARM_TURNS = 3
GOAL_MS = 33.0
SIZE_PX = (1500, 850)
OPEN_TAGS = 8
Redraw = Callable[[int], None]


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Redrawing, opening."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    yield _redrawing(20 if quick else 100)
    yield _opening(5 if quick else 20)
    application.processEvents()


# --- redrawing ----------------------------------------------------------------------------------------------------------


def _signals() -> list[np.ndarray]:
    chance = np.random.default_rng(1)
    times = np.arange(POINTS + NEW_POINTS * 500) / RATE_HZ
    return [10 + 5 * np.sin(times / (300 + 40 * n)) + chance.normal(0, 0.5, times.size) for n in range(PENS)]


def _redrawing(repetitions: int) -> dict[str, Any]:
    signals = _signals()
    product, bare = _product(signals), _bare(signals)
    took_ms: dict[str, list[float]] = {"product": [], "bare": []}
    cpu_ms: dict[str, list[float]] = {"product": [], "bare": []}
    for turn in range(repetitions + WARM_TURNS):
        for name, redraw in (("product", product), ("bare", bare)):
            start_s, worked_s = time.perf_counter(), time.thread_time()
            redraw(turn)
            if turn >= WARM_TURNS:
                took_ms[name].append((time.perf_counter() - start_s) * 1e3)
                cpu_ms[name].append((time.thread_time() - worked_s) * 1e3)
    median = percentile(took_ms["product"], 0.5)
    return line(
        f"live redraw and painting, {PENS} pens of {POINTS // 1_000_000}M points, median (ms)",
        median,
        percentile(took_ms["bare"], 0.5),
        f"<= {GOAL_MS:g} ms",
        median <= GOAL_MS,
        p95_ms=round(percentile(took_ms["product"], 0.95), 1),
        cpu_ms=round(percentile(cpu_ms["product"], 0.5), 1),
        bare_cpu_ms=round(percentile(cpu_ms["bare"], 0.5), 1),
        bare_is="pyqtgraph, downsampling peak and clip to view",
    )


def _product(signals: list[np.ndarray]) -> Redraw:
    from widgets.theme import LIGHT, Look, Metrics
    from widgets.trend_axis import TrendPen
    from widgets.trend_view import TrendView

    look = Look(LIGHT, Metrics(3.67))
    pens = [TrendPen(f"p{n}", f"Pen {n}", "kN" if n < 4 else "°C") for n in range(PENS)]
    view = TrendView(look, pens, window_s=POINTS / RATE_HZ, capacity=POINTS)
    view.resize(*SIZE_PX)
    view.ensurePolished()
    times = np.arange(signals[0].size) / RATE_HZ
    for n, signal in enumerate(signals):
        view.append(f"p{n}", times[:POINTS], signal[:POINTS])

    def redraw(turn: int) -> None:
        new = slice(POINTS + turn * NEW_POINTS, POINTS + (turn + 1) * NEW_POINTS)
        for n, signal in enumerate(signals):
            view.append(f"p{n}", times[new], signal[new])
        view.redraw(float(times[new][-1]))
        view.grab()

    return redraw


def _bare(signals: list[np.ndarray]) -> Redraw:
    import pyqtgraph as pg

    pg.setConfigOptions(antialias=False)
    widget = pg.GraphicsLayoutWidget()
    widget.resize(*SIZE_PX)
    boxes = [widget.addPlot(row=row, col=0) for row in range(2)]
    curves = []
    for n in range(PENS):
        curve = boxes[n // 4].plot(pen=pg.mkPen(pg.intColor(n), width=1))
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
        curves.append(curve)
    times = np.arange(signals[0].size) / RATE_HZ

    def redraw(turn: int) -> None:
        end = POINTS + (turn + 1) * NEW_POINTS
        for curve, signal in zip(curves, signals, strict=True):
            curve.setData(times[end - POINTS : end], signal[end - POINTS : end])
        for box in boxes:
            box.setXRange(times[end - POINTS], times[end - 1], padding=0)
        widget.grab()

    return redraw


# --- opening ------------------------------------------------------------------------------------------------------------


def _opening(repetitions: int) -> dict[str, Any]:
    """Thirty days against one minute, both out of the same file; the reading runs on two threads as in the station."""
    history = SqliteTrendHistory(_month(DAYS * 86_400), STATION)
    with ThreadPoolExecutor(2) as pool:
        took_ms: dict[str, list[float]] = {"month": [], "minute": []}
        for _ in range(repetitions):
            for name, seconds in (("month", DAYS * 86_400.0), ("minute", 60.0)):
                took_ms[name].append(_open(history, pool, seconds) * 1e3)
    history.close()
    month, minute = (percentile(took_ms[name], 0.5) for name in ("month", "minute"))
    return line(
        f"{OPEN_TAGS} pens opened over 30 days, read and drawn, median (ms; beside it: over a minute)",
        month,
        minute,
        "<= 250 ms",
        month <= 250,
        worst_ms=round(max(took_ms["month"])),
        bare_is="the same, one minute",
    )


def _open(history: SqliteTrendHistory, pool: ThreadPoolExecutor, seconds: float) -> float:
    from widgets.theme import LIGHT, Look, Metrics
    from widgets.trend_axis import TrendPen
    from widgets.trend_view import TrendView

    view = TrendView(
        Look(LIGHT, Metrics(3.67)), [TrendPen(f"t{n}", f"Pen {n}", "kN") for n in range(OPEN_TAGS)], capacity=100
    )
    view.resize(*SIZE_PX)
    view.ensurePolished()
    end_s = (T0_US + DAYS * DAY_US) / 1e6
    start_s = time.perf_counter()
    first_s, last_s = end_s - seconds * (1 + BESIDE), end_s
    points = int(view.columns * (1 + BESIDE))
    answers = {
        pen.key: pool.submit(history.envelope, pen.key, round(first_s * 1e6), round(last_s * 1e6), points)
        for pen in view.pens
    }
    for key, answer in answers.items():
        view.add_piece(key, piece_of(answer.result(), first_s, last_s, seconds / view.columns))
    view.show_span(end_s - seconds, end_s)
    view.grab()
    return time.perf_counter() - start_s
