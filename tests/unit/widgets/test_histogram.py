"""Histogram and capability: bars, limits, and words for who does not see them."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from widgets.capability_panel import CapabilityPanel, IndexRow
from widgets.histogram import FittedCurve, Histogram, SpecificationLine, side_by_side
from widgets.theme import Look


def test_bars_need_their_edges(look: Look) -> None:
    with pytest.raises(ValueError, match="3 bars need 4 edges"):
        Histogram(look).set_histogram(np.zeros(3), np.zeros(3))


def test_what_lies_outside_a_limit_is_hatched(qtbot: QtBot, look: Look) -> None:
    histogram = Histogram(look, "No readings yet")
    qtbot.addWidget(histogram)
    histogram.resize(400, 300)
    edges, counts = np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 9.0, 5.0])
    plain = (SpecificationLine(-0.5, "LSL", -1), SpecificationLine(3.5, "USL", 1))
    tight = (SpecificationLine(-0.5, "LSL", -1), SpecificationLine(2.0, "USL", 1), SpecificationLine(1.5, "target"))

    def red_pixels() -> int:
        image = histogram.grab().toImage()
        colors = (image.pixelColor(x, y) for x in range(0, 400) for y in range(0, 300, 3))
        return sum(color.red() > color.blue() + 50 for color in colors)

    histogram.set_histogram(edges, counts, plain, (FittedCurve(1.5, 0.7), FittedCurve(1.5, 0.0)))
    assert red_pixels() == 0
    histogram.set_histogram(edges, counts, tight, (FittedCurve(1.5, 0.7),), "Shaft")
    assert red_pixels() > 20
    assert histogram.accessibleName() == "Shaft"


def test_an_empty_histogram_says_so(qtbot: QtBot, look: Look) -> None:
    histogram = Histogram(look, "No readings yet")
    qtbot.addWidget(histogram)
    histogram.grab()
    assert histogram.accessibleName() == "No readings yet"


def test_the_panel_says_indices_intervals_and_why_they_promise_nothing(qtbot: QtBot, look: Look) -> None:
    panel = CapabilityPanel(look, "Two readings are needed")
    qtbot.addWidget(panel)
    assert panel.text() == "Two readings are needed"
    panel.set_capability([IndexRow("Cpk", "1.21", "0.94 – 1.48")], "Not stable", ["n = 40"])
    assert panel.text() == "Not stable, Cpk 1.21 0.94 – 1.48, n = 40"
    panel.set_capability([], "", ["It is counted"])
    assert panel.text() == "It is counted"


@pytest.mark.parametrize("centers", [(200.0, 204.0), (10.0, 12.0), (395.0, 398.0), (50.0, 350.0)])
def test_the_ends_of_narrow_bars_are_told_beside_each_other(centers: tuple[float, float]) -> None:
    first, second = side_by_side(centers, (60.0, 60.0), 400.0, 8.0)
    assert first >= 0 and second + 60 <= 400 and second - first >= 68
    if centers[1] - centers[0] > 68:
        assert (first, second) == (20.0, 320.0)
