"""The last values of a characteristic, as a chart shows them."""

from __future__ import annotations

from decimal import Decimal

from station_app.domain.chain import Row
from station_app.domain.characteristic_history import MOST_READINGS, CharacteristicHistory
from station_app.domain.outcome import Limits, Outcome
from station_app.domain.records import Measurement
from tests.records import INS30, StationLog

LIMITS = Limits(unit="mm", lower=Decimal("19.987"), upper=Decimal("20.017"))


def measured(value: str, serial: str = "U-1", supersedes: str = "", upper: str = "20.017") -> Measurement:
    return Measurement(
        job_id="j",
        serial=serial,
        order_id="o",
        operation="inspection",
        step_id="s",
        check_id="shaft",
        supersedes=supersedes,
        characteristic="shaft",
        value_text=value,
        unit="mm",
        lower_limit="19.987",
        upper_limit=upper,
        source="keypad",
        outcome=Outcome.PASS if Decimal(value) <= Decimal(upper) else Outcome.FAIL,
    )


class Station:
    """Measures, one value after the other."""

    def __init__(self) -> None:
        self.log, self.history = StationLog(INS30), CharacteristicHistory()

    def measure(self, fact: Measurement) -> Row:
        row = self.log.add(fact, float(len(self.log.rows))).row
        self.history.add(row, fact)
        return row

    def values(self, limits: Limits = LIMITS) -> list[str]:
        return [str(reading.value) for reading in self.history.of("inspection", "shaft", limits)]


def test_values_stand_in_their_order_with_unit_and_outcome() -> None:
    station = Station()
    station.measure(measured("20.004"))
    station.measure(measured("20.019", "U-2"))
    readings = station.history.of("inspection", "shaft", LIMITS)
    assert [(str(r.value), r.serial, r.outcome) for r in readings] == [
        ("20.004", "U-1", Outcome.PASS),
        ("20.019", "U-2", Outcome.FAIL),
    ]
    assert station.history.of("inspection", "another", LIMITS) == ()
    assert station.history.of("assembly", "shaft", LIMITS) == ()


def test_a_second_measurement_replaces_the_first() -> None:
    station = Station()
    station.measure(measured("20.004"))
    first = station.measure(measured("20.019", "U-2"))
    station.measure(measured("20.006", "U-2", supersedes=first.rec_id))
    assert station.values() == ["20.004", "20.006"]


def test_other_limits_begin_another_chart() -> None:
    station = Station()
    station.measure(measured("20.004"))
    station.measure(measured("20.005", upper="20.020"))
    assert station.values() == ["20.004"]
    assert station.values(Limits(unit="mm", lower=Decimal("19.987"), upper=Decimal("20.020"))) == ["20.005"]


def test_it_keeps_no_more_than_its_bound() -> None:
    station = Station()
    for number in range(MOST_READINGS + 7):
        station.measure(measured(f"20.0{number:03}"))
    assert len(station.values()) == MOST_READINGS
    assert station.values()[-1] == "20.0056"
