"""Modbus RTU over pseudo terminals: a real server, a device that answers wrongly, noise, and an adapter that is pulled."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import psutil
import pytest

from drivers.base import AddressError, Connection, Quality, Tag
from drivers.bench import read_addresses
from drivers.connection import Backoff
from drivers.modbus import ModbusDriver
from drivers.modbus.reply import NoAnswer
from drivers.modbus.rtu import crc
from drivers.modbus.serial_wire import LATE_S, SerialConnection
from drivers.serial_line import SerialLine
from tests.drivers_support import eventually, quick, running
from tests.integration.drivers.pty_line import plugged, pty_line
from tests.integration.drivers.rtu_device import FAULTS, Fault, echo_only, right, rtu_device, rtu_server, silence

BAD_WITHIN_S = 2.0
RECONNECTS = 30


def tag(path: str, unit: int = 1, *, writable: bool = False) -> Tag:
    joint = "&" if "?" in path else "?"
    return Tag(f"{path} of {unit}", f"modbus://line/{path}{joint}unit={unit}", interval_s=0.05, writable=writable)


def driver_on(port: str | Path, options: str = "", backoff: Backoff | None = None) -> ModbusDriver:
    return ModbusDriver("line", f"modbus-rtu://{port}?baud=19200&parity=none{options}", backoff=backoff or quick())


def test_values_of_several_units_are_read_and_written() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line):
            driver = driver_on(line.station_port)
            tags = [
                tag("holding/0?type=float32"),
                tag("holding/0?type=float32", 2),
                tag("input/2?type=float32"),
                tag("discrete/0"),
                tag("discrete/1", 2),
            ]
            assert [sample.value for sample in await driver.read(tags)] == [12.5, 25.0, -1.0, True, False]
            coil, word = tag("coil/3", writable=True), tag("holding/20", 2, writable=True)
            pair = tag("holding/30?type=float32&words=little", writable=True)
            for each, value in ((coil, True), (word, 700), (pair, 1399.5)):
                assert (await driver.write(each, value)).status == "Good"
            assert [sample.value for sample in await driver.read([coil, word, pair])] == [True, 700, 1399.5]
            assert (await driver.write(tag("holding/5000", writable=True), 1)).status == "BadNodeIdUnknown"

    asyncio.run(scenario())


def test_polling_keeps_two_units_good() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line):
            tags = [tag("holding/0?type=float32"), tag("holding/0?type=float32", 2)]
            async with running(driver_on(line.station_port), tags) as recorder:
                await eventually(lambda: sum(s.quality is Quality.GOOD for s in recorder.samples) > 20, 5.0, "polled")
                assert recorder.connection is Connection.CONNECTED
            assert {sample.value for sample in recorder.samples} == {None, 12.5, 25.0}

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^line: ")
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_no_wrong_value_is_accepted_on_a_serial_line(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Bad in time, no wrong value, one line for the failure and one for the recovery."""

    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            value = tag("holding/10?type=float32")
            async with running(driver_on(line.station_port), [value]) as recorder:
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 5.0, "Good")
                device.fault = fault
                await eventually(lambda: recorder.quality(value.name) is Quality.BAD, BAD_WITHIN_S, "Bad")
                device.fault = right
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 8.0, "Good again")
            assert {sample.value for sample in recorder.samples} <= {12.5, None}
            bad = {sample.status for sample in recorder.samples if sample.quality is Quality.BAD}
            assert bad <= {"BadWaitingForInitialData", "BadCommunicationError", "BadDecodingError"}

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log(r"^line: no answer from unit 2")
def test_a_silent_unit_does_not_hold_up_the_others() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            device.fault = lambda request: silence(request) if request[0] == 2 else right(request)
            here, away = tag("holding/0?type=float32"), tag("holding/0?type=float32", 2)
            too = tag("input/7", 2)
            async with running(driver_on(line.station_port), [here, away, too]) as recorder:
                await eventually(lambda: recorder.all_have("BadCommunicationError", [away, too]), BAD_WITHIN_S, "Bad")
                await eventually(lambda: len(device.requests) > 60, 10.0, "polling goes on")
                asked = [request[0] for request in device.requests]
                assert asked.count(2) <= 3
                bad_here = [s for s in recorder.samples if s.tag == here.name and s.status == "BadCommunicationError"]
                assert bad_here == []
                assert recorder.connection is Connection.CONNECTED
                device.fault = right
                await eventually(
                    lambda: all(recorder.quality(t.name) is Quality.GOOD for t in (away, too)), 8.0, "Good"
                )

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^line: no answer from unit")
def test_every_unit_is_bad_in_time_when_the_cable_is_cut() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line, (1, 2, 3, 4, 5)):
            tags = [tag("holding/0?type=float32", unit) for unit in (1, 2, 3, 4, 5)]
            async with running(driver_on(line.station_port), tags) as recorder:
                good = lambda: all(recorder.quality(each.name) is Quality.GOOD for each in tags)  # noqa: E731  (used twice)
                await eventually(good, 5.0, "Good")
                line.spoil = lambda portion: b""
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags), BAD_WITHIN_S, "Bad")
                await eventually(lambda: recorder.connection is Connection.LOST, 6.0, "lost")
                line.spoil = lambda portion: portion
                await eventually(good, 10.0, "Good again")
                assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


