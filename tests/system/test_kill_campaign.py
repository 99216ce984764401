"""The headless station, killed again and again: nothing saved is lost, nothing is doubled; and the campaign can tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from station_app.config import load_config
from station_app.demo.plant import STATIONS, DemoPlant
from tests.plant import ANNA, ANNA_PIN, station_command
from tests.system.campaign import Campaign, Station
from tests.system.headless_operator import HeadlessOperator
from tests.system.line import campaign_plant, unit_form

MAX_ANSWERS = 60
KILLS_A_ROUND = 3
ROUNDS = 12


@pytest.fixture
def line(tmp_path: Path) -> Iterator[DemoPlant]:
    """A line of our own, because its server is killed too."""
    with campaign_plant(tmp_path) as plant:
        yield plant


@pytest.fixture
def stations(line: DemoPlant) -> Iterator[Callable[[Sequence[str]], list[Station]]]:
    """Makes the line's stations with an operator each; ``start`` is the program."""
    with ExitStack() as leaving:

        def make(start: Sequence[str]) -> list[Station]:
            return [
                Station(
                    demo.path,
                    line.station_file(demo),
                    [*start, "run", str(line.station_file(demo)), "--headless"],
                    HeadlessOperator(
                        demo.name, ANNA, ANNA_PIN, unit_form(demo), leaving.enter_context(line.control()).set_serial
                    ),
                    MAX_ANSWERS,
                )
                for demo in STATIONS
            ]

        yield make


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_station_loses_and_doubles_nothing(
    line: DemoPlant, stations: Callable[[Sequence[str]], list[Station]], kills: int, report: Callable[[str], None]
) -> None:
    campaign = Campaign(line, stations(station_command()), seed=1)
    campaign.prepare()
    campaign.run(kills, kill_server_every=20)
    assert sum(station.lives for station in campaign.stations) == kills
    for station in campaign.stations:
        station.come_to_rest()
        findings = campaign.examine(station)
        operator = station.operator
        assert isinstance(operator, HeadlessOperator)
        report(
            f"{station.path}: {station.lives} kills, {campaign.server_kills} server kills, {findings.saved} saved, "
            f"{len(findings.lost)} lost, {len(findings.doubled)} doubled, {findings.files} files, {operator.units} units, "
            f"{operator.resumed} resumed at their step, {dict(campaign.faults)}"
        )
        assert findings.clean, findings
        assert findings.saved > 3 * station.lives
        assert findings.files > 0 or not load_config(station.settings).cameras
        assert operator.resumed > station.lives // 4
    assert campaign.faults["reply swallowed"] >= kills // 20
    assert campaign.server_kills == len(range(20, kills // len(STATIONS) + 1, 20))


@pytest.mark.slow
def test_the_campaign_finds_a_journal_that_answers_before_it_has_saved(
    line: DemoPlant, stations: Callable[[Sequence[str]], list[Station]]
) -> None:
    campaign = Campaign(line, stations([sys.executable, "-m", "tests.system.changed_station", "hasty"])[:1], seed=4)
    campaign.prepare()
    with pytest.raises(AssertionError, match="and they are not in the journal"):
        campaign.run(ROUNDS * KILLS_A_ROUND)


@pytest.mark.slow
@pytest.mark.parametrize(("mutant", "lost", "doubled"), [("marks-before", True, False), ("marks-after", False, True)])
def test_the_campaign_finds_a_delivery_that_is_wrong(
    line: DemoPlant, stations: Callable[[Sequence[str]], list[Station]], mutant: str, lost: bool, doubled: bool,
    report: Callable[[str], None],
) -> None:  # fmt: skip
    program = [sys.executable, "-m", "tests.system.changed_station", mutant]
    campaign = Campaign(line, stations(program), seed=2)
    campaign.prepare()
    for _ in range(ROUNDS):
        campaign.run(KILLS_A_ROUND * len(STATIONS))
        for station in campaign.stations:
            station.come_to_rest()
        found = [campaign.count(station) for station in campaign.stations]
        all_lost, all_doubled = sum(len(one) for one, _ in found), sum(len(two) for _, two in found)
        if all_lost or all_doubled:
            break
    kills = sum(station.lives for station in campaign.stations)
    report(f"{mutant}: after {kills} kills {all_lost} lost, {all_doubled} doubled")
    assert (all_lost > 0, all_doubled > 0) == (lost, doubled)
