"""Percentiles and lines of results."""

from __future__ import annotations

import pytest

from tests.benchmarks.measuring import line, percentile, rounded


def test_a_percentile_is_a_measured_value() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([7.0], 0.99) == 7.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_the_ratio_is_product_by_bare() -> None:
    found = line("x (ms)", 3.0, 2.0, "<= 4 ms", True)
    assert (found["product"], found["bare"], found["ratio"]) == (3.0, 2.0, 1.5)


@pytest.mark.parametrize(("value", "shown"), [(0.0123456, 0.0123), (12.345, 12.3), (123_456.7, 123_457)])
def test_figures_are_rounded_to_what_they_are_worth(value: float, shown: float) -> None:
    assert rounded(value) == shown
