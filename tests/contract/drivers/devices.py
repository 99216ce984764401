"""The devices the driver contract is run on: one line of difference each, and what its protocol can do."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.address import formula_address
from drivers.base import Driver, Tag
from drivers.modbus import ModbusDriver
from drivers.mtconnect import MtconnectDriver
from drivers.opcua import OpcUaDriver
from tests.contract.drivers.fed_formulas import FedFormulas
from tests.contract.drivers.rigs import Rig

INTERVAL_S = 0.1
NOT_WRITABLE = "BadNotWritable"
_PRESS_NODES = {
    "force": "ns=2;s=Press.Force",
    "cycles": "ns=2;s=Press.CycleCounter",
    "nothing": "ns=2;s=Press.Nothing",
}


@dataclass(frozen=True)
class Device:
    """A kind of driver with the far end it talks to. ``paths`` are readable points, ``unknown_path`` one that is not there.

    What a protocol can do: ``writable_path`` is empty where it does not write, and ``unwritable_status`` is then what a
    tag that is marked writable gets. ``browsable``: it lists what it has. ``connects``: it has a connection of its own that can
    be lost, and reports its state; a formula has none and shows what became of its inputs. ``asks_beside``: a question is a
    connection of its own, as in HTTP.
    """

    name: str
    scheme: str
    paths: tuple[str, ...]
    unknown_path: str
    plant_name: str = ""
    port_name: str = ""
    writable_path: str = ""
    written: bool | int = 0
    unwritable_status: str = NOT_WRITABLE
    browsable: bool = False
    connects: bool = True
    asks_beside: bool = False
    missing: str = ""
    rig: Rig | None = None

    def on(self, rig: Rig) -> Device:
        """This device with its far end."""
        return dataclasses.replace(self, rig=rig)

    @property
    def end(self) -> Rig:
        assert self.rig is not None
        return self.rig

    def driver(self, url: str = "") -> Driver:
        """A driver for the far end, or for another place."""
        place = url or self.end.url
        if self.scheme == "opcua":
            return OpcUaDriver(self.name, place)
        if self.scheme == "mtconnect":
            return MtconnectDriver(self.name, place)
        if self.scheme == "calc":
            inputs = [Tag(name, f"{place}/{node}", interval_s=INTERVAL_S) for name, node in _PRESS_NODES.items()]
            return FedFormulas(self.name, OpcUaDriver(self.name, place), inputs)
        return ModbusDriver(self.name, place)

    def tags(self) -> list[Tag]:
        return [self.tag(path) for path in self.paths]

    def tag(self, path: str, writable: bool = False) -> Tag:
        return Tag(path, self._address(path), interval_s=INTERVAL_S, writable=writable)

    def _address(self, path: str) -> str:
        if self.scheme == "calc":
            return formula_address(path)
        if self.scheme == "modbus-rtu":
            return f"modbus://line/{path}"
        return f"{self.end.url}/{path}"


DEVICES: Sequence[Device] = [
    Device(
        name="opcua",
        scheme="opcua",
        plant_name="press",
        port_name="opcua",
        paths=("ns=2;s=Press.Force", "ns=2;s=Press.State", "ns=2;s=Press.CycleCounter"),
        writable_path="ns=2;s=Press.Program",
        written=7,
        unknown_path="ns=2;s=Press.Nothing",
        browsable=True,
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
        name="modbus-rtu",
        scheme="modbus-rtu",
        paths=("holding/0?type=float32", "input/2?type=float32&unit=2", "discrete/0"),
        writable_path="holding/20",
        written=1200,
        unknown_path="holding/5000",
        missing="a serial line without hardware needs pseudo terminals" if sys.platform == "win32" else "",
    ),
    Device(
        name="mtconnect",
        scheme="mtconnect",
        plant_name="mill",
        port_name="mtconnect",
        paths=("Xabs", "block", "mill3/line"),
        unwritable_status="BadNotSupported",
        unknown_path="nothing",
        browsable=True,
        asks_beside=True,
    ),
    Device(
        name="calc",
        scheme="calc",
        plant_name="press",
        port_name="opcua",
        paths=("force * 2", "round(force, 2)", 'if(cycles >= 0, "counting", "broken")'),
        unknown_path="nothing + 1",
        connects=False,
    ),
]
