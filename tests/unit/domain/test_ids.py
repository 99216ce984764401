"""Record identities: UUIDv7, strictly increasing whatever the clock does."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain import ids
from station_app.domain.ids import RecordIds

YEAR_US = 365 * 86_400 * 1_000_000


def test_it_is_a_version_7_uuid_with_the_time_in_front() -> None:
    text = RecordIds().next(1_645_557_742_000_000)
    identity = uuid.UUID(text)
    assert str(identity) == text
    assert identity.version == 7
    assert identity.variant == uuid.RFC_4122
    assert text.startswith("017f22e2-79b0-7"), "the time of the example in RFC 9562, appendix A.6"


@given(st.lists(st.integers(min_value=-YEAR_US, max_value=5_000 * YEAR_US), min_size=2, max_size=50))
def test_they_increase_strictly_whatever_the_clock_does(times_us: list[int]) -> None:
    source = RecordIds()
    made = [source.next(time_us) for time_us in times_us]
    assert made == sorted(set(made))
    assert all(uuid.UUID(text).version == 7 and uuid.UUID(text).variant == uuid.RFC_4122 for text in made)


def test_a_standing_clock_gives_thousands_of_identities() -> None:
    source = RecordIds()
    made = [source.next(1_790_000_000_000_000) for _ in range(10_000)]
    assert made == sorted(set(made))
    assert len({text[:13] for text in made}) == 1


def test_when_the_random_part_is_used_up_the_time_part_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    source = RecordIds()
    first = source.next(1_000_000)
    source._random = ids._RANDOM_LIMIT - 1
    second = source.next(1_000_000)
    assert uuid.UUID(second).int >> 80 == (uuid.UUID(first).int >> 80) + 1
    assert second > first


def test_two_sources_at_the_same_time_do_not_meet() -> None:
    made = [RecordIds().next(1_790_000_000_000_000) for _ in range(1_000)]
    assert len(set(made)) == 1_000
