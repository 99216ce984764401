"""The way to a part of a value, and what is said when it is not there."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua

from drivers.address import OpcUaAddress
from drivers.opcua.picking import NotScalar, Step, step_into, steps_of

RECIPE = {"number": 7, "limits": {"force": [1.5, 2.5]}, "empty": None}


@pytest.mark.parametrize(
    ("pick", "steps"),
    [
        ("", ()),
        ("number", ("number",)),
        ("limits.force[1]", ("limits", "force", 1)),
        ("[2][0].unit", (2, 0, "unit")),
        ("a b.c-d", ("a b", "c-d")),
    ],
)
def test_steps_of_a_path(pick: str, steps: tuple[Step, ...]) -> None:
    assert steps_of(OpcUaAddress("h:1", "", "s=x", pick=pick)) == steps
    assert steps_of(OpcUaAddress("h:1", "", "s=x", index=3)) == (3,)


def test_the_part_is_found_in_structures_and_arrays() -> None:
    value: Any = RECIPE
    for step in ("limits", "force", 1):
        value = step_into(value, step)
    assert value == 2.5
    assert step_into(ua.Range(Low=1.0, High=2.0), "High") == 2.0, "a structure of the standard"


@pytest.mark.parametrize(
    ("value", "step", "status"),
    [
        (RECIPE, "speed", "BadNoMatch"),
        (RECIPE, 0, "BadTypeMismatch"),
        ([1.0], 1, "BadIndexRangeNoData"),
        ([1.0], "x", "BadTypeMismatch"),
        (1.0, "x", "BadTypeMismatch"),
        (1.0, 0, "BadTypeMismatch"),
        (None, "x", "BadNoData"),
        (None, 0, "BadNoData"),
        (ua.Range(), "Middle", "BadNoMatch"),
        (ua.Range, "Low", "BadTypeMismatch"),
    ],
)
def test_what_is_not_there_is_said(value: Any, step: Step, status: str) -> None:
    with pytest.raises(NotScalar) as fault:
        step_into(value, step)
    assert fault.value.status == status
