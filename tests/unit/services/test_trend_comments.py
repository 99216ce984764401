"""Remarks on a trend are records with their author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.records import LineTrendComment, TrendComment
from station_app.domain.rules import Refusal
from station_app.services.trend_comments import comment_trend
from tests.fakes.shared_database import FakeServer
from tests.unit.services.station import ServiceStation, closing


@pytest.fixture
def station(tmp_path: Path) -> Iterator[ServiceStation]:
    yield from closing(ServiceStation(tmp_path, FakeServer()))


def test_a_remark_is_recorded_in_the_name_of_who_is_signed_in(station: ServiceStation) -> None:
    with pytest.raises(Refusal, match="Sign in first"):
        comment_trend(station.ledger, at_us=5, text="new oil")
    station.sign_in()
    (row,) = station.done(
        comment_trend(station.ledger, at_us=5, until_us=9, text=" new oil ", tags=["press.force"], serial="U-1")
    )
    assert row.actor == "anna"
    fact = station.facts()[-1]
    assert fact == TrendComment(at_us=5, until_us=9, text="new oil", tags=("press.force",), serial="U-1")
    assert not station.ledger.busy


def test_a_remark_on_another_stations_trends_says_whose_they_are(station: ServiceStation) -> None:
    station.sign_in()
    (row,) = station.done(
        comment_trend(station.ledger, at_us=5, text="bearing", tags=["speed"], about_station="L/ASM-20")
    )
    assert row.actor == "anna"
    assert station.facts()[-1] == LineTrendComment(about_station="L/ASM-20", at_us=5, text="bearing", tags=("speed",))


@pytest.mark.parametrize(
    ("text", "until_us", "why"), [("  ", None, "Write"), ("x" * 501, None, "501"), ("x", 4, "ends")]
)
def test_what_is_no_remark_is_refused(station: ServiceStation, text: str, until_us: int | None, why: str) -> None:
    station.sign_in()
    with pytest.raises(Refusal, match=why):
        comment_trend(station.ledger, at_us=5, until_us=until_us, text=text)
