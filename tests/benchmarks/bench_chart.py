"""A reading until the control chart is redrawn with it, 10,000 points before it, in every state of the page.

Goal (issue "Inspection, SPC and camera evidence"): reading to verdict and redrawn chart <= 100 ms p95. Here the chart anew from
all its points, all rules, and painted; what recording costs is in `inspection`. Bare: numpy's limits of the same points, and Qt
drawing a line through those in sight and three limits, without rules, marks and words.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QApplication

from station_app.domain.inspection.plan import ChartSettings
from station_app.domain.quality.constants import FloatArray
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.spc.live import live_chart
from station_app.domain.spc.points import ChartPoint
from station_app.ui.look import sized_look
from station_app.ui.spc_words import panels_of, stages_of
from tests.benchmarks.measuring import line, percentile
from widgets.control_chart import MOST_IN_SIGHT, POINTS_IN_SIGHT, ControlChart

HISTORY = 10_000
GOAL_S = 0.1
SIZE_PX = (1100, 640)
WIDTH = 3.0


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """A stable chart with what is usual in sight, and with as many as there can be; one whose every point breaks a rule."""
    readings = 60 if quick else 300
    values = np.random.default_rng(2859).normal(20.002, 0.003, HISTORY + readings)
    drifting = values + 0.004 * (np.arange(len(values)) > 40)
    yield redrawn("reading to redrawn chart, p95 (s)", values, readings, POINTS_IN_SIGHT)
    yield redrawn(f"the same with {MOST_IN_SIGHT} points in sight", values, readings, MOST_IN_SIGHT)
    yield redrawn("the same, every point breaking a rule", drifting, readings, POINTS_IN_SIGHT)


def redrawn(name: str, values: FloatArray, readings: int, in_sight: int) -> dict[str, Any]:
    """One reading after the other onto the same chart."""
    application = QApplication.instance() or QApplication([])
    settings = ChartSettings(chart=ChartKind.I_MR)
    points = [made(value, number) for number, value in enumerate(values[:HISTORY])]
    chart = ControlChart(sized_look("light", "en", 1920, 1080))
    chart.resize(*SIZE_PX)
    chart.show_points(in_sight)
    picture = QImage(*SIZE_PX, QImage.Format.Format_RGB32)
    product_s, bare_s = [], []
    for number, value in enumerate(values[HISTORY : HISTORY + readings], HISTORY):
        points.append(made(value, number))
        began_s = time.perf_counter()
        live = live_chart(settings, points)
        chart.set_chart(panels_of(live, 3), stages_of(live, ()))
        chart.render(picture)
        product_s.append(time.perf_counter() - began_s)
        began_s = time.perf_counter()
        bare(np.asarray(values[: number + 1]), picture)
        bare_s.append(time.perf_counter() - began_s)
    chart.deleteLater()
    application.processEvents()
    product = percentile(product_s, 0.95)
    median = round(percentile(product_s, 0.5), 5)
    return line(name, product, percentile(bare_s, 0.95), f"<= {GOAL_S:g} s", product <= GOAL_S, median_s=median)


def made(value: float, number: int) -> ChartPoint:
    """A point with what stands behind it."""
    return ChartPoint(
        point_id=str(number),
        rec_id=str(number),
        serial=f"GX40-{number:06d}",
        lot="",
        job_id=str(number),
        at_us=number,
        utc_offset_min=0,
        operator="jonas.weber",
        gauge="M-114",
        machine="",
        tool="",
        values=(float(value),),
        value_text=f"{value:.3f}",
    )


def bare(values: FloatArray, picture: QImage) -> None:
    """Centre and limits, and a line through the newest points."""
    center, width = float(values.mean()), WIDTH * float(np.abs(np.diff(values)).mean()) / 1.128
    low, high = center - 2 * width, center + 2 * width
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wide, tall = SIZE_PX
    shown = values[-POINTS_IN_SIGHT:]
    ys = tall * (1 - (shown - low) / (high - low))
    painter.drawPolyline(QPolygonF([QPointF(at * wide / len(shown), float(y)) for at, y in enumerate(ys)]))
    for limit in (center - width, center, center + width):
        y = tall * (1 - (limit - low) / (high - low))
        painter.drawLine(QPointF(0, y), QPointF(wide, y))
    painter.end()
