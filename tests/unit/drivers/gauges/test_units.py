"""Spellings of the same unit, and units that are not the same."""

from __future__ import annotations

import pytest

from drivers.gauges.units import same_unit


@pytest.mark.parametrize(("sent", "declared"), [("lbF", "lbf"), ("MM", "mm"), ("um", "µm"), ("inch", "in"), ("N", "N")])
def test_spellings(sent: str, declared: str) -> None:
    assert same_unit(sent, declared)
    assert same_unit(declared, sent)


@pytest.mark.parametrize(("sent", "declared"), [("lbF", "N"), ("mm", "in"), ("mN", "MN"), ("N", ""), ("kgF", "kg")])
def test_units_that_are_not_the_same(sent: str, declared: str) -> None:
    assert not same_unit(sent, declared)
