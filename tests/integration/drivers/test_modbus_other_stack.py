"""The Modbus driver against pyModbusTCP's server: a stack that is not the one the driver stands on."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator

import psutil
import pytest

from drivers.base import Connection, Quality, Tag, Value
from drivers.connection import Backoff
from drivers.modbus import ModbusDriver
from tests.drivers_support import Recorder, eventually, quick, running
from tests.faulty_proxy import FaultyProxy

other = pytest.importorskip("pyModbusTCP.server", reason="pyModbusTCP is not installed")
FLOAT32 = struct.unpack(">2H", struct.pack(">f", 1399.5377))
FLOAT64 = struct.unpack(">4H", struct.pack(">d", -0.1))
RECONNECTS = 100


class Server:
    """pyModbusTCP's server in a thread of its own, on a port that stays."""

    def __init__(self) -> None:
        self.bank = other.DataBank(coils_size=200, d_inputs_size=200, h_regs_size=1000, i_regs_size=1000)
        self.bank.set_holding_registers(0, [*FLOAT32, *reversed(FLOAT32), *FLOAT64, 0xFFFE, 0x8001, 0x4869, 0x2100])
        self.bank.set_holding_registers(200, range(300))
        self.bank.set_discrete_inputs(3, [True])
        self.bank.set_input_registers(7, [123])
        self._server = other.ModbusServer("127.0.0.1", 0, no_block=True, data_bank=self.bank)
        self._server.start()
        self.port: int = self._server._service.server_address[1]

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def tag(path: str, *, writable: bool = False, interval_s: float = 0.05) -> Tag:
    return Tag(path, f"modbus://plc/{path}", interval_s=interval_s, writable=writable)


def driver_of(server: Server) -> ModbusDriver:
    return ModbusDriver("plc", f"modbus://127.0.0.1:{server.port}")


def test_every_table_and_type_is_read(server: Server) -> None:
    expected = {
        "holding/0?type=float32": 1399.5377,
        "holding/2?type=float32&words=little": 1399.5377,
        "holding/4?type=float64": -0.1,
        "holding/8?type=int16": -2,
        "holding/8?type=int16&scale=0.1": -0.2,
        "holding/9?bit=15": True,
        "holding/9?bit=1": False,
        "holding/10?type=string&length=4": "Hi!",
        "input/7": 123,
        "discrete/3": True,
        "coil/5": False,
    }

    async def scenario() -> None:
        samples = await driver_of(server).read([tag(path) for path in expected])
        assert {sample.tag: sample.value for sample in samples} == expected
        assert {sample.quality for sample in samples} == {Quality.GOOD}

    asyncio.run(scenario())


def test_what_is_written_is_there(server: Server) -> None:
    written: dict[str, Value] = {
        "coil/9": True,
        "holding/50": 700,
        "holding/60?type=float32&words=little": -2.5,
        "holding/70?type=int64": -(2**40),
        "holding/80?type=uint16&scale=0.1&offset=-10": 12.3,
        "holding/90?type=string&length=10": "GX40-000124"[:10],
    }

    async def scenario() -> None:
        driver = driver_of(server)
        for path, value in written.items():
            assert (await driver.write(tag(path, writable=True), value)).status == "Good"
        samples = await driver.read([tag(path) for path in written])
        assert {sample.tag: sample.value for sample in samples} == written

    asyncio.run(scenario())
    assert server.bank.get_holding_registers(80) == [223]


def test_three_hundred_neighbours_take_three_requests(server: Server) -> None:
    asked: list[tuple[int, int]] = []
    read = server.bank.get_holding_registers

    def counted(address: int, number: int = 1, srv_info: object = None) -> object:
        asked.append((address, number))
        return read(address, number, srv_info)

    server.bank.get_holding_registers = counted

    async def scenario() -> None:
        samples = await driver_of(server).read([tag(f"holding/{200 + n}") for n in range(300)])
        assert [sample.value for sample in samples] == list(range(300))

    asyncio.run(scenario())
    assert sorted(asked) == [(200, 125), (325, 125), (450, 50)]


@pytest.mark.expected_log(r"plc: refuses tag .holding/1000")
def test_a_register_behind_the_last_is_bad_alone_and_the_others_go_on_sharing_requests(server: Server) -> None:
    async def scenario() -> None:
        tags = [tag(f"holding/{offset}") for offset in range(980, 1001)]
        async with running(driver_of(server), tags) as recorder:
            good, wrong = tags[:-1], tags[-1]
            await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in good), 5.0, "Good")
            await eventually(lambda: recorder.status(wrong.name) == "BadNodeIdUnknown", 5.0, "the wrong one")
            assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


@pytest.mark.expected_log("^plc: ")
def test_many_reconnects_leave_no_socket_and_no_wrong_value(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """A line that breaks again and again: a thousand times in short."""

    def sockets() -> int:
        connections = psutil.Process().net_connections("tcp")
        return len([each for each in connections if each.raddr[1:] == (proxy.port,)])

    async def scenario() -> None:
        value = tag("holding/0?type=float32", interval_s=0.001)
        driver = ModbusDriver("plc", f"modbus://127.0.0.1:{proxy.port}", backoff=Backoff(0.001, 0.001))
        async with running(driver, [value]) as recorder:
            for _ in range(RECONNECTS):
                recorder.samples.clear()
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 5.0, "Good")
                recorder.samples.clear()
                await asyncio.to_thread(proxy.refuse)  # a line that is only cut may be whole again before anybody asks
                await eventually(lambda: bad_among(recorder), 2.0, "Bad")
                await asyncio.to_thread(proxy.heal)
                assert {sample.value for sample in recorder.samples} <= {None, 1399.5377}
        await eventually(lambda: sockets() == 0, 2.0, "every socket closed")

    with FaultyProxy("127.0.0.1", server.port) as proxy, caplog.at_level("INFO", logger="drivers"):
        asyncio.run(scenario())
    levels = [record.levelname for record in caplog.records]
    assert levels[:4] == ["WARNING", "INFO", "WARNING", "INFO"]
    assert len(levels) <= 2 * RECONNECTS


@pytest.mark.expected_log("^plc: no whole answer within 1 s")
def test_a_device_that_answers_too_slowly_is_bad_and_its_late_answers_are_not_believed(server: Server) -> None:
    async def scenario() -> None:
        tags = [tag("holding/0?type=float32"), tag("holding/200?type=uint32")]
        right: dict[str, set[Value]] = {tags[0].name: {None, 1399.5377}, tags[1].name: {None, 1}}
        async with running(ModbusDriver("plc", f"modbus://127.0.0.1:{proxy.port}", backoff=quick()), tags) as recorder:
            await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in tags), 5.0, "Good")
            proxy.delay(0.6)  # there and back: 1.2 s
            await eventually(lambda: recorder.all_have("BadCommunicationError", tags), 2.0, "Bad")
            proxy.heal()
            await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in tags), 8.0, "Good again")
        for each in tags:
            assert {sample.value for sample in recorder.samples if sample.tag == each.name} <= right[each.name]

    with FaultyProxy("127.0.0.1", server.port) as proxy:
        asyncio.run(scenario())


def bad_among(recorder: Recorder) -> bool:
    return any(sample.quality is Quality.BAD for sample in recorder.samples)
