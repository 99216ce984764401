"""Start and stop the simulated plant as a child process, for the demo and for tests."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

from drivers.simulation.control import PlantControl

HOST = "127.0.0.1"
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 10.0


class PlantProcess:
    """A running plant. It ends with :meth:`stop`, and by itself when this process is gone.

    ``arguments`` are those of ``python -m drivers.simulation``. Raises RuntimeError when it does not start.
    """

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "drivers.simulation", *arguments]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        timer = threading.Timer(_START_TIMEOUT_S, self._process.kill)
        timer.start()
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        timer.cancel()
        if not line:
            self.stop()
            raise RuntimeError(f"the simulated plant did not start (exit code {self._process.returncode})")
        self.ports: dict[str, int] = json.loads(line)

    @property
    def opcua_url(self) -> str:
        return f"opcua://{HOST}:{self.ports['opcua']}"

    @property
    def modbus_url(self) -> str:
        return f"modbus://{HOST}:{self.ports['modbus']}"

    @property
    def camera_url(self) -> str:
        return f"http://{HOST}:{self.ports['camera']}/stream.mjpg"

    @property
    def gauge_port(self) -> str:
        """The simulated gauge's line, as station.toml names a port."""
        return f"socket://{HOST}:{self.ports['gauge']}"

    @property
    def scanner_port(self) -> str:
        """The simulated scanner's line, as station.toml names a port."""
        return f"socket://{HOST}:{self.ports['scanner']}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def control(self) -> PlantControl:
        """A new connection to the control channel."""
        return PlantControl(HOST, self.ports["control"])

    def stop(self) -> None:
        """Close its standard input and wait; kill it when it does not end."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