def by_offset(request: bytes) -> bytes:
    """Each register holds its own offset: an answer to another request shows."""
    answer = bytes([request[0], request[1], 2, 0, request[3]])
    return answer + crc(answer)


def test_a_late_answer_is_never_taken_for_the_next_ones() -> None:
    """Two requests with answers of the same length: only the time can tell them apart."""

    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            device.fault, device.delay_s = by_offset, 1.5
            connection = await SerialConnection.open(SerialLine(line.station_port, parity="none"), 1.0)
            with pytest.raises(NoAnswer, match="no answer from unit 1 within") as silence:
                await connection.read(1, "holding", 10, 1)
            assert silence.value.rest_s == pytest.approx(LATE_S, abs=0.1)
            device.delay_s = 0.0
            with pytest.raises(NoAnswer, match="did not answer a moment ago"):
                await connection.read(1, "holding", 90, 1)
            assert await connection.read(2, "holding", 50, 1) == b"\x00\x32"  # another unit may be asked
            await eventually(lambda: device.answered == 2, 3.0, "the late answer has come")
            assert await connection.read(2, "holding", 60, 1) == b"\x00\x3c"
            with pytest.raises(NoAnswer, match="a moment ago") as resting:
                await connection.read(1, "holding", 90, 1)
            await asyncio.sleep(resting.value.rest_s)  # as the driver does
            assert await connection.read(1, "holding", 90, 1) == b"\x00\x5a"
            await connection.close()

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^line: no answer from unit")
def test_a_device_that_has_become_slow_is_bad_until_it_is_quick_again() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            device.fault = by_offset
            tags = [tag("holding/10"), tag("holding/90")]
            async with running(driver_on(line.station_port), tags) as recorder:
                await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in tags), 5.0, "Good")
                device.delay_s = 1.2
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags), BAD_WITHIN_S, "Bad")
                asked = len(device.requests)
                await eventually(lambda: len(device.requests) > asked, 5.0, "it is asked again")
                device.delay_s = 0.0
                await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in tags), 9.0, "Good again")
            assert {s.value for s in recorder.samples if s.tag == tags[0].name} <= {None, 10}
            assert {s.value for s in recorder.samples if s.tag == tags[1].name} <= {None, 90}

    asyncio.run(scenario())


def test_noise_between_frames_and_a_lost_bit_now_and_then_are_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    count = 0

    def noisy(request: bytes) -> bytes:
        nonlocal count
        count += 1
        whole = bytearray(right(request))
        if count % 10 == 0:
            whole[5] ^= 4  # asked for once more
        if count % 10 == 5:
            whole += b"\x55"  # as well
        return b"\x00\xff" + bytes(whole) if count % 3 == 0 else bytes(whole)

    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            device.fault = noisy
            value = tag("holding/10?type=float32")
            async with running(driver_on(line.station_port), [value]) as recorder:
                for _ in range(8):
                    seen = len(recorder.samples)
                    line.say(b"\x55\x01\x03")
                    await eventually(lambda: len(recorder.samples) > seen + 3, 5.0, "polled")  # noqa: B023  # awaited here
            assert {sample.value for sample in recorder.samples} == {12.5, None}
            assert [s.status for s in recorder.samples if s.quality is Quality.BAD] == ["BadWaitingForInitialData"]

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert caplog.records == []


