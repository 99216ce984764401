"""Numbers, texts, conditions, sets and series; and what of them is Bad."""

from __future__ import annotations

import pytest

from drivers.address import MtconnectAddress
from drivers.base import Quality, Sample, Tag, Value
from drivers.mtconnect.documents import DataItem, Observation
from drivers.mtconnect.values import MAX_VALUE_CHARACTERS, ItemReader

T = "2026-11-20T08:00:00Z"
T_S = 1795161600.0


def reader(item: DataItem | None = None, **options: object) -> ItemReader:
    address = MtconnectAddress("h:1", None, "x", **options)  # type: ignore[arg-type]  # the test's own options
    return ItemReader(Tag("x", str(address)), address, item or DataItem("d", "u", (), "x"))


def seen(
    text: str, category: str = "SAMPLE", element: str = "Position", entries: object = (), **attributes: str
) -> Observation:
    return Observation(category, element, "x", 1, T, text, attributes, entries)  # type: ignore[arg-type]  # a tuple


def one(samples: list[Sample]) -> Sample:
    (sample,) = samples
    return sample


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("-0", 0.0), ("+3", 3.0), (".5", 0.5), ("5.", 5.0), ("1e308", 1e308), ("-1.5E-3", -0.0015)],
)
def test_samples_are_floats(text: str, value: float) -> None:
    sample = one(reader().take(seen(text)))
    assert (sample.value, sample.quality, sample.status, sample.source_time) == (value, Quality.GOOD, "Good", T_S)
    assert isinstance(sample.value, float)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("UNAVAILABLE", "BadNoCommunication"),
        ("", "BadNoData"),
        ("NaN", "BadOutOfRange"),
        ("-INF", "BadOutOfRange"),
        ("1e999", "BadOutOfRange"),
        ("1,5", "BadDecodingError"),
        ("0x10", "BadDecodingError"),
        ("1_000", "BadDecodingError"),
        ("١٢", "BadDecodingError"),
        ("1 2 3", "BadTypeMismatch"),
        ("9" * (MAX_VALUE_CHARACTERS + 1), "BadEncodingLimitsExceeded"),
    ],
)
def test_samples_that_are_no_number_are_bad(text: str, status: str) -> None:
    sample = one(reader().take(seen(text)))
    assert (sample.value, sample.quality, sample.status) == (None, Quality.BAD, status)


@pytest.mark.parametrize(
    ("item", "options", "text", "value"),
    [
        (DataItem("d", "u", (), "x", type="EXECUTION"), {}, "ACTIVE", "ACTIVE"),
        (DataItem("d", "u", (), "x", type="PROGRAM"), {}, "0042", "0042"),
        (DataItem("d", "u", (), "x", type="PART_COUNT"), {}, "42", 42),
        (DataItem("d", "u", (), "x", type="PART_COUNT"), {"type": "text"}, "42", "42"),
        (DataItem("d", "u", (), "x", type="PROGRAM"), {"type": "number"}, "4.5", 4.5),
        (DataItem("d", "u", (), "x", type="X:OWN", units="PERCENT"), {}, "80", 80),
    ],
)
def test_events_are_texts_or_numbers(item: DataItem, options: dict[str, object], text: str, value: Value) -> None:
    sample = one(reader(item, **options).take(seen(text, "EVENT", "Program")))
    assert (sample.value, type(sample.value)) == (value, type(value))


def test_an_event_that_should_be_a_number_and_is_none_is_bad() -> None:
    sample = one(reader(type="number").take(seen("ready", "EVENT", "Message")))
    assert (sample.value, sample.status) == (None, "BadDecodingError")


def test_a_condition_is_its_worst_level_until_each_code_is_normal() -> None:
    state, message, code = reader(), reader(part="message"), reader(part="code")
    told = [
        ("Normal", "", ""),
        ("Warning", "201", "near"),
        ("Fault", "202", "over"),
        ("Warning", "203", "hot"),
        ("Normal", "202", ""),
        ("Normal", "", ""),
        ("Unavailable", "", ""),
    ]
    found = []
    for level, native_code, text in told:
        observation = seen(text, "CONDITION", level, nativeCode=native_code)
        found.append(tuple(one(each.take(observation)).value for each in (state, message, code)))
    assert found[:-1] == [
        ("Normal", "", ""),
        ("Warning", "near", "201"),
        ("Fault", "over; near", "202; 201"),
        ("Fault", "over; near; hot", "202; 201; 203"),
        ("Warning", "near; hot", "201; 203"),
        ("Normal", "", ""),
    ]
    assert found[-1][0] == "Unavailable"
    last = one(state.take(seen("", "CONDITION", "Unavailable")))
    assert (last.quality, last.status) == (Quality.BAD, "BadNoCommunication")


def test_a_position_in_space_needs_an_index() -> None:
    assert one(reader(index=1).take(seen("1.5 2.5 -3.5"))).value == 2.5
    assert one(reader(index=3).take(seen("1.5 2.5 -3.5"))).status == "BadIndexRangeNoData"


def test_a_data_set_keeps_what_was_not_told_anew() -> None:
    item = DataItem("d", "u", (), "x", type="VARIABLE", representation="DATA_SET")
    tool = reader(item, key="tool")

    def told(*entries: tuple[str, str | None], **attributes: str) -> Sample:
        return one(tool.take(seen("", "EVENT", "VariableDataSet", entries, **attributes)))

    assert told(("tool", "4"), ("offset", "1")).value == "4"
    assert told(("offset", "2")).value == "4"
    assert told(("tool", None)).status == "BadIndexRangeNoData"
    assert told(("tool", "5")).value == "5"
    assert told(("offset", "3"), resetTriggered="NEW").status == "BadIndexRangeNoData"
    assert one(reader(item).take(seen("", "EVENT", "VariableDataSet", (("a", "1"),)))).status == "BadTypeMismatch"


def test_a_time_series_is_one_sample_a_value_and_ends_at_its_timestamp() -> None:
    samples = reader().take(seen("1 2 NaN 4", sampleCount="4", sampleRate="10"))
    assert [sample.value for sample in samples] == [1.0, 2.0, None, 4.0]
    assert [sample.status for sample in samples] == ["Good", "Good", "BadOutOfRange", "Good"]
    times = [sample.source_time or 0.0 for sample in samples]
    assert [round(T_S - at, 6) for at in times] == [0.3, 0.2, 0.1, 0.0]


def test_a_time_series_without_a_rate_is_its_last_value() -> None:
    sample = one(reader().take(seen("1 2 3", sampleCount="3")))
    assert (sample.value, sample.source_time) == (3.0, T_S)
    assert one(reader().take(seen("UNAVAILABLE", sampleCount="0"))).status == "BadNoCommunication"
