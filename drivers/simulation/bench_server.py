"""The test bench as a Modbus TCP server (pymodbus); ``drivers/simulation/bench.py`` has its register map."""

from __future__ import annotations

import asyncio

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.connection import quiet_library
from drivers.simulation.bench import IMAGE_LENGTH, MIRROR_OFFSET, Bench

SCAN_S = 0.05
UNIT = 1
_READ_COILS, _READ_DISCRETE, _READ_HOLDING, _READ_INPUT = 1, 2, 3, 4
_WRITE_REGISTER, _WRITE_REGISTERS = 6, 16
_READS = (_READ_COILS, _READ_DISCRETE, _READ_HOLDING, _READ_INPUT)


class BenchServer:
    """Serves one bench on ``host:port`` (port 0: a free one, then kept).

    ``frozen`` stops its values, not its answers.
    """

    def __init__(self, bench: Bench, host: str = "127.0.0.1", port: int = 0) -> None:
        self.bench = bench
        self.frozen = False
        self._host = host
        self.port = port
        self._server: ModbusTcpServer | None = None
        self._image = bench.registers()
        self._status_bits = bench.status_bits
        self._coils = [False] * 16
        self._setpoint = bench.speed_setpoint_rpm

    async def start(self) -> None:
        quiet_library("pymodbus")
        await self.plug_in()

    def _device(self) -> SimDevice:
        return SimDevice(
            id=UNIT,
            simdata=(
                [SimData(0, values=self._coils, datatype=DataType.BITS)],
                [SimData(0, values=[False] * 16, datatype=DataType.BITS, readonly=True)],
                [
                    SimData(0, values=[self._setpoint], datatype=DataType.REGISTERS),
                    SimData(MIRROR_OFFSET, values=self._image, datatype=DataType.REGISTERS, readonly=True),
                ],
                [SimData(0, values=self._image, datatype=DataType.REGISTERS, readonly=True)],
            ),
            action=self._on_access,
        )

    async def _on_access(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """pymodbus asks before each access: bring its registers up to date, take over what is written."""
        if function == _READ_INPUT:
            registers[:IMAGE_LENGTH] = self._image
        elif function == _READ_HOLDING:
            first = MIRROR_OFFSET - start
            registers[first : first + IMAGE_LENGTH] = self._image
        elif function == _READ_COILS:
            registers[0] = sum(1 << position for position, is_set in enumerate(self._coils) if is_set)
        elif function == _READ_DISCRETE:
            registers[0] = self._status_bits
        elif function in (_WRITE_REGISTER, _WRITE_REGISTERS) and written:
            if address != 0 or not 0 <= int(written[0]) <= 3000:
                return ExcCodes.ILLEGAL_VALUE
            self._setpoint = int(written[0])
        elif function not in _READS and written:
            for position, value in enumerate(written):
                self._coils[address + position] = bool(value)
        return None

    async def scan(self, elapsed_s: float) -> None:
        """One controller cycle."""
        if not self.frozen:
            self.bench.run_command = self._coils[0]
            self.bench.speed_setpoint_rpm = self._setpoint
        self.bench.step(elapsed_s)
        if not self.frozen:
            self._image = self.bench.registers()
            self._status_bits = self.bench.status_bits

    def command_run(self, running: bool) -> None:
        """Set the run coil, as the control channel does."""
        self._coils[0] = running

    async def unplug(self) -> None:
        """Close the listening socket and every connection."""
        server, self._server = self._server, None
        if server is not None:
            await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus has no annotation here

    async def plug_in(self) -> None:
        """Listen (again) on the same port."""
        if self._server is not None:
            return
        server = ModbusTcpServer(self._device(), address=(self._host, self.port))
        await server.serve_forever(background=True)
        self._server = server
        listening: object = server.transport
        if not isinstance(listening, asyncio.Server):
            raise RuntimeError("the Modbus server did not start")
        self.port = listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self.unplug()
