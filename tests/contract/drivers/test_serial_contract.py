"""What every serial device keeps to: gauges of each kind and a scanner, over TCP and over a pseudo-terminal."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from decimal import Decimal

import pytest

from drivers.base import AddressError, Connection, Quality, Sample, Tag
from drivers.gauges.reading import Reading
from drivers.serial_devices.device import SerialDevice
from drivers.simulation.gauge import KINDS, SimulatedGauge, SimulatedScanner
from drivers.simulation.line import PtyEnd, TcpEnd
from station_app.config.serial_devices import PROTOCOLS
from tests.drivers_support import eventually
from tests.serial_support import Bench, port_of, simulated

BAD_WITHIN_S = 2.0
LOST = r"^(gauge|scanner): "
DEVICES = (*KINDS, "scanner")
ENDS = [
    TcpEnd,
    pytest.param(PtyEnd, marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")),
]


class Pair:
    """A simulated device and ours on the same line."""

    def __init__(self, kind: str, end: TcpEnd | PtyEnd) -> None:
        self.kind = kind
        self.end = end
        self.bench = Bench()
        self.far = SimulatedScanner(end) if kind == "scanner" else SimulatedGauge(kind, end)

    def ours(self) -> SerialDevice:
        port = port_of(self.end)
        return self.bench.scanner(port) if self.kind == "scanner" else self.bench.gauge(self.kind, port)

    def deliver(self, number: int) -> None:
        """Let the far device deliver something that can be told from the rest."""
        if isinstance(self.far, SimulatedScanner):
            self.far.read_code(f"GX40-{number:06}")
        else:
            self.far.value = Decimal(number) / 1000
            self.far.press_key()

    def delivered(self) -> list[int]:
        if self.kind == "scanner":
            return [int(scan.text[5:]) for scan in self.bench.scans if scan.complete]
        return [int(value * 1000) for value in self.bench.values if value is not None]


@pytest.fixture(params=DEVICES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("end", ENDS)
def test_what_the_device_delivers_arrives_once_and_in_order(kind: str, end: type[TcpEnd | PtyEnd]) -> None:
    async def scenario() -> None:
        pair = Pair(kind, end())
        async with simulated(pair.far), pair.bench.running(pair.ours()):
            await pair.bench.listening()
            for number in range(1, 101):
                pair.deliver(number)
            await eventually(lambda: len(pair.delivered()) == 100, 5.0, "all of them")
            assert pair.delivered() == list(range(1, 101))
        assert [state.connection for state in pair.bench.states][-1] is Connection.CLOSED

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
@pytest.mark.parametrize("end", ENDS)
def test_unplugged_and_plugged_in_again_without_a_restart(
    kind: str, end: type[TcpEnd | PtyEnd], caplog: pytest.LogCaptureFixture
) -> None:
    """Bad in time; one line for the failure and one for the recovery, with the port where it was."""

    async def scenario() -> None:
        far_end = end()
        pair = Pair(kind, far_end)
        async with simulated(pair.far), pair.bench.running(pair.ours()):
            path = port_of(far_end)
            await pair.bench.listening()
            await pair.far.unplug()
            await eventually(lambda: pair.bench.connection is Connection.LOST, BAD_WITHIN_S, "lost")
            if kind != "scanner":
                await eventually(lambda: bool(pair.bench.readings), BAD_WITHIN_S, "told to who shows readings")
                assert lost(pair.bench.last)
            await pair.far.plug_in()
            if port_of(far_end) != path:
                pytest.skip("the pseudo-terminal has another path now")
            await pair.bench.listening()
            pair.deliver(7)
            await eventually(lambda: pair.delivered() == [7], 3.0, "it delivers again")
            await eventually(lambda: "answers again" in caplog.text, 3.0, "told as recovered")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log(LOST)
def test_cold_start_with_the_device_down(kind: str) -> None:
    async def scenario() -> None:
        end = TcpEnd()
        pair = Pair(kind, end)
        await pair.far.start()
        await pair.far.unplug()
        async with pair.bench.running(pair.ours()):
            await eventually(lambda: pair.bench.connection is Connection.LOST, BAD_WITHIN_S, "lost")
            assert pair.bench.states[-1].reason
            await pair.far.plug_in()
            await pair.bench.listening()
            pair.deliver(3)
            await eventually(lambda: pair.delivered() == [3], 3.0, "it delivers")
        await pair.far.stop()

    asyncio.run(scenario())


@pytest.mark.parametrize("end", ENDS)
def test_closing_leaves_nothing(kind: str, end: type[TcpEnd | PtyEnd]) -> None:
    async def scenario() -> None:
        far_end = end()
        pair = Pair(kind, far_end)
        async with simulated(pair.far):
            async with pair.bench.running(pair.ours()):
                await eventually(lambda: pair.bench.connection is Connection.CONNECTED, 5.0, "connected")
            if isinstance(far_end, TcpEnd):
                await eventually(lambda: far_end.listeners == 0, 2.0, "the connection is closed")
            await eventually(
                lambda: not any(thread.name.startswith("serial ") for thread in threading.enumerate()), 2.0, "no thread"
            )

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
def test_what_is_no_reading_and_no_code_is_never_taken_for_one(kind: str) -> None:
    """Garbage, half frames and a frame without end, each followed by something right."""

    async def scenario() -> None:
        pair = Pair(kind, TcpEnd())
        async with simulated(pair.far), pair.bench.running(pair.ours()):
            await pair.bench.listening()
            for garbage in (b"\x00\xff\xfe\x80\r", b"x" * 5000 + b"\r", b"\r\n\r\n\r", b"\x80\x81"):
                pair.far.end.send(garbage)
            # the last one is half a frame: what follows after a pause completes it, but must not be believed
            await asyncio.sleep(0.4)
            pair.deliver(1)
            pair.deliver(2)
            await eventually(lambda: 2 in pair.delivered(), 3.0, "the right one")
            assert pair.delivered() == [2]

    asyncio.run(scenario())


def lost(reading: Reading) -> bool:
    return (reading.value, reading.quality, reading.status) == (None, Quality.BAD, "BadCommunicationError")


@pytest.mark.expected_log(LOST)
@pytest.mark.parametrize("gauge", KINDS)
def test_a_gauges_readings_are_samples_of_its_tag_and_the_line_is_their_quality(gauge: str) -> None:
    async def scenario() -> None:
        pair, tag = Pair(gauge, TcpEnd()), Tag("gauge.one", "gauge://one/reading")
        samples: list[Sample] = []
        async with simulated(pair.far), pair.bench.running(pair.ours(), [tag], samples.extend):
            await pair.bench.listening()
            for number in (1, 2, 3):
                pair.deliver(number)
            await eventually(lambda: len(pair.delivered()) == 3, 5.0, "all of them")
            good = [sample for sample in samples if sample.quality is Quality.GOOD]
            assert [(sample.tag, sample.value) for sample in good] == [("gauge.one", n / 1000) for n in (1, 2, 3)]
            await pair.far.unplug()
            await eventually(lambda: samples[-1].status == "BadCommunicationError", BAD_WITHIN_S, "Bad")
            assert samples[-1].value == 0.003, "the last one is kept"

    asyncio.run(scenario())


def test_what_has_no_tags_refuses_them(kind: str) -> None:
    one, other = (Tag(name, f"gauge://{name}/reading") for name in ("one", "other"))
    wanted, refused = ([one], "one") if kind == "scanner" else ([one, other], "other")

    async def scenario() -> None:
        pair = Pair(kind, TcpEnd())
        async with simulated(pair.far):
            with pytest.raises(AddressError, match=f'tag "{refused}"'):
                await pair.ours().run(wanted, lambda samples: None, lambda state: None)

    asyncio.run(scenario())


def test_every_kind_of_gauge_is_held_to_this_contract() -> None:
    """A pattern is any gauge that sends plain numbers."""
    assert {"pattern" if kind == "plain" else kind for kind in KINDS} == set(PROTOCOLS)
