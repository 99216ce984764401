"""The control chart part of the SharedDatabase port: the points of the other stations of a line."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AttributeInspected,
    Measurement,
    SampleMeasured,
)
from station_app.domain.status import StationStatus
from station_app.services.ports import SharedDatabaseError
from tests.contract.shared_line import ON_STEP, ON_UNIT, Line, job_state
from tests.shared_database import STATION_A, STATION_B, ChainWriter


def shaft(number: int, value: str = "20.001", **changes: Any) -> SampleMeasured:
    """A measured shaft, as a station records it."""
    values: dict[str, Any] = {
        **ON_STEP, "job_id": f"J{number}", "serial": f"GR-{number}", "sample_id": f"S{number}", "inspection_id": f"I{number}",
        "plan_id": "P", "plan_version": "1", "plan_sha256": "0" * 64, "product": "GR", "characteristic": "shaft",
        "readings": (value,), "value_text": value, "unit": "mm", "decimals": 3, "source": "gauge", "outcome": Outcome.PASS,
    }  # fmt: skip
    return SampleMeasured(**{**values, **changes})


def bore_counted(number: int) -> AttributeInspected:
    """A counted bore."""
    return AttributeInspected(
        **{**ON_UNIT, "job_id": f"J{number}"}, step_id="look", sample_id=f"A{number}", inspection_id="I", plan_id="P",
        plan_version="1", plan_sha256="0" * 64, product="GR", characteristic="bore", outcome=Outcome.PASS,
    )  # fmt: skip


def test_a_chart_takes_the_points_of_the_other_stations(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B, wall_us=1_700_000_500_000_000)
    mine = a.row(shaft(1))
    first, second = b.row(shaft(2)), b.row(shaft(3))
    b.row(shaft(4, characteristic="bore"))
    b.row(shaft(5, operation="20"))
    b.row(shaft(6, product="GX"))
    counted = b.row(bore_counted(7))
    line.a.append_batch(REC, 1, 1, a.rows)
    line.b.append_batch(REC, 1, 1, b.rows)
    found = line.a.chart_points("GR", "10", "shaft", {}, 100)
    assert [logged.row for logged in found] == [first, second]
    assert {logged.station for logged in found} == {STATION_B}
    assert [logged.row for logged in line.b.chart_points("GR", "10", "shaft", {}, 100)] == [mine]
    assert counted in [logged.row for logged in line.a.chart_points("GR", "10", "bore", {}, 100)]
    assert line.a.chart_points("GR", "10", "never", {}, 100) == []


def test_a_measurement_of_before_a_plan_is_a_point_of_its_jobs_product(line: Line) -> None:
    b = ChainWriter(STATION_B)
    b.row(job_state("Running"))
    force = b.row(
        Measurement(
            **ON_STEP, characteristic="force", value_text="12.50", unit="kN", source="gauge", outcome=Outcome.PASS
        )
    )
    line.b.append_batch(REC, 1, 1, b.rows)
    assert [logged.row for logged in line.a.chart_points("GR", "10", "force", {}, 10)] == [force]
    assert line.a.chart_points("GX", "10", "force", {}, 10) == []


def test_only_what_came_since_is_answered_and_the_newest_when_there_is_more(line: Line) -> None:
    b = ChainWriter(STATION_B)
    rows = [b.row(shaft(number)) for number in range(6)]
    line.b.append_batch(REC, 1, 1, rows)
    after = {(STATION_B, 1): 4}
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", after, 10)] == rows[4:]
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", {}, 2)] == rows[4:]
    assert line.a.chart_points("GR", "10", "shaft", {(STATION_B, 1): 6, ("nobody", 9): 1}, 10) == []
    newest = b.row(
        Measurement(
            **{**ON_STEP, "job_id": "J9"}, characteristic="shaft", value_text="20.1", unit="mm", source="gauge",
            outcome=Outcome.PASS,
        )
    )  # fmt: skip
    line.b.append_batch(REC, 1, 7, [newest, b.row(job_state("Running", job_id="J9"))])
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", {}, 1)] == [newest], "of all kinds"
    for limit in (0, 10_081):
        with pytest.raises(SharedDatabaseError):
            line.a.chart_points("GR", "10", "shaft", {}, limit)


def test_the_other_stations_say_how_far_they_are_and_when_they_were_heard_of(line: Line) -> None:
    b = ChainWriter(STATION_B)
    line.b.append_batch(REC, 1, 1, b.many(3))
    (silent,) = line.a.stations_heard()
    assert (silent.station, silent.heads) == (STATION_B, ((1, 3),))
    assert (silent.heard_age_s, silent.waiting) == (None, None)
    line.b.status(
        StationStatus(station=STATION_B, name="ASM-20", state=1000, state_text="producing", sent_us=1, waiting=7)
    )
    (heard,) = line.a.stations_heard()
    assert heard.waiting == 7
    assert heard.heard_age_s is not None and 0 <= heard.heard_age_s < 60
