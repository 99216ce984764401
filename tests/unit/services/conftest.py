"""A station's services, and a second station of the same line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station_app.domain.offline_policy import OfflinePolicy
from tests.fakes.clock import FakeClock
from tests.fakes.shared_database import FakeServer
from tests.unit.services.station import ASM_10, ServiceStation

MakeStation = Callable[..., ServiceStation]


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def make_station(tmp_path: Path, server: FakeServer) -> Iterator[MakeStation]:
    """Stations of the line, each in the folder of its name; all are closed at the end."""
    made: list[ServiceStation] = []

    def make(
        path: str = ASM_10, *, offline: OfflinePolicy = OfflinePolicy.BLOCK, clock: FakeClock | None = None
    ) -> ServiceStation:
        folder = tmp_path / path.rsplit("/", 1)[-1]
        station = ServiceStation(folder, server, path, offline=offline, clock=clock)
        made.append(station)
        return station

    yield make
    for station in made:
        station.close()


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    """ASM-10 with Anna signed in."""
    made = make_station()
    made.sign_in()
    return made
