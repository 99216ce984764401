"""A small simulated mill behind an MTConnect agent: axes, spindle, program, a condition, vibration as time series."""

from __future__ import annotations

import math
import random

from drivers.simulation.agent import CONDITION, EVENT, SAMPLE, Item, SimulatedAgent
from drivers.simulation.agent_server import AgentServer

DEVICE = "mill3"
CYCLE_S = 20.0
_X, _Z = ("Linear", "X"), ("Linear", "Z")
_SPINDLE, _CONTROLLER, _PATH = ("Rotary", "C"), ("Controller", "controller"), ("Path", "path")
ITEMS = (
    Item("dx1", "Xabs", SAMPLE, "POSITION", _X, "MILLIMETER"),
    Item("dx2", "Xload", SAMPLE, "LOAD", _X, "PERCENT"),
    Item("dx3", "Xtravel", CONDITION, "POSITION", _X),
    Item("dz1", "Zabs", SAMPLE, "POSITION", _Z, "MILLIMETER"),
    Item("ds1", "Sspeed", SAMPLE, "ROTARY_VELOCITY", _SPINDLE, "REVOLUTION/MINUTE"),
    Item("ds2", "Svibration", SAMPLE, "ACCELERATION", _SPINDLE, "MILLIMETER/SECOND^2", "TIME_SERIES"),
    Item("dc1", "avail", EVENT, "AVAILABILITY", _CONTROLLER),
    Item("dc2", "mode", EVENT, "CONTROLLER_MODE", _CONTROLLER),
    Item("dp1", "execution", EVENT, "EXECUTION", _PATH),
    Item("dp2", "program", EVENT, "PROGRAM", _PATH),
    Item("dp3", "part_count", EVENT, "PART_COUNT", _PATH),
    Item("dp4", "Fact", SAMPLE, "PATH_FEEDRATE", _PATH, "MILLIMETER/SECOND"),
    Item("dp5", "position", SAMPLE, "PATH_POSITION", _PATH, "MILLIMETER_3D"),
    Item("dp7", "line", EVENT, "LINE_NUMBER", _PATH),
    Item("dp8", "block", EVENT, "BLOCK", _PATH),
    Item("dp6", "variables", EVENT, "VARIABLE", _PATH, "", "DATA_SET"),
)
_SERIES_RATE_HZ = 100


class MillServer:
    """The mill and its agent, stepped by the plant. ``frozen`` stops its values, not the heartbeats."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, seed: int = 4) -> None:
        self.agent = SimulatedAgent(DEVICE, ITEMS, instance=1000 + seed)
        self.server = AgentServer(self.agent, host, port)
        self.frozen = False
        self._random = random.Random(seed)
        self._elapsed_s = 0.0
        self._parts = 0
        self._lines = 0
        self._begin()

    @property
    def port(self) -> int:
        """0 until it listens."""
        return self.server.port

    async def start(self) -> None:
        await self.plug_in()

    async def plug_in(self) -> None:
        await self.server.plug_in()

    async def unplug(self) -> None:
        await self.server.unplug()

    async def stop(self) -> None:
        await self.server.unplug()

    def restart(self) -> None:
        """The agent begins a new instance."""
        self.agent.restart()
        self._begin()

    def _begin(self) -> None:
        report = self.agent.report
        report("dc1", "AVAILABLE")
        report("dc2", "AUTOMATIC")
        report("dp1", "ACTIVE")
        report("dp2", "GX40-HOUSING.NC")
        report("dp3", str(self._parts))
        self.agent.report_condition("dx3", "Normal")
        self.agent.report_set("dp6", [("tool", "4"), ("offset", "0.012")])
        self._move(0.0)

    async def scan(self, elapsed_s: float) -> None:
        """One cycle of its control: every value that moves is reported."""
        if self.frozen:
            return
        before = int(self._elapsed_s / CYCLE_S)
        self._elapsed_s += elapsed_s
        if int(self._elapsed_s / CYCLE_S) > before:
            self._parts += 1
            self.agent.report("dp3", str(self._parts))
        self._move(elapsed_s)

    def _move(self, elapsed_s: float) -> None:
        angle = 2 * math.pi * self._elapsed_s / CYCLE_S
        x, y, z = 120.0 * math.cos(angle), 80.0 * math.sin(angle), -10.0 - 5.0 * math.sin(angle * 7)
        self._lines += 1
        speed = 2400.0 + self._random.gauss(0.0, 4.0)
        report = self.agent.report
        report("dx1", f"{x:.4f}")
        report("dp7", str(self._lines % 1000))
        report("dp8", f"G1 X{x:.1f} Y{y:.1f}")
        report("dx2", f"{35.0 + self._random.gauss(0.0, 1.5):.2f}")
        report("dz1", f"{z:.4f}")
        report("ds1", f"{speed:.1f}")
        report("dp4", f"{2 * math.pi * 100.0 / CYCLE_S:.3f}")
        report("dp5", f"{x:.4f} {y:.4f} {z:.4f}")
        count = max(1, min(100, round(elapsed_s * _SERIES_RATE_HZ)))
        series = " ".join(f"{self._random.gauss(0.0, 3.0):.3f}" for _ in range(count))
        report("ds2", series, sampleCount=str(count), sampleRate=str(_SERIES_RATE_HZ))
