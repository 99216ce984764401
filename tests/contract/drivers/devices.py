"""The devices the driver contract is run on: one line of difference each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from drivers.base import Driver, Tag
from drivers.modbus import ModbusDriver
from drivers.mtconnect import MtconnectDriver
from drivers.opcua import OpcUaDriver
from drivers.simulation.process import PlantProcess

INTERVAL_S = 0.1


@dataclass(frozen=True)
class Device:
    """A kind of driver with the plant's device it talks to. ``paths`` are readable points.

    ``writable_path`` is empty where the protocol does not write.
    """

    name: str
    scheme: str
    plant_name: str
    port_name: str
    paths: tuple[str, ...]
    writable_path: str
    written: bool | int
    unknown_path: str
    url: str = ""

    def at(self, plant: PlantProcess) -> Device:
        return dataclasses.replace(self, url=f"{self.scheme}://127.0.0.1:{plant.ports[self.port_name]}")

    def driver(self, url: str = "") -> Driver:
        if self.scheme == "opcua":
            return OpcUaDriver(self.name, url or self.url)
        if self.scheme == "mtconnect":
            return MtconnectDriver(self.name, url or self.url)
        return ModbusDriver(self.name, url or self.url)

    def tags(self) -> list[Tag]:
        return [self.tag(path) for path in self.paths]

    def tag(self, path: str, writable: bool = False) -> Tag:
        return Tag(path, f"{self.url}/{path}", interval_s=INTERVAL_S, writable=writable)


DEVICES = [
    Device(
        name="opcua",
        scheme="opcua",
        plant_name="press",
        port_name="opcua",
        paths=("ns=2;s=Press.Force", "ns=2;s=Press.State", "ns=2;s=Press.CycleCounter"),
        writable_path="ns=2;s=Press.Program",
        written=7,
        unknown_path="ns=2;s=Press.Nothing",
    ),
    Device(
        name="modbus",
        scheme="modbus",
        plant_name="bench",
        port_name="modbus",
        paths=("holding/100?type=float32", "input/4?type=float32&words=little", "discrete/0"),
        writable_path="holding/0",
        written=1200,
        unknown_path="holding/5000",
    ),
    Device(
        name="mtconnect",
        scheme="mtconnect",
        plant_name="mill",
        port_name="mtconnect",
        paths=("Xabs", "block", "mill3/line"),
        writable_path="",
        written=0,
        unknown_path="nothing",
    ),
]
