"""The connection on which a person's questions are asked is patient for seconds only."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from station_app.app.database import connect_shared_database
from station_app.app.runtime import QUESTION_TIMEOUT_S
from station_app.config import load_config
from station_app.services.ports import Unreachable
from tests.faulty_proxy import FaultyProxy
from tests.integration.cli.stations import make_station
from tests.shared_database import PlantDatabase


def test_a_warm_line_that_swallows_everything_is_given_up_within_seconds(plant: PlantDatabase, tmp_path: Path) -> None:
    station = make_station(tmp_path, plant)
    with FaultyProxy("127.0.0.1", plant.server.port) as proxy:
        station.replace(f"port = {plant.server.port}", f"port = {proxy.port}")
        database = connect_shared_database(load_config(station.file), QUESTION_TIMEOUT_S)
        try:
            assert database.unit_status("U-1") == []
            proxy.black_hole()
            begun = time.monotonic()
            with pytest.raises(Unreachable):
                database.unit_status("U-1")
            assert time.monotonic() - begun < 15.0
        finally:
            database.close()
