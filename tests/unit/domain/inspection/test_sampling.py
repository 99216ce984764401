"""Which units and pieces are inspected: the same at every station and after every restart."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.inspection.plan import Characteristic, InspectionPlan, Sampling, SamplingRule
from station_app.domain.inspection.sampling import due_on_unit, pieces_due
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import Severity

EVERY = Sampling()
FIFTH = Sampling(rule=SamplingRule.NTH, every=5)
ENDS = Sampling(rule=SamplingRule.FIRST_LAST)
ISO = Sampling(rule=SamplingRule.ISO2859, level="II", aql="1.0")


def characteristic(name: str, sampling: Sampling) -> Characteristic:
    return Characteristic(id=name, title=name, balloon=1, upper=Decimal(1), sampling=sampling)


PLAN = InspectionPlan(
    id="p",
    product="P",
    operation="o",
    characteristics=tuple(
        characteristic(n, s) for n, s in (("every", EVERY), ("fifth", FIFTH), ("ends", ENDS), ("iso", ISO))
    ),
)
SERIALS = tuple(f"U-{number}" for number in range(1, 101))


def due(name: str, severity: Severity = Severity.NORMAL) -> list[str]:
    severities = {"II 1.0": severity}
    return [serial for serial in SERIALS if name in due_on_unit(PLAN, serial, "4711", SERIALS, severities)]


@pytest.mark.parametrize(
    ("sampling", "size", "expected"),
    [
        (EVERY, 3, [1, 2, 3]),
        (FIFTH, 12, [1, 6, 11]),
        (ENDS, 9, [1, 9]),
        (ENDS, 2, [1, 2]),
        (ENDS, 1, [1]),
        (ISO, 1, [1]),
    ],
)
def test_the_pieces_of_a_lot(sampling: Sampling, size: int, expected: list[int]) -> None:
    assert list(pieces_due(characteristic("x", sampling), size)) == expected


def test_a_sample_of_the_standard() -> None:
    """ISO 2859-1, lot of 100, level II: letter F, n = 20; at AQL 1.0 the arrow leads to E, n = 13, Ac 0."""
    assert len(pieces_due(characteristic("x", ISO), 100)) == 13
    assert len(pieces_due(characteristic("x", ISO), 100, Severity.TIGHTENED)) == 20


def test_units_of_an_order() -> None:
    assert due("every") == list(SERIALS)
    assert due("fifth")[:3] == ["U-1", "U-6", "U-11"] and len(due("fifth")) == 20
    assert due("ends") == ["U-1", "U-100"]
    sample = due("iso")
    assert len(sample) == 13 and sample == due("iso") and sample != list(SERIALS[:13])
    assert len(due("iso", Severity.TIGHTENED)) == 20


def test_a_unit_that_the_order_does_not_name_is_inspected_whole() -> None:
    assert due_on_unit(PLAN, "X-9", "4711", SERIALS) == ("every", "fifth", "ends", "iso")


@given(st.lists(st.text(min_size=1, max_size=4), min_size=2, max_size=40, unique=True), st.text(max_size=5))
def test_a_sample_has_its_size_whatever_the_names_are(serials: list[str], order: str) -> None:
    chosen = [s for s in serials if "iso" in due_on_unit(PLAN, s, order, serials)]
    assert len(chosen) == len(pieces_due(characteristic("x", ISO), len(serials)))


def test_no_lot_is_said() -> None:
    with pytest.raises(InputError, match="a lot of 0"):
        pieces_due(characteristic("x", EVERY), 0)
