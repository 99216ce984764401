"""The plant that the contract runs against: real servers in a process of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from tests.contract.drivers.devices import DEVICES, Device


@pytest.fixture(scope="session")
def plant() -> Iterator[PlantProcess]:
    with PlantProcess("--speed", "4") as running:
        yield running


@pytest.fixture
def control(plant: PlantProcess) -> Iterator[PlantControl]:
    """The control channel; whatever a test switched off is on again afterwards."""
    with plant.control() as channel:
        yield channel
        for device in ("press", "bench", "mill", "gauge", "scanner"):
            channel.fault("device gone", False, device)
            channel.fault("value frozen", False, device)


@pytest.fixture(params=DEVICES, ids=[device.name for device in DEVICES])
def device(request: pytest.FixtureRequest, plant: PlantProcess) -> Device:
    chosen: Device = request.param
    return chosen.at(plant)
