"""The whole plant on one loop: press, bench, camera, mill, gauge, scanner and the control channel that commands them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from drivers.simulation.bench import Bench
from drivers.simulation.bench_server import BenchServer
from drivers.simulation.camera import CameraServer
from drivers.simulation.control import Command, CommandError, ControlServer
from drivers.simulation.gauge import GaugeOnTcp, ScannerOnTcp
from drivers.simulation.mill import MillServer
from drivers.simulation.plant_commands import obey_gauge, obey_mill, obey_scanner, switch
from drivers.simulation.press import Press, PressState
from drivers.simulation.press_server import PressServer

SCAN_S = 0.05
AUTO_PAUSE_S = 4.0
DEVICES = ("press", "bench", "camera", "mill", "gauge", "scanner")
PICTURE_FAULTS = {"part missing": "part_missing", "blurred": "blurred", "dark": "dark"}
DEVICE_FAULTS = ("device gone", "value frozen")
_COMMANDS = ("press", "bench", "mill", "gauge", "scanner", "set", "fault", "show")


class _Device(Protocol):
    """What the plant asks of each of its devices. ``port`` is 0 until a free one was found."""

    frozen: bool

    @property
    def port(self) -> int: ...

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def unplug(self) -> None: ...
    async def plug_in(self) -> None: ...


class Plant:
    """A press, a bench, a camera, a mill, a gauge and a scanner on loopback.

    Ports of 0 are chosen free; ``ports`` tells them after start.
    """

    def __init__(
        self,
        *,
        opcua_port: int = 0,
        modbus_port: int = 0,
        camera_port: int = 0,
        mtconnect_port: int = 0,
        gauge_port: int = 0,
        gauge_kind: str = "mitutoyo",
        scanner_port: int = 0,
        control_port: int = 0,
        speed: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.press = PressServer(Press(seed), port=opcua_port)
        self.bench = BenchServer(Bench(seed + 1), port=modbus_port)
        self.camera = CameraServer(port=camera_port, seed=seed + 2)
        self.mill = MillServer(port=mtconnect_port, seed=seed + 3)
        self.gauge = GaugeOnTcp(gauge_kind, port=gauge_port)
        self.scanner = ScannerOnTcp(port=scanner_port)
        self.control = ControlServer(self.obey, port=control_port)
        self._devices: dict[str, _Device] = {
            "press": self.press,
            "bench": self.bench,
            "camera": self.camera,
            "mill": self.mill,
            "gauge": self.gauge,
            "scanner": self.scanner,
        }
        self._speed = speed
        self._auto = False
        self._idle_s = 0.0
        self._gone: set[str] = set()

    async def start(self) -> None:
        """Start all; raises OSError when a port is taken."""
        for device in self._devices.values():
            await device.start()
        await self.control.start()

    @property
    def ports(self) -> dict[str, int]:
        devices = {name: device.port for name, device in self._devices.items()}
        return {
            "opcua": devices["press"],
            "modbus": devices["bench"],
            "camera": devices["camera"],
            "mtconnect": devices["mill"],
            "gauge": devices["gauge"],
            "scanner": devices["scanner"],
            "control": self.control.port,
        }

    async def run(self) -> None:
        """Scan for ever; ends when cancelled."""
        before_s = time.monotonic()
        due_s = before_s
        while True:
            due_s = max(due_s + SCAN_S, time.monotonic())
            await asyncio.sleep(due_s - time.monotonic())
            now_s = time.monotonic()
            elapsed_s = min((now_s - before_s), 1.0) * self._speed
            before_s = now_s
            await self._scan(elapsed_s)

    async def _scan(self, elapsed_s: float) -> None:
        await self.press.scan(elapsed_s)
        await self.bench.scan(elapsed_s)
        await self.mill.scan(elapsed_s)
        await self.gauge.scan(elapsed_s)
        idle = self.press.press.state is PressState.IDLE
        self._idle_s = self._idle_s + elapsed_s if idle else 0.0
        if self._auto and self._idle_s >= AUTO_PAUSE_S:
            self.press.press.start()

    async def stop(self) -> None:
        await self.control.stop()
        for device in self._devices.values():
            await device.stop()

    async def obey(self, command: Command) -> dict[str, Any]:
        """Do what one command of the control channel says; raises CommandError."""
        verbs = [key for key in _COMMANDS if key in command]
        if len(verbs) != 1:
            raise CommandError(f"a command has exactly one of: {', '.join(_COMMANDS)}")
        verb = verbs[0]
        if verb == "fault":
            return await self._obey_fault(command)
        if verb == "show":
            return self._show()
        obeying: dict[str, Callable[[Command], None]] = {
            "press": self._obey_press,
            "bench": self._obey_bench,
            "mill": partial(obey_mill, self.mill),
            "gauge": partial(obey_gauge, self.gauge),
            "scanner": partial(obey_scanner, self.scanner),
            "set": self._obey_set,
        }
        obeying[verb](command)
        return {}

    def _obey_press(self, command: Command) -> None:
        if command["press"] == "auto":
            self._auto = switch(command)
            return
        if command["press"] != "start":
            raise CommandError(f'press is "{command["press"]}"; allowed: start, auto')
        press = self.press.press
        if press.state is not PressState.IDLE:
            raise CommandError(f"the press is busy ({press.state}); wait until its state is Idle")
        peak_kn = command.get("peak_kn")
        if peak_kn is not None:
            if isinstance(peak_kn, bool) or not isinstance(peak_kn, int | float):
                raise CommandError(f"peak_kn is {peak_kn!r}; allowed: a number of kN")
            try:
                press.direct_next_peak(float(peak_kn))
            except ValueError as error:
                raise CommandError(str(error)) from error
        press.start()

    def _obey_bench(self, command: Command) -> None:
        if command["bench"] != "run":
            raise CommandError(f'bench is "{command["bench"]}"; allowed: run')
        self.bench.command_run(switch(command))

    def _obey_set(self, command: Command) -> None:
        if command["set"] != "camera.serial":
            raise CommandError(f'set is "{command["set"]}"; allowed: camera.serial')
        value = command.get("value")
        if not isinstance(value, str) or not 1 <= len(value) <= 60 or not value.isascii():
            raise CommandError(f"value is {value!r}; allowed: 1 to 60 ASCII characters")
        self.camera.scene.serial = value

    async def _obey_fault(self, command: Command) -> dict[str, Any]:
        name, on = command["fault"], switch(command)
        if name in PICTURE_FAULTS:
            setattr(self.camera.scene, PICTURE_FAULTS[name], on)
            return {}
        if name not in DEVICE_FAULTS:
            raise CommandError(f'fault is "{name}"; allowed: {", ".join([*DEVICE_FAULTS, *PICTURE_FAULTS])}')
        device_name = command.get("device")
        device = self._devices.get(device_name) if isinstance(device_name, str) else None
        if device is None or not isinstance(device_name, str):
            raise CommandError(f"device is {device_name!r}; allowed: {', '.join(DEVICES)}")
        if name == "value frozen":
            device.frozen = on
        elif on:
            self._gone.add(device_name)
            await device.unplug()
        else:
            await device.plug_in()
            self._gone.discard(device_name)
        return {}

    def _show(self) -> dict[str, Any]:
        press, scene = self.press.press, self.camera.scene
        return {
            "press": {"state": str(press.state), "cycles": press.cycle_count, "peak_kn": press.peak_force_kn},
            "bench": {"running": self.bench.bench.running},
            "camera": {"serial": scene.serial},
            "mill": {"instance": self.mill.agent.instance_id, "next_sequence": self.mill.agent.next_sequence},
            "gauge": {"kind": self.gauge.kind, "value": str(self.gauge.value), "error": self.gauge.error},
            "gone": sorted(self._gone),
            "ports": self.ports,
        }
