"""Units: exact conversions by declared units, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.inspection.units import UnitError, convert, unit_named

LENGTHS = ("mm", "µm", "cm", "m", "in")


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1", "in", "mm", "25.4"), ("0.178", "inch", "mm", "4.5212"), ("1.6", "µm", "mm", "0.0016"),
        ("2.5", "Micron", "µm", "2.5"), ("0.020", "mm", "µm", "20"), ("1.5", "deg", "'", "90"), ("3", "Nm", "Nm", "3"),
        ("0.002", "rad", "mrad", "2"),
    ],
)  # fmt: skip
def test_known_conversions(value: str, source: str, target: str, expected: str) -> None:
    assert convert(Decimal(value), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [("", "mm", "has no unit"), ("N", "mm", "cannot be converted"), ("°", "rad", "cannot be converted"),
     ("mm", "", "a number without a unit"), ("mm", "in", "without rounding")],
)  # fmt: skip
def test_what_is_not_exact_or_not_declared_is_refused(source: str, target: str, told: str) -> None:
    with pytest.raises(UnitError, match=told):
        convert(Decimal(1), source, target)


@given(st.decimals(-1000, 1000, places=6), st.sampled_from(LENGTHS))
def test_there_and_back_is_the_same_number(value: Decimal, unit: str) -> None:
    assert convert(convert(value, unit, "µm"), "µm", unit) == value


def test_words_mean_units() -> None:
    assert [unit_named(word) for word in ("Millimeter", "um", "INCH", "degree", "HRC")] == [
        "mm",
        "µm",
        "in",
        "°",
        "HRC",
    ]
