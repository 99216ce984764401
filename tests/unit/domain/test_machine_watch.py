"""Values held and summed up: what breaks a hold, and what a window says of bad seconds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.base import Quality, Sample, Value
from station_app.domain.machine_watch import HoldWatch, WindowWatch
from station_app.domain.outcome import Limits

S = 1_000_000_000
LIMITS = Limits("bar", Decimal("5.0"), Decimal("6.0"))


def value(number: Value | None, quality: Quality = Quality.GOOD, status: str = "Good") -> Sample:
    return Sample("p", number, quality, status, 1.0, 1.0)


def test_a_value_that_stays_inside_holds_also_without_new_samples() -> None:
    watch = HoldWatch(LIMITS)
    assert (watch.held_s(99 * S), watch.why()) == (0.0, "no value has come")
    watch.feed(value(5.0), 10 * S)
    assert watch.held_s(25 * S) == 15.0
    watch.feed(value(6.0), 26 * S)
    assert watch.held_s(30 * S) == 20.0


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (value(6.01), "6.01 bar"),
        (value(4.99), "4.99 bar"),
        (value(5.5, Quality.BAD, "BadNoCommunication"), "BadNoCommunication"),
        (value(5.5, Quality.UNCERTAIN, "UncertainLastUsableValue"), "UncertainLastUsableValue"),
        (value(float("nan")), "Good"),
        (value("5.5"), "Good"),
        (value(None), "Good"),
    ],
)
def test_an_outside_or_bad_value_begins_the_time_anew(broken: Sample, why: str) -> None:
    watch = HoldWatch(LIMITS)
    watch.feed(value(5.5), 0)
    watch.feed(broken, 9 * S)
    assert (watch.held_s(20 * S), watch.inside, watch.why()) == (0.0, False, why)
    watch.feed(value(5.5), 20 * S)
    assert watch.held_s(21 * S) == 1.0


def test_a_window_weighs_by_time() -> None:
    watch = WindowWatch(0)
    watch.feed(value(10.0), 0)
    watch.feed(value(20.0), 9 * S)
    window = watch.result(10 * S)
    assert (window.minimum, window.maximum, window.mean, window.last) == (10.0, 20.0, 11.0, 20.0)
    assert (window.samples, window.total_s, window.bad_s) == (2, 10.0, 0.0)


def test_seconds_without_a_good_value_are_counted() -> None:
    watch = WindowWatch(0)
    watch.feed(value(10.0), 2 * S)
    watch.feed(value(10.0, Quality.BAD, "BadTimeout"), 5 * S)
    watch.feed(value(30.0), 8 * S)
    window = watch.result(10 * S)
    assert (window.bad_s, window.status) == (5.0, "BadTimeout")
    assert window.mean == pytest.approx(18.0)


def test_what_was_not_watched_of_a_step_counts_as_bad() -> None:
    watch = WindowWatch(100 * S)
    watch.feed(value(10.0), 100 * S)
    window = watch.result(110 * S, lasted_s=60.0)
    assert (window.total_s, window.bad_s) == (60.0, 50.0)


def test_a_window_without_any_value_has_no_statistics() -> None:
    window = WindowWatch(0).result(5 * S)
    assert [window.statistic(name) for name in ("minimum", "maximum", "mean", "last")] == [None] * 4
    assert window.bad_s == 5.0
