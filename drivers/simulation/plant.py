"""The whole plant on one loop: press, bench, camera and the control channel that commands them."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

from drivers.simulation.bench import Bench
from drivers.simulation.bench_server import BenchServer
from drivers.simulation.camera import CameraServer
from drivers.simulation.control import Command, CommandError, ControlServer
from drivers.simulation.press import Press, PressState
from drivers.simulation.press_server import PressServer

SCAN_S = 0.05
AUTO_PAUSE_S = 4.0
DEVICES = ("press", "bench", "camera")
PICTURE_FAULTS = {"part missing": "part_missing", "blurred": "blurred", "dark": "dark"}
DEVICE_FAULTS = ("device gone", "value frozen")
_COMMANDS = ("press", "bench", "set", "fault", "show")


class _Device(Protocol):
    """What the plant asks of each of its devices. ``port`` is 0 until a free one was found."""

    frozen: bool
    port: int

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def unplug(self) -> None: ...
    async def plug_in(self) -> None: ...


class Plant:
    """A press, a bench and a camera on loopback.

    Ports of 0 are chosen free; ``ports`` tells them after start.
    """

    def __init__(
        self,
        *,
        opcua_port: int = 0,
        modbus_port: int = 0,
        camera_port: int = 0,
        control_port: int = 0,
        speed: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.press = PressServer(Press(seed), port=opcua_port)
        self.bench = BenchServer(Bench(seed + 1), port=modbus_port)
        self.camera = CameraServer(port=camera_port, seed=seed + 2)
        self.control = ControlServer(self.obey, port=control_port)
        self._devices: dict[str, _Device] = {"press": self.press, "bench": self.bench, "camera": self.camera}
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
        if verb == "press":
            return self._obey_press(command)
        if verb == "bench":
            return self._obey_bench(command)
        if verb == "set":
            return self._obey_set(command)
        if verb == "fault":
            return await self._obey_fault(command)
        return self._show()

    def _obey_press(self, command: Command) -> dict[str, Any]:
        if command["press"] == "auto":
            self._auto = _switch(command)
            return {}
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
        return {}

    def _obey_bench(self, command: Command) -> dict[str, Any]:
        if command["bench"] != "run":
            raise CommandError(f'bench is "{command["bench"]}"; allowed: run')
        self.bench.command_run(_switch(command))
        return {}

    def _obey_set(self, command: Command) -> dict[str, Any]:
        if command["set"] != "camera.serial":
            raise CommandError(f'set is "{command["set"]}"; allowed: camera.serial')
        value = command.get("value")
        if not isinstance(value, str) or not 1 <= len(value) <= 60 or not value.isascii():
            raise CommandError(f"value is {value!r}; allowed: 1 to 60 ASCII characters")
        self.camera.scene.serial = value
        return {}

    async def _obey_fault(self, command: Command) -> dict[str, Any]:
        name, on = command["fault"], _switch(command)
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
            "gone": sorted(self._gone),
            "ports": self.ports,
        }


def _switch(command: Command) -> bool:
    on = command.get("on", True)
    if not isinstance(on, bool):
        raise CommandError(f"on is {on!r}; allowed: true, false")
    return on
