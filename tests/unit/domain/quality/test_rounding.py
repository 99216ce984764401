"""ASTM E29: absolute and rounding method."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.rounding import Rounding, rounded_to_limit, within_limits


@pytest.mark.parametrize(
    ("reading", "limit", "rounded"),
    [
        # ASTM E29, 6.4: half to the even digit
        ("0.125", "0.10", "0.12"),
        ("0.135", "0.10", "0.14"),
        ("2.5", "2", "2"),
        ("3.5", "2", "4"),
        ("-2.5", "2", "-2"),
        ("2.5000001", "2", "3"),
        ("12.504", "12.50", "12.50"),
        ("149", "1E+2", "1E+2"),
        ("150", "1E+2", "2E+2"),
    ],
)
def test_half_goes_to_even_at_the_last_place_of_the_limit(reading: str, limit: str, rounded: str) -> None:
    assert str(rounded_to_limit(Decimal(reading), Decimal(limit))) == rounded


def test_the_method_decides_about_a_reading_just_beyond() -> None:
    upper = Decimal("12.50")
    assert within_limits(Decimal("12.504"), None, upper, Rounding.ROUNDING)
    assert not within_limits(Decimal("12.504"), None, upper, Rounding.ABSOLUTE)
    assert not within_limits(Decimal("12.506"), None, upper, Rounding.ROUNDING)
    assert within_limits(Decimal("12.505"), None, upper, Rounding.ROUNDING)
    assert not within_limits(Decimal("12.515"), None, upper, Rounding.ROUNDING)


def test_each_limit_rounds_to_its_own_place_and_belongs_to_what_conforms() -> None:
    assert within_limits(Decimal("9.96"), Decimal("10.0"), Decimal("11.00"), Rounding.ROUNDING)
    assert not within_limits(Decimal("9.96"), Decimal("10.00"), Decimal("11.0"), Rounding.ROUNDING)
    for edge in ("10.0", "11.00"):
        for method in Rounding:
            assert within_limits(Decimal(edge), Decimal("10.0"), Decimal("11.00"), method)
    assert within_limits(Decimal("5"), None, None, Rounding.ABSOLUTE)


def test_long_readings_lose_no_digit() -> None:
    reading = Decimal("1." + "0" * 40 + "1")
    assert not within_limits(reading, None, Decimal("1"), Rounding.ABSOLUTE)
    assert within_limits(reading, None, Decimal("1"), Rounding.ROUNDING)


@pytest.mark.parametrize(
    ("reading", "limit"),
    [("NaN", "1"), ("Infinity", "1"), ("1", "NaN"), ("1", "Infinity"), ("1E+400", "1"), ("1", "1E-400")],
)
def test_what_is_no_reading_is_refused(reading: str, limit: str) -> None:
    with pytest.raises(InputError, match="cannot be compared"):
        within_limits(Decimal(reading), None, Decimal(limit), Rounding.ABSOLUTE)


def test_nan_without_limits_is_refused() -> None:
    with pytest.raises(InputError, match="no reading"):
        within_limits(Decimal("NaN"), None, None, Rounding.ABSOLUTE)
