"""Quantiles against printed tables."""

from __future__ import annotations

import pytest

from station_app.domain.quality.distributions import chi_square_quantile, f_tail, normal_quantile


def test_printed_quantiles_are_met() -> None:
    # Montgomery, 7th edition, appendices II, III and V
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-14)
    assert chi_square_quantile(0.025, 19) == pytest.approx(8.91, abs=5e-3)
    assert chi_square_quantile(0.975, 19) == pytest.approx(32.85, abs=5e-3)
    assert f_tail(4.26, 2, 9) == pytest.approx(0.05, abs=1e-4)
