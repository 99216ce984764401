"""The small drawings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.outcome import Limits
from station_app.storage.dossier.marks import scale


@pytest.mark.parametrize(
    ("lower", "upper", "ends"),
    [
        ("10", "14", ("9", "15")),
        (None, "0.020", ("0", "0.02667")),
        ("5", None, ("3.33333", "10")),
        (None, "0", ("-1", "0.33333")),
        ("0", None, ("-0.33333", "1")),
    ],
)
def test_the_bar_reaches_beyond_its_limits(lower: str | None, upper: str | None, ends: tuple[str, str]) -> None:
    limits = Limits(lower=Decimal(lower) if lower else None, upper=Decimal(upper) if upper else None)
    low, high = scale(limits)
    assert (round(low, 5), round(high, 5)) == (Decimal(ends[0]), Decimal(ends[1]))


@pytest.mark.parametrize("value", ["5", "0", "-3"])
def test_equal_limits_still_make_a_bar(value: str) -> None:
    low, high = scale(Limits(lower=Decimal(value), upper=Decimal(value)))
    assert low < Decimal(value) < high
