"""Control charts: all nine of a million measurements recomputed, and one more reading on a chart of 10,000 points.

Goals (issue "Inspection, SPC and camera evidence"): 3 s for all charts of 1M measurements; a reading until its redrawn
chart within 100 ms p95, of which computing must be a small part. Bare: numpy alone, centre, limits and the points beyond
them, without run rules.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from station_app.domain.quality.attribute_charts import c_chart, np_chart, p_chart, u_chart
from station_app.domain.quality.chart import ChartOptions
from station_app.domain.quality.constants import FloatArray
from station_app.domain.quality.readings import Counts, Subgroups
from station_app.domain.quality.variables_charts import i_mr, xbar_r, xbar_s
from station_app.domain.quality.weighted_charts import cusum, ewma
from tests.benchmarks.measuring import line, percentile, rounded

MEASUREMENTS = 1_000_000
SIZE = 5
HISTORY = 10_000


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """All charts of a million, then a live chart that grows by a reading at a time."""
    yield all_charts(rounds=3 if quick else 10)
    yield live_chart(readings=100 if quick else 1000)


def all_charts(rounds: int) -> dict[str, Any]:
    """Every chart anew from the same million measurements (200,000 subgroups of five), or a million samples of counts."""
    random = np.random.default_rng(2859)
    values = random.normal(10, 1, (MEASUREMENTS // SIZE, SIZE))
    counts, sizes = random.binomial(100, 0.05, MEASUREMENTS).astype(np.float64), np.full(MEASUREMENTS, 100.0)
    single = values.reshape(-1, 1)
    charts: dict[str, Callable[[], object]] = {
        "xbar_r": lambda: xbar_r(Subgroups(values)),
        "xbar_s": lambda: xbar_s(Subgroups(values)),
        "i_mr": lambda: i_mr(Subgroups(single)),
        "p": lambda: p_chart(Counts(counts, sizes)),
        "np": lambda: np_chart(Counts(counts, sizes)),
        "c": lambda: c_chart(Counts(counts, sizes)),
        "u": lambda: u_chart(Counts(counts, sizes)),
        "ewma": lambda: ewma(Subgroups(single)),
        "cusum": lambda: cusum(Subgroups(single)),
    }
    totals, bares, each = [], [], dict.fromkeys(charts, 0.0)
    for _ in range(rounds):
        bares.append(_seconds(lambda: bare_charts(values, counts)))
        took = {name: _seconds(chart) for name, chart in charts.items()}
        totals.append(sum(took.values()))
        each = {name: each[name] + took[name] / rounds for name in charts}
    product = percentile(totals, 0.5)
    more = {f"{name}_s": rounded(took) for name, took in each.items()}
    return line("all charts of 1M measurements (s)", product, percentile(bares, 0.5), "<= 3 s", product <= 3, **more)


def bare_charts(values: FloatArray, counts: FloatArray) -> None:
    """The same nine limits by numpy alone, without missing readings, rules or members."""
    single = values.ravel()
    for spread in (np.ptp(values, axis=1), values.std(axis=1, ddof=1)):
        bare_limits(values.mean(axis=1), float(spread.mean()))
    moving = np.abs(np.diff(single))
    bare_limits(single, float(moving.mean()))
    for _ in range(4):
        bare_limits(counts / 100.0, float(np.sqrt(counts.mean())))
    for _ in range(2):
        bare_limits(np.cumsum(single - single.mean()), float(moving.mean()))


def bare_limits(points: FloatArray, width: float) -> int:
    """The points beyond three widths."""
    center = float(points.mean())
    return int(np.count_nonzero((points > center + 3 * width) | (points < center - 3 * width)))


def live_chart(readings: int) -> dict[str, Any]:
    """A reading more on a chart of 10,000: all of it against frozen limits with all rules, and what the new point breaks."""
    values = np.random.default_rng(7).normal(10, 1, (HISTORY + readings, 1))
    frozen = ChartOptions(limits=i_mr(Subgroups(values[:HISTORY])).limits[0].frozen("benchmark", 1))
    took, bare = [], []
    for count in range(HISTORY + 1, HISTORY + readings + 1):
        begun = time.perf_counter()
        points = values[:count, 0]
        bare_limits(points, float(np.abs(np.diff(points)).mean()))
        bare.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        i_mr(Subgroups(values[:count]), frozen).violations.at(count)
        took.append((time.perf_counter() - begun) * 1000)
    p95 = percentile(took, 0.95)
    more = {"median_ms": rounded(percentile(took, 0.5))}
    return line(
        "a reading on a chart of 10,000, p95 (ms)", p95, percentile(bare, 0.95), "<= 20 ms of 100", p95 <= 20, **more
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
