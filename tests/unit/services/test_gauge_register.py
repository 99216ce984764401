"""Gauges: calibrations that are only added, status, and what was measured since the last good calibration."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.records import GaugeCalibrated
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import INS_30, INSPECTOR, OPERATOR, SMALL, begin, inspect_unit, measure
from tests.unit.services.station import ServiceStation, refused

YEAR_S = 365 * 86400.0


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), SMALL)


def calibrate(
    station: ServiceStation, valid_until: str = "2028-01-31", *, good: bool = True, usable: bool = True
) -> None:
    station.clock.advance(60)
    station.done(
        station.quality.gauges.record_calibration(
            "BG-1",
            certificate=f"C-{station.clock.wall_us() % 1000}",
            valid_until=valid_until,
            as_found="0.000" if good else "+0.004",
            found_in_order=good,
            usable=usable,
        )
    )
    station.clock.advance(60)


def units(station: ServiceStation) -> tuple[str, ...]:
    return station.done(station.quality.gauges.affected("BG-1")).units


def test_the_list_says_how_every_gauge_stands(station: ServiceStation) -> None:
    found = {state.tool.id: state for state in station.quality.gauges.all()}
    assert list(found) == ["BG-1", "BG-2", "MM-1"], "a driver is no gauge"
    assert (found["BG-1"].due, found["MM-1"].due, found["BG-1"].status) == ("2027-01-31", "", "in service")
    assert "ended on 2020-01-31" in station.quality.gauges.fault("BG-2")
    assert station.quality.gauges.fault("BG-1") == ""


def test_the_last_day_counts_to_its_end(station: ServiceStation) -> None:
    state = station.quality.gauges.state("BG-1")
    assert state.valid_until_us is not None
    assert state.fault("", state.valid_until_us - 1) == ""
    assert "ended on 2027-01-31" in state.fault("", state.valid_until_us)


def test_a_calibration_recorded_here_makes_an_expired_gauge_usable_again(
    make_station: MakeStation, station: ServiceStation
) -> None:
    station.clock.advance(5 * YEAR_S)
    station.scan("Q-1")
    assert "its calibration ended on 2027-01-31" in refused(lambda: measure(station, "bore", "20.005", gauge="BG-1"))
    calibrate(station, "2030-06-30")
    measure(station, "bore", "20.005", gauge="BG-1")
    station.close()
    again = make_station(INS_30, clock=station.clock)
    state = again.quality.gauges.state("BG-1")
    assert (state.due, len(state.calibrations)) == ("2030-06-30", 1)


def test_a_gauge_left_unusable_is_refused_whatever_its_date(station: ServiceStation) -> None:
    calibrate(station, good=False, usable=False)
    assert "its calibration ended" in station.quality.gauges.fault("BG-1")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"certificate": " "}, "needs the number of its certificate"),
        ({"as_found": ""}, "how the gauge was found"),
        ({"valid_until": "31.01.2028"}, "is no date"),
        ({"valid_until": "2020-01-31"}, "is over already"),
    ],
)
def test_a_calibration_without_its_essentials_is_refused(
    station: ServiceStation, change: dict[str, str], told: str
) -> None:
    given: dict[str, Any] = {"certificate": "C-1", "valid_until": "2028-01-31", "as_found": "0.000"} | change
    gauges = station.quality.gauges
    assert told in refused(lambda: gauges.record_calibration("BG-1", found_in_order=True, **given))
    assert not [fact for fact in station.facts() if isinstance(fact, GaugeCalibrated)]


def test_status_and_calibration_need_who_may(station: ServiceStation) -> None:
    gauges = station.quality.gauges
    assert "is no status" in refused(lambda: gauges.set_status("BG-1", "borrowed", "x"))
    assert "Say why" in refused(lambda: gauges.set_status("BG-1", "held", " "))
    assert "is not known here" in refused(lambda: gauges.set_status("XX", "held", "x"))
    station.ledger.person = OPERATOR
    assert "may not calibrate gauges" in refused(lambda: gauges.set_status("BG-1", "held", "x"))


def test_what_was_measured_since_the_last_good_calibration_is_listed(station: ServiceStation) -> None:
    inspect_unit(station, "Q-1")
    calibrate(station)
    inspect_unit(station, "Q-2")
    inspect_unit(station, "Q-3")
    assert units(station) == ("Q-2", "Q-3"), "in doubt if it were found out of order now"
    calibrate(station, good=False)
    inspect_unit(station, "Q-4")
    affected = station.done(station.quality.gauges.affected("BG-1"))
    assert affected.units == ("Q-2", "Q-3"), "Q-4 was measured after it was put right"
    assert affected.reason.startswith("found out of order (+0.004), certificate C-")
    assert [(use.characteristic, use.value_text, use.actor, use.station) for use in affected.uses[:1]] == [
        ("bore", "20.005", INSPECTOR.id, INS_30)
    ]


def test_without_any_calibration_everything_is_in_doubt(station: ServiceStation) -> None:
    inspect_unit(station, "Q-1")
    affected = station.done(station.quality.gauges.affected("BG-1"))
    assert (affected.units, affected.since_us, affected.until_us) == (("Q-1",), None, None)
