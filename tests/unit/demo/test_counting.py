"""The demo's count finds what is lost and what is doubled."""

from __future__ import annotations

from station_app.demo.counting import RecordCount, count
from station_app.storage.log_export import LogLine


def line(seq: int, rec_id: str, station: str = "A") -> LogLine:
    return LogLine(station, "rec", 1, seq, rec_id, "comment")


def test_everything_delivered_once() -> None:
    made = [line(1, "a"), line(2, "b")]
    assert count(made, list(made)) == RecordCount(2, 2, 0, 0)


def test_a_record_that_never_arrived_is_lost() -> None:
    assert count([line(1, "a"), line(2, "b")], [line(1, "a")]) == RecordCount(2, 1, 1, 0)


def test_a_record_in_two_places_is_doubled() -> None:
    assert count([line(1, "a")], [line(1, "a"), line(2, "a"), line(3, "a")]) == RecordCount(1, 1, 0, 2)


def test_the_same_identity_at_two_stations_is_two_records() -> None:
    assert count([line(1, "a"), line(1, "a", "B")], [line(1, "a")]) == RecordCount(2, 1, 1, 0)
