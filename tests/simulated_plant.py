"""The simulated plant for tests of drivers: one process for the session, and its control channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess

DEVICES = ("press", "bench", "camera", "mill", "gauge", "scanner")
FAULTS = ("blurred", "dark", "part missing")


@pytest.fixture(scope="session")
def plant() -> Iterator[PlantProcess]:
    """The plant, four times as fast as it is."""
    with PlantProcess("--speed", "4") as running:
        yield running


@pytest.fixture
def control(plant: PlantProcess) -> Iterator[PlantControl]:
    """The control channel; whatever a test switched is back afterwards."""
    with plant.control() as channel:
        yield channel
        for device in DEVICES:
            channel.fault("device gone", False, device)
            channel.fault("value frozen", False, device)
        for fault in FAULTS:
            channel.fault(fault, False)
        channel.press_auto(False)
