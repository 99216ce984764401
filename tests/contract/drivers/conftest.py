"""The far ends that the contract runs against: real servers in a process of their own, a serial line in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from tests.contract.drivers.devices import DEVICES, Device
from tests.contract.drivers.rigs import SerialRig, TcpRig
from tests.simulated_plant import control as control
from tests.simulated_plant import plant as plant


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
