"""Every block comes back as it was, in few bytes; damaged bytes are refused and never crash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from station_app.domain.trend import ValueKind
from station_app.storage.historian.codec import decode_block, encode_block
from station_app.storage.historian.columns import Columns, Row, columns_of, runs_of_one_kind
from station_app.storage.historian.integers import FormatError
from tests.machine_data import T0_US
from tests.unit.storage.historian.plain_decoder import decode

QUICK = settings(max_examples=60, deadline=None)
INT64 = st.integers(-(2**63), 2**63 - 1)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ROUNDED = st.builds(lambda whole, places: whole / 10**places, st.integers(-9_999_999, 9_999_999), st.integers(0, 6))
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False)
STATUSES = ("Good", "UncertainLastUsableValue", "BadCommunicationError", "Ünïcode")


def columns_strategy(values: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    """Rows of up to 300 samples with any times, qualities and statuses; some have no value."""
    row = st.tuples(INT64, st.one_of(values, st.none()), st.integers(0, 2), st.integers(0, len(STATUSES) - 1))
    return st.lists(row, min_size=1, max_size=300).map(
        lambda rows: [(number, 1, *row) for number, row in enumerate(rows)]  # type: ignore[misc]  # values of one kind
    )


def assert_equal(one: Columns, other: Columns) -> None:
    assert one.kind is other.kind
    for name in ("time_us", "present", "quality", "status"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    if one.kind is ValueKind.FLOAT:
        assert np.array_equal(one.value.view(np.int64), other.value.view(np.int64)), "every bit"
    else:
        assert one.value.tolist() == other.value.tolist()
    assert one.names == other.names


def assert_plainly_equal(columns: Columns) -> None:
    """What the decision record says is enough to read the same."""
    tag, times, values, said = decode(encode_block("press.force", columns))
    assert (tag, times) == ("press.force", columns.time_us.tolist())
    assert values == columns.value.tolist()
    names = [columns.names[status] for status in columns.status]
    assert said == list(zip(names, columns.present.tolist(), columns.quality.tolist(), strict=True))


@pytest.mark.parametrize(
    "values",
    [FINITE, ROUNDED, SINGLE, INT64, st.booleans(), st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
     st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 1.0])],
    ids=["float", "decimals", "single", "int", "bool", "text", "extremes"],
)  # fmt: skip
def test_every_block_comes_back_as_it_was(values: st.SearchStrategy[object]) -> None:
    @QUICK
    @given(columns_strategy(values))
    def round_trip(rows: list[Row]) -> None:
        columns = columns_of(rows, STATUSES)
        tag, back = decode_block(encode_block("press.force", columns))
        assert tag == "press.force"
        assert_equal(columns, back)
        assert_plainly_equal(columns)

    round_trip()


@QUICK
@given(columns_strategy(st.one_of(FINITE, INT64, st.booleans(), st.text("ab", max_size=3))))
def test_what_is_cut_into_runs_of_one_kind_is_all_there_and_in_order(rows: list[Row]) -> None:
    runs = runs_of_one_kind(rows)
    assert [row for run in runs for row in run] == rows
    for run in runs:
        kinds = {isinstance(row[3], str) for row in run if row[3] is not None}
        assert len(kinds) <= 1


def floats(values: NDArray[np.float64], step_us: int, jitter_us: int) -> Columns:
    size = values.size
    times = T0_US + np.arange(size) * step_us + np.random.default_rng(5).integers(-jitter_us, jitter_us, size)
    good = np.zeros(size, np.uint8)
    return Columns(
        ValueKind.FLOAT, times, values, np.ones(size, np.bool_), good, good.astype(np.int32), ("Good",)
    )  # fmt: skip


def converter() -> NDArray[np.float64]:
    """What a 12-bit converter sees of a wave with some noise: 0 to 4095."""
    noise = np.random.default_rng(7).normal(0, 20, 1024)
    return np.clip(np.rint(2048 + 1500 * np.sin(np.arange(1024) / 50) + noise), 0, 4095)


@pytest.mark.parametrize(("step_us", "jitter_us"), [(1_000_000, 1000), (1000, 20)], ids=["1 Hz", "1 kHz"])
@pytest.mark.parametrize(
    ("values", "most"),
    [
        (converter(), 4.0),
        (converter() * (20 / 4095) - 3.7, 4.0),
        ((converter() * (20 / 4095) - 3.7).astype(np.float32).astype(np.float64), 4.0),
        (np.random.default_rng(8).integers(0, 4096, 1024) * 0.00488, 4.5),
        (np.random.default_rng(9).normal(0, 1, 1024), 10.0),
    ],
    ids=["counts", "scaled", "scaled single", "white", "noise"],
)
def test_samples_take_few_bytes(values: NDArray[np.float64], most: float, step_us: int, jitter_us: int) -> None:
    columns = floats(values, step_us, jitter_us)
    content = encode_block("press.force", columns)
    assert_equal(decode_block(content)[1], columns)
    assert_plainly_equal(columns)
    assert len(content) / values.size <= most


def test_a_value_that_stays_costs_hardly_anything() -> None:
    content = encode_block("t", floats(np.full(1024, 20.1), 1000, 1))
    assert len(content) < 400


@QUICK
@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(FormatError):
        decode_block(garbage)


@QUICK
@given(st.data())
def test_a_block_with_changed_bytes_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    """The SHA-256 finds every change; this is for what was damaged before it was hashed."""
    content = bytearray(encode_block("t", floats(converter()[:100], 1000, 5)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        try:
            tag, columns = decode_block(damaged)
        except FormatError:
            continue
        assert len(columns) == columns.value.size
        assert isinstance(tag, str)


def test_a_block_of_the_first_release_can_still_be_read() -> None:
    """Bytes that lie in files and databases: whoever changes the format makes a new version beside this one."""
    content = (Path(__file__).parent / "block_version_1.bin").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "c2c0a85aa30fe027ccc11082e12ee54d63515cc02d049fd276e30eec3b8c3d6e"
    tag, columns = decode_block(content)
    assert tag == "press.force"
    assert columns.time_us.tolist() == [T0_US + number * 100_000 for number in range(40)]
    assert columns.value[:6].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]
    assert columns.names == ("BadCommunicationError", "Good")
    assert [int(quality) for quality in columns.quality[18:22]] == [0, 0, 2, 0]
    assert columns.present.tolist() == [number != 20 for number in range(40)]
