"""The tag table: the newest sample, 30 minutes of history, gaps where the quality was Bad, whatever the clocks do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import Quality, Sample, Tag, TagDescription, Value
from station_app.services.tags import (
    CLOCK_STEP_S,
    ENTERED_TOGETHER,
    HISTORY_S,
    MOST_TEXTS,
    BadSpan,
    TagHistory,
    TagTable,
)

START = 1_790_000_000.0


def sample(at_s: float, value: Value = 1.0, quality: Quality = Quality.GOOD, tag: str = "t") -> Sample:
    return Sample(
        tag, value, quality, "Good" if quality is Quality.GOOD else "BadCommunicationError", START + at_s, START + at_s
    )


@pytest.fixture
def table() -> TagTable:
    return TagTable([Tag("t", "opcua://press/i=1", interval_s=1.0), Tag("u", "opcua://press/i=2")])


def history(table: TagTable) -> TagHistory:
    found = table.history("t")
    assert found is not None
    return found


def test_the_newest_sample_and_who_is_told(table: TagTable) -> None:
    told: list[str] = []
    table.changed.subscribe(lambda: told.append("changed"))
    assert table.latest("t") is None
    assert table.history("t") is None
    taken = table.take([sample(0), sample(1, 2.0), sample(1, tag="unknown")])
    assert [s.tag for s in taken] == ["t", "t"]
    latest = table.latest("t")
    assert latest is not None
    assert latest.value == 2.0
    assert table.take([sample(2, tag="unknown")]) == []
    assert told == ["changed"], "once a batch, and only for configured tags"
    assert (table.address("t"), table.address("unknown")) == ("opcua://press/i=1", "")


def test_a_gap_where_the_quality_was_bad(table: TagTable) -> None:
    table.take(
        [sample(0, 5.0), sample(1, None, Quality.BAD), sample(2, 7.0, Quality.BAD), sample(3, 6.0), sample(4, "text")]
    )
    times, values = history(table).since(START)
    assert list(times - START) == [0, 1, 2, 3, 4]
    assert [v if not math.isnan(v) else None for v in values] == [5.0, None, None, 6.0, None]
    assert history(table).bad_spans == [BadSpan(START + 1, START + 3, "BadCommunicationError")]
    table.take([sample(5, None, Quality.BAD)])
    assert history(table).bad_spans[-1].end is None


def test_uncertain_values_are_drawn(table: TagTable) -> None:
    table.take([sample(0, 5.0, Quality.UNCERTAIN)])
    assert list(history(table).since(START)[1]) == [5.0]


def test_thirty_minutes_and_no_more_memory_than_that(table: TagTable) -> None:
    table.take([sample(n, float(n)) for n in range(5000)])
    found = history(table)
    times, values = found.since(0)
    assert len(times) == found.capacity == int(HISTORY_S * 1.2)
    assert np.all(np.diff(times) > 0)
    assert values[-1] == 4999.0
    assert len(found.since(START + 4990)[0]) == 10


def test_old_bad_spans_are_forgotten(table: TagTable) -> None:
    table.take([sample(0, None, Quality.BAD), sample(1), sample(HISTORY_S + 100)])
    assert history(table).bad_spans == []


def test_times_that_run_back_a_little_stay_in_order(table: TagTable) -> None:
    table.take([sample(10), sample(9.5, 2.0), sample(10.5)])
    assert list(history(table).since(START)[0] - START) == [10, 10, 10.5]


@pytest.mark.parametrize("back_s", [CLOCK_STEP_S + 2, 365 * 86_400])
def test_a_clock_set_back_begins_anew_instead_of_standing_still(table: TagTable, back_s: float) -> None:
    table.take([sample(n) for n in range(100)])
    table.take([sample(100 - back_s), sample(101 - back_s)])
    times, _ = history(table).since(0)
    assert list(times - START) == [100 - back_s, 101 - back_s]


def test_a_counter_that_moved_and_one_that_stood_still(table: TagTable) -> None:
    table.take([sample(0, 7), sample(5, 7), sample(10, 8), sample(11, 8)])
    assert table.changed_since("t", START + 9) is True
    assert table.changed_since("t", START + 10.5) is False


def test_a_value_that_came_back_after_a_gap_has_not_moved(table: TagTable) -> None:
    table.take([sample(0, 7), sample(5, 7, Quality.BAD), sample(9, 7)])
    assert table.changed_since("t", START + 1) is False


def test_of_a_tag_that_was_not_watched_nothing_is_said(table: TagTable) -> None:
    assert table.changed_since("t", START) is None
    table.take([sample(10, 7)])
    assert table.changed_since("t", START + 5) is None, "a time of reading is no time of changing"


def test_a_device_that_tells_since_when_its_value_stands_is_believed(table: TagTable) -> None:
    told = Sample("t", 7, Quality.GOOD, "Good", START + 6, START + 10)
    table.take([told])
    assert table.changed_since("t", START + 5) is True
    assert table.changed_since("t", START + 7) is None
    table.take([sample(12, 7)])
    assert table.changed_since("t", START + 5) is True


def test_the_last_good_value_of_a_ring_that_has_come_round() -> None:
    ring = TagHistory(4)
    assert ring.last_good() is None
    for n in range(6):
        ring.add(sample(n, float(n), Quality.GOOD if n < 4 else Quality.BAD))
    assert ring.last_good() == 3.0, "it lies behind the newest in the ring"
    for n in range(6, 8):
        ring.add(sample(n, 0.0, Quality.BAD))
    assert ring.last_good() is None
    ring.add(sample(8, 8.0))
    assert ring.last_good() == 8.0


def test_no_good_value_is_left_from_before_a_clock_was_set_back() -> None:
    ring = TagHistory(4)
    for n in range(4):
        ring.add(sample(n, float(n)))
    ring.add(sample(-2 * CLOCK_STEP_S, 0.0, Quality.BAD))
    assert ring.last_good() is None


def test_texts_stand_as_numbers_that_are_turned_back(table: TagTable) -> None:
    table.take([sample(0, "idle"), sample(1, "run"), sample(2, "idle"), sample(3, 4.0)])
    _, values = history(table).since(START)
    names = history(table).texts
    assert [names.get(int(v)) if not math.isnan(v) else None for v in values] == ["idle", "run", "idle", None]
    assert table.text_code("t", "run") == 1
    for number in range(MOST_TEXTS + 50):
        table.text_code("t", f"lot {number}")
    assert len(history(table).texts) <= MOST_TEXTS + 1 and history(table).texts[table.text_code("t", "new")] == "…"


def test_what_a_device_says_of_a_tag_is_kept(table: TagTable) -> None:
    assert table.description("t") is None
    said = TagDescription("t", unit="kN", states=((0, "Idle"),))
    table.describe([TagDescription("unknown"), TagDescription("t", unit="N"), said])
    assert table.description("t") is said
    assert table.description("unknown") is None


NUMBERS = st.lists(
    st.tuples(
        st.floats(-5, 5),
        st.one_of(st.floats(allow_nan=False), st.sampled_from([1.0, 2.0]), st.just(7), st.just("Run"), st.none()),
        st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.BAD]),
    ),
    max_size=100,
)
COMMON = st.lists(st.tuples(st.floats(0, 1), st.floats(-9, 9), st.just(Quality.GOOD)), max_size=100)


@given(st.lists(st.one_of(COMMON, NUMBERS), max_size=3), st.integers(3, 150), st.booleans())
def test_what_is_entered_together_stands_as_if_it_were_entered_one_by_one(
    runs: list[list[tuple[float, Value, Quality]]], capacity: int, clock_set_back: bool
) -> None:
    together, single = TagHistory(capacity), TagHistory(capacity)
    at_s = 0.0
    for number, run in enumerate(runs):
        if number and clock_set_back:
            at_s -= CLOCK_STEP_S + 20
        for step_s, value, quality in run:
            at_s += step_s
            together.add(sample(at_s, value, quality))
            single.add(sample(at_s, value, quality))
            assert single.count >= 0  # whoever looks has it entered
    assert together.count == single.count
    for one, other in zip(together.since(-math.inf), single.since(-math.inf), strict=True):
        np.testing.assert_array_equal(one, other)
    assert together.bad_spans == single.bad_spans
    assert together.texts == single.texts
    assert together.last_good() == single.last_good()


def test_numbers_of_a_tag_of_texts_are_none_however_many_come() -> None:
    ring = TagHistory(1000)
    ring.add(sample(0, "Run"))
    assert ring.count == 1
    for number in range(2 * ENTERED_TOGETHER):
        ring.add(sample(1 + number, float(number)))
    assert np.isnan(ring.since(START + 1)[1]).all()


def test_common_numbers_are_entered_together() -> None:
    ring = TagHistory(1000)
    for number in range(ENTERED_TOGETHER - 1):
        ring.add(sample(number, float(number)))
    assert not ring._times.any(), "nobody has looked"
    ring.add(sample(99, 5.0))
    assert np.count_nonzero(ring._times) == ENTERED_TOGETHER
