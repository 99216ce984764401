"""One fault is not "1 faults"."""

from __future__ import annotations

from station_app.domain.counts import counted


def test_one_of_a_thing_has_the_word_for_one() -> None:
    assert [counted(n, "fault") for n in (0, 1, 2)] == ["0 faults", "1 fault", "2 faults"]
    assert [counted(n, "does not answer", "do not answer") for n in (1, 2)] == ["1 does not answer", "2 do not answer"]
