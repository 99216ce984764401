"""What stands at the other end of a driver in the contract: reached, taken away, brought back and counted from outside.

The plant's devices are servers on TCP in a process of their own; a serial line is a pair of pseudo terminals with
pymodbus's RTU server on it, in a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psutil

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess

if TYPE_CHECKING:
    from tests.integration.drivers.pty_line import PtyLine

_ANSWER_TIMEOUT_S = 10.0
_MOST_DESCRIPTORS = 1024


class Rig(Protocol):
    """The far end of one device. ``url`` is what the driver is given."""

    url: str

    def take_away(self) -> None: ...

    def bring_back(self) -> None: ...

    def connections(self) -> int:
        """How many connections this process has to the device."""
        ...

    def silent(self) -> contextlib.AbstractContextManager[str]:
        """The URL of a place that takes everything and never answers."""
        ...

    def nowhere(self) -> str:
        """The URL of a place where nothing is."""
        ...


class TcpRig:
    """One of the plant's devices. ``plant_name`` is its name on the control channel."""

    def __init__(
        self, plant: PlantProcess, control: PlantControl, scheme: str, plant_name: str, port_name: str
    ) -> None:
        self._control, self._scheme, self._plant_name = control, scheme, plant_name
        self._port = plant.ports[port_name]
        self.url = f"{scheme}://127.0.0.1:{self._port}"

    def take_away(self) -> None:
        self._control.fault("device gone", True, self._plant_name)

    def bring_back(self) -> None:
        self._control.fault("device gone", False, self._plant_name)

    def connections(self) -> int:
        connections = psutil.Process().net_connections("tcp")
        established = [c for c in connections if c.status == psutil.CONN_ESTABLISHED and c.raddr]
        return len([connection for connection in established if connection.raddr[1] == self._port])

    @contextlib.contextmanager
    def silent(self) -> Iterator[str]:
        """A listening socket: no reset, no end, only silence."""
        with socket.create_server(("127.0.0.1", 0)) as hole:
            yield f"{self._scheme}://127.0.0.1:{hole.getsockname()[1]}"

    def nowhere(self) -> str:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            return f"{self._scheme}://127.0.0.1:{taken.getsockname()[1]}"


class SerialRig:
    """A serial line with a Modbus RTU server; the station's adapter keeps its name when it is pulled and put back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._line: PtyLine | None = None
        self.url = f"modbus-rtu://{folder / 'ttyUSB'}?baud=19200&parity=none"
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="serial rig")
        self._thread.start()
        started.result(_ANSWER_TIMEOUT_S)

    async def _serve(self, started: Future[None]) -> None:
        from tests.integration.drivers.pty_line import plugged, pty_line
        from tests.integration.drivers.rtu_device import rtu_server

        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with pty_line() as line, rtu_server(line):
            self._line = line
            plugged(self._folder, line)
            started.set_result(None)
            await self._ended.wait()

    def close(self) -> None:
        self._do(lambda _line: self._ended.set() if self._ended is not None else None)
        self._thread.join(_ANSWER_TIMEOUT_S)

    def take_away(self) -> None:
        self._do(lambda line: line.unplug_station())
        (self._folder / "ttyUSB").unlink()

    def bring_back(self) -> None:
        from tests.integration.drivers.pty_line import plugged

        self._do(lambda line: line.plug_in_station())
        if self._line is not None:
            plugged(self._folder, self._line)

    def connections(self) -> int:
        """Descriptors of the station's end, but for the one that keeps the line from hanging up."""
        if self._line is None:
            return 0
        device = Path(self._line.station_port).stat().st_rdev
        return sum(_device_of_descriptor(number) == device for number in range(_MOST_DESCRIPTORS)) - 1

    @contextlib.contextmanager
    def silent(self) -> Iterator[str]:
        """A line on which nobody is."""
        master, slave = os.openpty()
        try:
            yield f"modbus-rtu://{os.ttyname(slave)}?baud=19200&parity=none"
        finally:
            os.close(slave)
            os.close(master)

    def nowhere(self) -> str:
        return f"modbus-rtu://{self._folder / 'ttyNONE'}?baud=19200&parity=none"

    def _do(self, act: Callable[[PtyLine], Any]) -> None:
        done: Future[None] = Future()

        def run() -> None:
            assert self._line is not None
            act(self._line)
            done.set_result(None)

        assert self._loop is not None
        self._loop.call_soon_threadsafe(run)
        done.result(_ANSWER_TIMEOUT_S)


def _device_of_descriptor(number: int) -> int:
    try:
        return os.fstat(number).st_rdev
    except OSError:
        return 0
