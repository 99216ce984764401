"""The far ends that the contract runs against: real servers in a process of their own, a serial line in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from tests.contract.drivers.devices import DEVICES, Device
from tests.contract.drivers.rigs import SerialRig, TcpRig


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
def device(
    request: pytest.FixtureRequest, plant: PlantProcess, control: PlantControl, tmp_path: Path
) -> Iterator[Device]:
    chosen: Device = request.param
    if chosen.missing:
        pytest.skip(chosen.missing)
    if chosen.plant_name:
        # calc:// is computed from the press, whose server speaks OPC UA
        scheme = "opcua" if chosen.scheme == "calc" else chosen.scheme
        yield chosen.on(TcpRig(plant, control, scheme, chosen.plant_name, chosen.port_name))
        return
    rig = SerialRig(tmp_path)
    yield chosen.on(rig)
    rig.close()
