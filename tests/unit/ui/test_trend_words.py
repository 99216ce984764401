"""Bands and marks that can be told apart."""

from __future__ import annotations

import itertools

from station_app.domain.outcome import Outcome
from station_app.domain.recent_work import EventKind, RecentEvent, WorkSpan
from station_app.ui.trend_words import apart, moment_text, picture_text, step_bands, unit_bands


def unit(number: int, start_s: float, end_s: float | None) -> WorkSpan:
    return WorkSpan(f"U-{number}", 0, "", int(start_s * 1e6), None if end_s is None else int(end_s * 1e6), "4711")


def test_units_too_narrow_to_be_told_apart_stand_as_their_number() -> None:
    spans = [unit(n, n * 10, n * 10 + 9) for n in range(5)] + [unit(7, 1000, 1009), unit(8, 2000, None)]
    assert [band.text for band in unit_bands(spans, 5)] == [f"U-{n} · 4711" for n in (0, 1, 2, 3, 4, 7, 8)]
    bands = unit_bands(spans, 20)
    assert [(band.text, band.start_s, band.end_s, band.key) for band in bands] == [
        ("5 units", 0, 49, ""), ("U-7", 1000, 1009, "U-7"), ("U-8 · 4711", 2000, None, "U-8"),
    ]  # fmt: skip
    assert step_bands(spans, 20, 5.0)[0].start_s == 2005


def event(at_s: float, outcome: Outcome | None, kind: EventKind = EventKind.MEASUREMENT) -> RecentEvent:
    return RecentEvent(int(at_s * 1e6), kind, "play", "0.09", "U-1", outcome)


def test_a_mark_in_order_covers_no_other_one() -> None:
    passed = [event(at, Outcome.PASS) for at in range(0, 100, 2)]
    failed, alarm = event(50.5, Outcome.FAIL), event(51, None, EventKind.ALARM)
    kept = apart(sorted([*passed, failed, alarm], key=lambda e: e.at_us), 10)
    assert failed in kept and alarm in kept
    times = [e.at_us / 1e6 for e in kept if e.outcome is Outcome.PASS]
    assert all(b - a >= 10 for a, b in itertools.pairwise(times)) and len(times) > 5
    assert not [at for at in times if 41 < at < 60]


def test_a_moment_of_another_day_says_its_day() -> None:
    now_us = 1_795_000_000_000_000
    assert len(moment_text(now_us, now_us)) == 8
    assert moment_text(now_us - 3 * 86_400_000_000, now_us).endswith(moment_text(now_us, now_us)) is True
    assert len(moment_text(now_us - 3 * 86_400_000_000, now_us)) > 8


def test_pictures_that_a_station_takes_by_itself_are_named_by_their_reason() -> None:
    assert picture_text("failure") == "Picture of a failed check"
    assert picture_text("top") == "Picture top"
