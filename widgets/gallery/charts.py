"""Control charts of every type and in every state, histograms and capability, with points made up by a fixed seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QGridLayout, QWidget

from widgets.capability_panel import CapabilityPanel, IndexRow
from widgets.card import Card
from widgets.control_chart import ControlChart
from widgets.control_chart_values import FloatArray, ListedMarks, PanelValues, PointMark, StageMark
from widgets.gallery.frame import Page
from widgets.histogram import FittedCurve, Histogram, SpecificationLine
from widgets.theme import Look

EMPTY = "No points yet: the first measurement begins this chart"
SEED = 20
COUNT = 40


def variables(look: Look) -> QWidget:
    """Charts of readings."""
    rng = np.random.default_rng(SEED)
    means = rng.normal(20.002, 0.002, COUNT)
    means[31:37] = 20.0005 + 0.0016 * np.arange(6)
    spread_ = np.abs(rng.normal(0.006, 0.002, COUNT))
    rising = PointMark(36, "3", "6 points in a row steadily rising", tuple(range(31, 37)))
    single = rng.normal(20.002, 0.003, COUNT)
    single[24] = 20.0165
    moving = np.abs(np.diff(single, prepend=np.nan))
    beyond = PointMark(24, "1", "one point beyond the limits", (24,))
    weighted = _ewma(rng.normal(0.011, 0.002, COUNT) + 0.0035 * (np.arange(COUNT) > 28), 0.2)
    spread_limits = 0.006 * np.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2.0 * np.arange(1, COUNT + 1)))) * 1.0
    upper, lower = _cusum(rng.normal(0, 1, COUNT) + 1.1 * (np.arange(COUNT) > 30))
    return _page(
        look,
        "Control charts of readings",
        (
            (
                "Shaft Ø · X̄ and R",
                (
                    _panel("Mean", means, 20.002, 0.002, marks=(rising,)),
                    _panel("Range", spread_, 0.006, 0.0022, floor=0.0, weight=0.6),
                ),
            ),
            (
                "Bore Ø · X̄ and s",
                (
                    _panel("Mean", rng.normal(20.006, 0.001, COUNT), 20.006, 0.001, decimals=4),
                    _panel(
                        "s",
                        np.abs(rng.normal(0.0021, 0.0006, COUNT)),
                        0.0021,
                        0.0007,
                        floor=0.0,
                        weight=0.6,
                        decimals=4,
                    ),
                ),
            ),
            (
                "Shaft Ø · individuals and moving range",
                (
                    _panel("Individuals", single, 20.002, 0.003, marks=(beyond,)),
                    _panel(
                        "Moving range",
                        moving,
                        0.0034,
                        0.0026,
                        floor=0.0,
                        weight=0.6,
                        marks=(PointMark(24, "1", "", (24,)),),
                    ),
                ),
            ),
            ("Runout · EWMA", (_weighted_panel(weighted, 0.0112, spread_limits),)),
            ("Cover torque · CUSUM", (_cusum_panel(upper, lower),)),
        ),
        (4, None, 24, 33, None),
    )


def attributes(look: Look) -> QWidget:
    """Charts of counts: limits step with the size of the sample."""
    rng = np.random.default_rng(SEED)
    sizes = rng.choice([50.0, 80.0, 125.0], COUNT)
    share = rng.binomial(sizes.astype(int), 0.04) / sizes
    share[33] = 0.16
    deviation = np.sqrt(0.04 * 0.96 / sizes)
    per_unit = rng.poisson(1.8 * sizes / 50) / (sizes / 50)
    unit_deviation = np.sqrt(1.8 / (sizes / 50))
    count = rng.poisson(4.0, COUNT).astype(np.float64)
    count[10:19] = [5, 6, 5, 7, 6, 5, 8, 5, 6]
    broken = PointMark(33, "1", "one point beyond the limits", (33,))
    side = PointMark(18, "2", "9 points in a row on one side of the centre line", tuple(range(10, 19)))
    return _page(
        look,
        "Control charts of counts",
        (
            ("Leak test · p", (_stepped("Share not in order", share, 0.04, deviation, (broken,)),)),
            (
                "Leak test · np",
                (
                    _panel(
                        "Not in order",
                        rng.binomial(50, 0.06, COUNT).astype(np.float64),
                        3.0,
                        1.68,
                        floor=0.0,
                        decimals=1,
                    ),
                ),
            ),
            ("Scratches · c", (_panel("Defects", count, 4.0, 2.0, floor=0.0, decimals=1, marks=(side,)),)),
            ("Scratches · u", (_stepped("Defects a unit", per_unit, 1.8, unit_deviation, (), decimals=2),)),
        ),
        (33, None, 18, None),
    )


def states(look: Look) -> QWidget:
    """Nothing yet, collecting, gaps, stages, a gross value, a warning, points left out, ten thousand points."""
    rng = np.random.default_rng(SEED)
    gaps = rng.normal(8.5, 0.1, COUNT)
    gaps[[7, 8, 22]] = np.nan
    stages = np.concatenate([rng.normal(20.004, 0.003, 20), rng.normal(20.001, 0.0016, 20)])
    center = np.repeat([20.004, 20.001], 20)
    width = np.repeat([0.003, 0.0016], 20)
    staged = PanelValues("Individuals", stages, center, center - 3 * width, center + 3 * width, width)
    gross = rng.normal(0.011, 0.002, COUNT)
    gross[30] = 4.2
    nothing = np.full(8, np.nan)
    few = PanelValues("Individuals", rng.normal(0.011, 0.002, 8), nothing, nothing, nothing)
    drift = rng.normal(0.0, 0.25, COUNT)
    drift[30:] += 0.22 * np.arange(10)
    warned = PointMark(
        39, "", "a line through the last 10 points reaches the upper limit in about 4 points", warning=True
    )
    long = rng.normal(20.002, 0.003, 10_000)
    page = _page(
        look,
        "States of a control chart",
        (
            ("Nothing measured", ()),
            ("Collecting: 12 more until there are limits", (few,)),
            ("Gaps where a value is missing", (_panel("Individuals", gaps, 8.5, 0.1, decimals=2),)),
            ("Stages with limits of their own", (staged,)),
            (
                "A gross value stays at the edge",
                (
                    _panel(
                        "Individuals",
                        gross,
                        0.011,
                        0.002,
                        marks=(PointMark(30, "1", "one point beyond the limits", (30,)),),
                    ),
                ),
            ),
            ("Early warning", (_panel("Individuals", drift, 0.0, 1.0, decimals=1, marks=(warned,)),)),
            (
                "Points left out of the limits",
                (_panel("Individuals", rng.normal(20.002, 0.003, COUNT), 20.002, 0.003),),
            ),
            ("2,500 of 10,000 points", (_panel("Individuals", long, 20.002, 0.003),)),
        ),
        (None, None, None, None, 30, None, None, None),
    )
    charts = page.findChildren(ControlChart)
    panels = charts[3]
    panels.set_chart([staged], (StageMark(0, "baseline"), StageMark(20, "limits 4, frozen 2026-11-02")), "stages")
    charts[6].set_excluded((5, 6, 21))
    charts[7].show_points(2500)
    return page


def capability(look: Look) -> QWidget:
    """Histograms and indices: capable, not stable, one limit only, nothing yet."""
    rng = np.random.default_rng(SEED)
    page = Page(look)
    page.top_bar.set_station("INS-30")
    page.top_bar.set_work("Histograms and capability")
    both = (
        SpecificationLine(19.987, "LSL 19.987", -1),
        SpecificationLine(20.002, "20.002"),
        SpecificationLine(20.017, "USL 20.017", 1),
    )
    good = rng.normal(20.003, 0.0032, 250)
    wide = rng.normal(20.008, 0.0055, 250)
    one = np.abs(rng.normal(0.010, 0.003, 120))
    rows = (
        IndexRow("Cp", "1.56", "1.42 – 1.70"),
        IndexRow("Cpk", "1.46", "1.32 – 1.60"),
        IndexRow("Cpm", "1.49", "1.36 – 1.62"),
        IndexRow("Pp", "1.55", "1.41 – 1.68"),
        IndexRow("Ppk", "1.45", "1.31 – 1.58"),
    )
    weak = tuple(IndexRow(row.name, f"{float(row.value_text) - 0.9:.2f}", "0.51 – 0.71", True) for row in rows)
    foot = ("within: moving range, σ 0.0032 · overall σ 0.0033", "n = 250 · 95 % intervals")
    cases = (
        ("Shaft Ø", good, both, rows, "", foot),
        ("Shaft Ø, a bad week", wide, both, weak, "Not stable", foot),
        (
            "Runout, one limit",
            one,
            (SpecificationLine(0.020, "USL 0.020", 1),),
            (IndexRow("Cpk", "1.07", "0.92 – 1.22"), IndexRow("Ppk", "1.05", "0.90 – 1.20")),
            "",
            foot,
        ),
        ("Nothing measured", np.zeros(0), (), (), "", ()),
    )
    grid = QGridLayout()
    grid.setContentsMargins(*[look.mm(5)] * 4)
    grid.setSpacing(look.mm(4))
    for place, (title, readings, lines, indices, mark, words) in enumerate(cases):
        histogram = Histogram(look, "No readings yet")
        if readings.size:
            counts, edges = np.histogram(readings, 14)
            mean, sigma = float(readings.mean()), float(readings.std())
            curves = (FittedCurve(mean, sigma * 0.96), FittedCurve(mean, sigma * 1.1, dashed=True))
            histogram.set_histogram(edges, counts.astype(np.float64), lines, curves, title)
        panel = CapabilityPanel(look, "Capability needs at least two readings")
        panel.set_capability(indices, mark, words)
        for column, widget in enumerate((histogram, panel)):
            card = Card(look, title if column == 0 else "Capability")
            card.body.addWidget(widget, 1)
            card.setSizePolicy(histogram.sizePolicy())
            grid.addWidget(card, place // 2, place % 2 * 2 + column)
            grid.setColumnStretch(place % 2 * 2 + column, 3 - column)
    page.middle.addLayout(grid, 1)
    return page


def _panel(
    title: str,
    points: FloatArray,
    center: float,
    sigma: float,
    *,
    floor: float | None = None,
    marks: Sequence[PointMark] = (),
    decimals: int = 3,
    weight: float = 1.0,
) -> PanelValues:
    lcl = center - 3 * sigma if floor is None else max(floor, center - 3 * sigma)
    lines = [np.full(len(points), value) for value in (center, lcl, center + 3 * sigma, sigma)]
    zones = lines[3] if floor is None else None
    return PanelValues(title, points, lines[0], lines[1], lines[2], zones, None, ListedMarks(marks), decimals, weight)


def _stepped(
    title: str, points: FloatArray, center: float, deviation: FloatArray, marks: Sequence[PointMark], decimals: int = 3
) -> PanelValues:
    lcl, ucl = np.maximum(0.0, center - 3 * deviation), center + 3 * deviation
    return PanelValues(
        title, points, np.full(len(points), center), lcl, ucl, deviation, None, ListedMarks(marks), decimals
    )


def _weighted_panel(points: FloatArray, center: float, half: FloatArray) -> PanelValues:
    marks = [
        PointMark(int(index), "1", "one point beyond the limits", (int(index),))
        for index in np.flatnonzero(points > center + half)
    ]
    middle = np.full(len(points), center)
    return PanelValues("EWMA", points, middle, middle - half, middle + half, None, None, ListedMarks(marks), 4)


def _cusum_panel(upper: FloatArray, lower: FloatArray) -> PanelValues:
    zero, h = np.zeros(len(upper)), np.full(len(upper), 5.0)
    marks = [
        PointMark(int(index), "1", "the sum is beyond h", (), lower=below)
        for below, sums in ((False, upper), (True, lower))
        for index in np.flatnonzero(sums > 5.0)
    ]
    return PanelValues("Sums", upper, zero, -h, h, None, lower, ListedMarks(marks), 1, 1.0, ("h", "0", "−h"))


def _ewma(values: FloatArray, weight: float) -> FloatArray:
    found, last = np.empty(len(values)), 0.0112
    for place, value in enumerate(values):
        last = weight * float(value) + (1 - weight) * last
        found[place] = last
    return found


def _cusum(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    sums = np.zeros((2, len(values)))
    for place, value in enumerate(values):
        for side, sign in enumerate((1.0, -1.0)):
            before = sums[side, place - 1] if place else 0.0
            sums[side, place] = max(0.0, before + sign * float(value) - 0.5)
    return sums[0], sums[1]


def _page(
    look: Look,
    title: str,
    cases: Sequence[tuple[str, Sequence[PanelValues]]],
    selected: Sequence[int | None],
) -> Page:
    page = Page(look)
    page.top_bar.set_station("INS-30")
    page.top_bar.set_work(title)
    grid = QGridLayout()
    grid.setContentsMargins(*[look.mm(5)] * 4)
    grid.setSpacing(look.mm(4))
    across = 2 if len(cases) < 5 else 3 if len(cases) < 7 else 4
    for place, (name, panels) in enumerate(cases):
        chart = ControlChart(look, EMPTY)
        chart.set_chart(panels, description=name)
        chart.select(selected[place])
        card = Card(look, name)
        card.body.addWidget(chart, 1)
        card.setSizePolicy(chart.sizePolicy())
        grid.addWidget(card, place // across, place % across)
    page.middle.addLayout(grid, 1)
    return page
