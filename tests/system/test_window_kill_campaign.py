"""The real window, offscreen, killed in the middle of work: what it showed as saved is never lost and never doubled."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from station_app.demo.plant import ASM_10, INS_30
from tests.plant import ANNA, ANNA_PIN
from tests.system.campaign import Campaign, Station
from tests.system.line import campaign_plant, unit_form
from tests.system.window_operator import WindowOperator

WINDOWS = (ASM_10, INS_30)
PLAYER = [sys.executable, "-m", "station_app.demo.player", "station"]
MAX_ANSWERS = 90


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_a_killed_window_showed_as_saved_is_never_lost(
    tmp_path: Path, window_kills: int, report: Callable[[str], None]
) -> None:
    with campaign_plant(tmp_path) as line, ExitStack() as leaving:
        operators = [
            WindowOperator(demo.name, ANNA, ANNA_PIN, unit_form(demo), leaving.enter_context(line.control()).set_serial)
            for demo in WINDOWS
        ]
        stations = [
            Station(demo.path, file, [*PLAYER, str(file)], operator, MAX_ANSWERS)
            for demo, operator in zip(WINDOWS, operators, strict=True)
            for file in [line.station_file(demo)]
        ]
        campaign = Campaign(line, stations, seed=3)
        campaign.prepare()
        campaign.run(window_kills, kill_server_every=4)
        assert sum(station.lives for station in stations) == window_kills
        for station, operator in zip(stations, operators, strict=True):
            findings = campaign.examine(station)
            report(
                f"{station.path} window: {station.lives} kills, {campaign.server_kills} server kills, "
                f"{len(operator.seen)} promises seen, {findings.saved} records, {len(findings.lost)} lost, "
                f"{len(findings.doubled)} doubled, {findings.files} files, {operator.units} units, "
                f"{operator.resumed} resumed at their step, {dict(campaign.faults)}"
            )
            assert findings.clean, findings
        assert sum(len(operator.seen) for operator in operators) > window_kills
