"""Ways in which a gauge in doubt could pass a bad unit, and what stops each of them."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain.inspection.plan import Characteristic
from station_app.domain.master import Tool, encode_item
from station_app.services.inspecting import RowState
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import (
    BORE,
    INS_30,
    LOOK,
    OPERATOR,
    SCRATCHES,
    SHAFT,
    SMALL,
    begin,
    measure,
    plan,
    state_of,
)
from tests.unit.services.station import ServiceStation, refused

PLUG = "bore gauge 0.001"


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    made = begin(make_station(INS_30), SMALL)
    made.scan("Q-1")
    return made


@pytest.mark.parametrize("wanted", [LOOK, SCRATCHES], ids=["attribute", "count"])
def test_go_and_no_go_needs_its_gauge_as_a_measured_value_does(
    make_station: MakeStation, wanted: Characteristic
) -> None:
    gauged = msgspec.structs.replace(wanted, gauge_class=PLUG)
    station = begin(make_station(INS_30), plan(BORE, SHAFT, gauged))
    station.scan("Q-1")
    inspecting = station.quality.inspecting

    def enter(gauge: str) -> object:
        if wanted is LOOK:
            return station.done(inspecting.enter_attribute(wanted.id, True, gauge=gauge))
        return station.done(inspecting.enter_count(wanted.id, "0", gauge=gauge))

    assert "Scan the gauge first" in refused(lambda: enter(""))
    assert "its calibration ended on 2020-01-31" in refused(lambda: enter("BG-2"))
    assert "needs a bore gauge 0.001" in refused(lambda: enter("MM-1"))
    assert state_of(station, wanted.id) is RowState.OPEN
    enter("BG-1")
    assert state_of(station, wanted.id) is RowState.PASSED
    assert station.done(station.quality.gauges.affected("BG-1")).units == ("Q-1",), "it counts as measured with it"


def with_gauge(make_station: MakeStation, tool: Tool, *characteristics: Characteristic) -> ServiceStation:
    station = begin(make_station(INS_30), plan(*characteristics))
    station.publish([(Tool.kind, tool.id, encode_item(tool))])
    station.library.reload()
    station.scan("Q-1")
    return station


@pytest.mark.parametrize(
    ("resolution", "unit", "told"),
    [
        ("0.01", "mm", "BG-9 Bore gauge shows steps of 0.01 mm; “Bore” is measured to 0.001 mm. Take a finer one."),
        ("0.005", "mm", ""),
        ("1", "µm", ""),
        ("10", "µm", "shows steps of 10 µm"),
        ("", "mm", ""),
    ],
)
def test_a_gauge_that_is_too_coarse_is_refused_at_the_reading(
    make_station: MakeStation, resolution: str, unit: str, told: str
) -> None:
    coarse = Tool(id="BG-9", title="Bore gauge", sort="gauge", tool_class=PLUG, resolution=resolution, unit=unit)
    station = with_gauge(make_station, coarse, BORE, SHAFT)
    if told:
        assert told in refused(lambda: measure(station, "bore", "20.005", gauge="BG-9"))
        assert state_of(station, "bore") is RowState.OPEN
    else:
        measure(station, "bore", "20.005", gauge="BG-9")


@pytest.mark.parametrize("offset_h", [-8, 0, 5])
def test_a_calibration_ends_with_the_day_of_the_clock_on_the_wall(make_station: MakeStation, offset_h: int) -> None:
    station = begin(make_station(INS_30), SMALL)
    station.scan("Q-1")
    station.clock.offset_min = offset_h * 60
    state = station.quality.gauges.state("BG-1")
    assert state.valid_until_us is not None and state.due == "2027-01-31"
    to_midnight_s = (state.valid_until_us - station.clock.wall_us()) / 1e6 - offset_h * 3600
    station.clock.advance(to_midnight_s - 60)
    assert station.execution.today() == "2027-01-31" and station.quality.gauges.fault("BG-1") == ""
    station.clock.advance(120)
    assert station.execution.today() == "2027-02-01"
    assert "its calibration ended on 2027-01-31" in refused(lambda: measure(station, "bore", "20.005", gauge="BG-1"))


@pytest.mark.parametrize("offset_h", [-8, 0, 5])
def test_a_gauge_left_unusable_is_refused_from_that_moment(make_station: MakeStation, offset_h: int) -> None:
    station = begin(make_station(INS_30), SMALL)
    station.clock.offset_min = offset_h * 60
    gauges = station.quality.gauges
    station.done(
        gauges.record_calibration(
            "BG-1", certificate="C-9", valid_until="2030-01-31", as_found="+0.1", found_in_order=False, usable=False
        )
    )
    assert "its calibration ended" in gauges.fault("BG-1")
    assert gauges.state("BG-1").tool_now.calibration_due < station.execution.today(), "what counts days says so too"


def test_a_certificate_that_takes_back_the_listed_day_is_not_passed_over(station: ServiceStation) -> None:
    told = refused(
        lambda: station.quality.gauges.record_calibration(
            "BG-1", certificate="C-9", valid_until="2026-12-31", as_found="0", found_in_order=True
        )
    )
    assert told.startswith(
        "The gauge list says that BG-1 may be used until 2027-01-31, longer than this certificate says."
    )


def test_a_gauge_held_again_puts_in_doubt_what_was_measured_since_it_was_last_found_good(
    station: ServiceStation,
) -> None:
    gauges = station.quality.gauges

    def calibrate(good: bool) -> None:
        station.clock.advance(60)
        station.done(
            gauges.record_calibration(
                "BG-1", certificate="C", valid_until="2030-01-31", as_found="x", found_in_order=good
            )
        )
        station.clock.advance(60)

    def units() -> tuple[str, ...]:
        return station.done(gauges.affected("BG-1")).units

    def inspect(serial: str) -> None:
        station.scan(serial)
        measure(station, "bore", "20.005", gauge="BG-1")
        measure(station, "shaft", "20.002")

    inspect("Q-1")
    calibrate(True)
    inspect("Q-2")
    calibrate(False)
    inspect("Q-3")
    assert units() == ("Q-2",), "found out of order and put right"
    station.clock.advance(1)
    station.done(gauges.set_status("BG-1", "held", "dropped"))
    assert units() == ("Q-2", "Q-3"), "in doubt up to now: nothing between says that it was good"
    station.done(gauges.set_status("BG-1", "in service", "looked at"))
    calibrate(True)
    inspect("Q-4")
    assert units() == ("Q-2",), "the finding is what is known"
    station.done(gauges.set_status("BG-1", "held", "dropped again"))
    affected = station.done(gauges.affected("BG-1"))
    assert (affected.units, affected.until_us, affected.reason) == (("Q-4",), None, "held: dropped again")


def test_a_held_gauge_comes_back_with_a_reason_by_who_may(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), SMALL)
    gauges = station.quality.gauges
    station.done(gauges.set_status("BG-1", "held", "dropped"))
    assert "Say why" in refused(lambda: gauges.set_status("BG-1", "in service", " "))
    station.ledger.person = OPERATOR
    assert "may not calibrate gauges or set their status" in refused(
        lambda: gauges.set_status("BG-1", "in service", "it is fine")
    )
    assert "is held (dropped)" in gauges.fault("BG-1")
