"""32-bit floats keep their value and lose the digits nobody measured."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.float32 import shortest


def single(value: float) -> float:
    (found,) = struct.unpack(">f", struct.pack(">f", value))
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("text", ["1399.5377", "12.4", "0.1", "-18.78", "3.4028235e+38", "0.0", "16777216.0"])
def test_the_digits_that_were_written(text: str) -> None:
    assert shortest(single(float(text))) == float(text)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_it_is_the_same_32_bit_float(value: float) -> None:
    assert single(shortest(value)) == value
    assert len(f"{shortest(value)!r}") <= len(f"{value!r}")


@pytest.mark.parametrize("value", [0.1, 1e300, 1399.5])
def test_a_64_bit_float_is_left_alone(value: float) -> None:
    assert shortest(value) == value
