"""Nothing saved is lost and nothing is doubled, whatever is killed and cut; and the campaign can tell when it is not so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from station_app.storage.embedded_postgres import EmbeddedPostgres
from tests.shared_database import STATION_A, STATION_B, PlantDatabase, make_plant
from tests.system.campaign import Campaign, Station

LANES = (STATION_A, STATION_B)
KILLS_A_ROUND = 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server of our own, because it is killed too."""
    with EmbeddedPostgres(tmp_path / "pg") as server:
        yield server
    server.remove()


@pytest.fixture
def plant(server: EmbeddedPostgres) -> PlantDatabase:
    return make_plant(server, "plant")


def writer(plant: PlantDatabase, folder: Path, path: str, mutant: str = "") -> Station:
    """The light station process for one station's path."""
    folder = folder / path.rpartition("/")[2]
    login = plant.logins[path]

    def command(port: int) -> Sequence[str]:
        url = f"postgresql://{login.name}:{login.password}@127.0.0.1:{port}/{plant.name}?sslmode=disable"
        return [
            sys.executable,
            "-m",
            "tests.system.writer_process",
            str(folder),
            path,
            url,
            *([mutant] if mutant else []),
        ]

    return Station(path, folder / "journal.sqlite", command)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_station_loses_and_doubles_nothing(
    server: EmbeddedPostgres, plant: PlantDatabase, tmp_path: Path, kills: int, report: Callable[[str], None]
) -> None:
    campaign = Campaign(server, plant, [writer(plant, tmp_path, path) for path in LANES], seed=1)
    campaign.run(kills // len(LANES), kill_server_every=20)
    for station in campaign.stations:
        findings = campaign.examine(station)
        report(
            f"{station.path}: {station.lives} kills, {campaign.server_kills} server kills, {findings.saved} saved, "
            f"{len(findings.lost)} lost, {len(findings.doubled)} doubled, {dict(campaign.faults)}"
        )
        assert findings.clean, findings
        assert findings.saved > 3 * station.lives
    assert campaign.faults["reply swallowed"] >= kills // 20
    assert campaign.server_kills == kills // len(LANES) // 20


@pytest.mark.slow
@pytest.mark.parametrize(("mutant", "lost", "doubled"), [("marks-before", True, False), ("marks-after", False, True)])
def test_the_campaign_finds_a_delivery_that_is_wrong(
    server: EmbeddedPostgres, plant: PlantDatabase, tmp_path: Path, mutant: str, lost: bool, doubled: bool,
    report: Callable[[str], None],
) -> None:  # fmt: skip
    campaign = Campaign(server, plant, [writer(plant, tmp_path, path, mutant) for path in LANES], seed=2)
    for _ in range(20):
        campaign.run(KILLS_A_ROUND)
        findings = [campaign.examine(station) for station in campaign.stations]
        if any(found.lost if lost else found.doubled for found in findings):
            break
    report(
        f"{mutant}: after {campaign.stations[0].lives} kills each "
        f"{sum(len(found.lost) for found in findings)} lost, {sum(len(found.doubled) for found in findings)} doubled"
    )
    assert any(found.lost for found in findings) is lost
    assert any(found.doubled for found in findings) is doubled
