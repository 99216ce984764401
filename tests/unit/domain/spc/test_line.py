"""Points of several stations in one order, in subgroups of one station each, and never too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.inspection.plan import ChartSettings
from station_app.domain.log import LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.records import Comment
from station_app.domain.spc import line
from station_app.domain.spc.line import OtherPoints, merged
from station_app.domain.spc.live import grouped
from station_app.domain.spc.points import ChartPoint
from tests.shared_database import STATION_B, ChainWriter
from tests.unit.domain.spc.test_live import POINT
from tests.unit.services.test_charts_of_line import shaft


def made(station: str, *times: int) -> list[ChartPoint]:
    return [
        replace(POINT, point_id=f"{station}{number}", rec_id=f"{station}{number}", station=station, placed_us=at)
        for number, at in enumerate(times, 1)
    ]


def names(points: object) -> list[str]:
    return [point.point_id for point in points]  # type: ignore[attr-defined]  # a sequence of points


def test_one_order_by_the_servers_clock() -> None:
    own, other, third = made("", 1, 5, 9), made("B", 2, 6), made("C", 6)
    assert names(merged(own, {"C": third, "B": other})) == ["1", "B1", "2", "B2", "C1", "3"]
    assert merged(own, {}) is own, "nothing is copied where there is nothing to merge"
    assert merged(own, {"B": []}) is own
    assert merged((), {}) == ()


def test_a_clock_set_back_does_not_bring_a_stations_points_out_of_order() -> None:
    own, other = made("", 10, 20, 3, 30), made("B", 15, 25)
    assert names(merged(own, {"B": other})) == ["1", "B1", "2", "3", "B2", "4"]


def test_a_subgroup_is_of_one_station() -> None:
    settings = ChartSettings(chart=ChartKind.XBAR_R, subgroup_size=2)
    points = merged(made("", 1, 3, 5, 7, 9), {"B": made("B", 2, 4, 6)})
    groups, waiting = grouped(settings, points)
    assert [names(group) for group in groups] == [["1", "2"], ["B1", "B2"], ["3", "4"]]
    assert sorted(names(waiting)) == ["5", "B3"]


def test_records_that_make_no_point_are_passed_over_and_known_ones_too() -> None:
    chain = ChainWriter(STATION_B)
    rows = [chain.row(shaft(1)), chain.row(Comment(text="no point")), chain.row(body=b'{"kind":"nonsense"}')]
    rows.append(chain.row(shaft(2, outcome=Outcome.ERROR)))
    rows.append(chain.row(shaft(3, readings=("NaN",), value_text="NaN")))
    logged = [LoggedRow(STATION_B, row, 0) for row in rows]
    points = OtherPoints()
    assert points.take(logged) == 1
    assert points.take(logged) == 0
    (point,) = points.by_station[STATION_B]
    assert (point.serial, point.station, point.placed_us) == ("GR-1", STATION_B, rows[0].wall_us)


def test_of_too_many_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    points = OtherPoints({"B": made("B", 1, 4, 5), "C": made("C", 2, 3, 6)})
    monkeypatch.setattr(line, "MOST_OTHER_POINTS", 4)
    points.take([])
    assert {station: names(found) for station, found in points.by_station.items()} == {
        "B": ["B2", "B3"],
        "C": ["C2", "C3"],
    }
