"""Readings on the main thread: the latest of each gauge, and each reading once for a page."""

from __future__ import annotations

from concurrent.futures import Future
from decimal import Decimal

import pytest

from drivers.base import Quality
from drivers.gauges.reading import Reading
from station_app.services.gauges import MOST_KEPT, GaugeReadings, GaugeView

VIEWS = {"caliper": GaugeView("Caliper", "mm", "pressed"), "force": GaugeView("Force", "N", "asked", True)}


def reading(gauge: str, text: str) -> Reading:
    return Reading(gauge, text, Decimal(text), "mm", Quality.GOOD, "Good", "", text, 0.0)


def test_each_reading_is_there_once_for_who_looks_with_the_last_number() -> None:
    gauges, told = GaugeReadings(VIEWS), []
    gauges.changed.subscribe(lambda: told.append(gauges.newest))
    gauges.take([reading("caliper", "1.0"), reading("force", "5"), reading("caliper", "1.1")])
    gauges.take([])
    gauges.take([reading("caliper", "1.2")])
    assert told == [3, 4]
    assert [(n.number, n.reading.text) for n in gauges.since(1)] == [(2, "5"), (3, "1.1"), (4, "1.2")]
    assert gauges.since(gauges.newest) == []
    latest = gauges.latest("caliper")
    assert latest is not None
    assert latest.text == "1.2"
    assert gauges.latest("nobody") is None


def test_readings_of_gauges_that_are_not_configured_are_left_out() -> None:
    gauges = GaugeReadings(VIEWS)
    gauges.take([reading("nobody", "1")])
    assert (gauges.newest, gauges.since(0), gauges.latest("nobody")) == (0, [], None)


def test_what_is_kept_is_bounded() -> None:
    gauges = GaugeReadings(VIEWS)
    gauges.take([reading("caliper", "1")] * (MOST_KEPT + 10))
    assert len(gauges.since(0)) == MOST_KEPT
    assert gauges.newest == MOST_KEPT + 10


def test_asking_goes_to_the_gauge() -> None:
    asked: list[str] = []

    def ask(gauge: str) -> Future[Reading]:
        asked.append(gauge)
        future: Future[Reading] = Future()
        future.set_result(reading(gauge, "2"))
        return future

    gauges = GaugeReadings(VIEWS, ask)
    assert gauges.ask("force").result().text == "2"
    assert asked == ["force"]
    for unknown in (gauges, GaugeReadings()):
        with pytest.raises(KeyError):
            unknown.ask("nobody")