@pytest.mark.expected_log(r"^line: no answer from unit")
def test_a_line_that_babbles_is_bad_and_memory_stays_bounded() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            value = tag("holding/10?type=float32")
            driver = driver_on(line.station_port)
            async with running(driver, [value]) as recorder:
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 5.0, "Good")
                device.fault = silence
                begun = time.monotonic()
                while recorder.quality(value.name) is Quality.GOOD:
                    line.say(b"\xa5\x5a\x00")  # too little at a time to be a frame, and it never ends
                    await asyncio.sleep(0.03)
                    assert time.monotonic() - begun < BAD_WITHIN_S
                device.fault = right
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 8.0, "Good again")
            assert {sample.value for sample in recorder.samples} == {12.5, None}

    asyncio.run(scenario())


def test_an_adapter_that_hears_itself() -> None:
    """With ``echo=true`` it works; without, it is said what to set, and a write is not taken as confirmed by its echo."""

    def hearing(request: bytes) -> bytes:
        return request + right(request)

    async def scenario() -> None:
        async with pty_line() as line, rtu_device(line) as device:
            device.fault = hearing
            value, word = tag("holding/10?type=float32"), tag("holding/3", writable=True)
            (sample,) = await driver_on(line.station_port, "&echo=true").read([value])
            assert (sample.value, sample.status) == (12.5, "Good")
            (sample,) = await driver_on(line.station_port).read([value])
            assert (sample.value, sample.status) == (None, "BadDecodingError")
            device.fault = echo_only
            assert (await driver_on(line.station_port, "&echo=true").write(word, 5)).status == "BadCommunicationError"

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^line: the serial port is gone")
def test_a_pulled_adapter_is_bad_at_once_and_good_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line):
            value = tag("holding/0?type=float32")
            name = plugged(tmp_path, line)
            async with running(driver_on(name), [value]) as recorder:
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 5.0, "Good")
                line.unplug_station()
                await eventually(lambda: recorder.status(value.name) == "BadCommunicationError", 1.0, "Bad")
                name.unlink()
                await eventually(lambda: "No such file" in recorder.reason, 3.0, "the reason")
                line.plug_in_station()
                plugged(tmp_path, line)
                await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 8.0, "Good again")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log(r"^line: ")
def test_many_reconnects_leave_nothing_behind(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line):
            value, process = tag("holding/0?type=float32"), psutil.Process()
            open_files = process.num_fds()
            driver = driver_on(plugged(tmp_path, line), backoff=Backoff(0.001, 0.001))
            async with running(driver, [value]) as recorder:
                for _ in range(RECONNECTS):
                    recorder.samples.clear()
                    await eventually(lambda: recorder.quality(value.name) is Quality.GOOD, 5.0, "Good")
                    line.unplug_station()
                    line.plug_in_station()
                    plugged(tmp_path, line)
            assert process.num_fds() == open_files
            connected = [state for state in recorder.states if state.connection is Connection.CONNECTED]
            assert len(connected) >= RECONNECTS

    asyncio.run(scenario())


def test_what_cannot_be_on_a_serial_line_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        missing = driver_on(tmp_path / "ttyNONE")
        (sample,) = await missing.read([tag("holding/0")])
        assert sample.status == "BadCommunicationError"
        with pytest.raises(AddressError, match="unit=0 does not answer on a serial line"):
            await missing.read([tag("holding/0", 0)])

    asyncio.run(scenario())


def test_the_driver_bench_reads_a_serial_line_without_a_configuration() -> None:
    async def scenario() -> None:
        async with pty_line() as line, rtu_server(line):
            at = f"modbus-rtu://{line.station_port}"
            addresses = [f"{at}/holding/0?parity=none&type=float32&unit=2", f"{at}/discrete/0?parity=none"]
            read = await asyncio.to_thread(read_addresses, addresses)
            assert [(text, sample.value) for text, sample in read] == list(zip(addresses, [25.0, True], strict=True))

    asyncio.run(scenario())
