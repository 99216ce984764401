"""Gauges over real lines: asked, continuous, erring, silent, in another unit, unplugged in the middle of a frame."""

from __future__ import annotations

import asyncio
import logging
import sys
from decimal import Decimal

import pytest

from drivers.base import Connection, Quality, Sample, Tag
from drivers.gauges.reading import ASKED, CONTINUOUS
from drivers.serial_devices.frames import PAUSE_S
from drivers.simulation.gauge import SimulatedGauge, SimulatedScanner
from drivers.simulation.line import PtyEnd, TcpEnd
from tests.drivers_support import eventually
from tests.serial_support import Bench, simulated

LOST = r"^(gauge|scanner): "


def test_the_text_is_kept_as_it_arrived() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("mitutoyo", end)
        async with simulated(gauge), bench.running(bench.gauge("mitutoyo", end.url)):
            await bench.listening()
            gauge.value = Decimal("-0.120")
            gauge.press_key()
            await eventually(lambda: bool(bench.readings), 2.0, "a reading")
            reading = bench.last
            assert (reading.text, reading.frame) == ("-0000.120", "01A-0000.120")
            assert (str(reading.value), reading.unit, reading.usable) == ("-0.120", "mm", True)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("kind", "error"),
    [("mitutoyo", "911"), ("mitutoyo", "ERR6"), ("mark10", "*10"), ("mark10", "N01:E3"), ("plain", "ERR6")],
)
def test_an_error_of_the_gauge_is_no_value(kind: str, error: str) -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge(kind, end)
        async with simulated(gauge), bench.running(bench.gauge(kind, end.url)):
            await bench.listening()
            gauge.error = error
            gauge.press_key()
            await eventually(lambda: bool(bench.readings), 2.0, "a reading")
            reading = bench.last
            assert (reading.value, reading.quality, reading.status) == (None, Quality.BAD, "BadDeviceFailure")
            assert (reading.frame, reading.usable) == (error, False)
            assert error in reading.reason
            assert bench.connection is Connection.CONNECTED

    asyncio.run(scenario())


def test_a_unit_is_taken_only_when_it_is_the_declared_one() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("mark10", end)
        async with simulated(gauge), bench.running(bench.gauge("mark10", end.url, unit="lbf")):
            await bench.listening()
            gauge.press_key()
            await eventually(lambda: len(bench.readings) == 1, 2.0, "a reading")
            assert (bench.last.value, bench.last.unit) == (Decimal("12.345"), "lbf")
            gauge.unit = "N"
            gauge.press_key()
            await eventually(lambda: len(bench.readings) == 2, 2.0, "a reading")
            assert (bench.last.value, bench.last.status) == (None, "BadConfigurationError")
            assert bench.last.reason == "the gauge measures in N, but lbf is declared"

    asyncio.run(scenario())


@pytest.mark.parametrize("kind", ["mark10", "plain"])
def test_a_gauge_is_asked_ten_times_a_second(kind: str) -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        async with simulated(SimulatedGauge(kind, end)), bench.running(bench.gauge(kind, end.url, ASKED, 0.1)):
            await eventually(lambda: len(bench.values) >= 3, 5.0, "readings")
            begun, before = asyncio.get_running_loop().time(), len(bench.values)
            await eventually(lambda: len(bench.values) >= before + 10, 5.0, "ten more")
            assert 0.7 < asyncio.get_running_loop().time() - begun < 3.0
            assert bench.connection is Connection.CONNECTED

    asyncio.run(scenario())


def test_a_gauge_is_asked_when_it_is_wanted() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("mark10", end)
        await gauge.start()
        ours = bench.gauge("mark10", end.url, ASKED)
        async with simulated(gauge), bench.running(ours):
            await bench.listening()
            answers = await asyncio.gather(ours.ask(), ours.ask())
            assert {answer.text for answer in answers} == {"12.345"}
            gauge.error = "*10"
            assert (await ours.ask()).status == "BadDeviceFailure"
        wedge = bench.gauge("mitutoyo", end.url)
        assert (await wedge.ask()).status == "BadNotSupported"

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
def test_a_gauge_that_is_off_is_lost_and_comes_back() -> None:
    """The converter answers, the gauge behind it does not."""

    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("mark10", end)
        gauge.frozen = True
        async with simulated(gauge), bench.running(bench.gauge("mark10", end.url, ASKED, 0.1)):
            await eventually(lambda: bench.connection is Connection.LOST, 2.0, "lost")
            assert "is it on?" in bench.states[-1].reason
            assert (bench.last.value, bench.last.status) == (None, "BadCommunicationError")
            gauge.frozen = False
            await eventually(lambda: bool(bench.values), 3.0, "a reading")
            assert bench.connection is Connection.CONNECTED

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
def test_a_continuous_gauge_that_falls_silent_is_bad_in_two_seconds() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("plain", end)
        async with simulated(gauge), bench.running(bench.gauge("plain", end.url, CONTINUOUS)):
            sending = asyncio.create_task(gauge.send_continuously())
            await eventually(lambda: len(bench.values) >= 3, 3.0, "readings")
            gauge.frozen = True
            await eventually(lambda: bench.last.quality is Quality.BAD, 2.2, "Bad")
            gauge.frozen = False
            await eventually(lambda: bench.last.usable, 3.0, "Good again")
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize("half", ["01A+0000.1", "01A+0000.123", "0"])
def test_unplugged_in_the_middle_of_a_frame_gives_no_number(half: str) -> None:
    async def scenario() -> None:
        bench, end = Bench(), PtyEnd()
        gauge = SimulatedGauge("mitutoyo", end)
        async with simulated(gauge), bench.running(bench.gauge("mitutoyo", end.path)):
            await bench.listening()
            end.send(half.encode("ascii"))
            await gauge.unplug()
            await eventually(lambda: bench.connection is Connection.LOST, 2.0, "lost")
            await gauge.plug_in()
            await bench.listening()
            gauge.press_key()
            await eventually(lambda: bool(bench.values), 3.0, "a reading")
            assert bench.values == [Decimal("12.345")]
            assert {reading.status for reading in bench.readings} == {"Good", "BadCommunicationError"}

    asyncio.run(scenario())


def test_the_tail_of_a_frame_that_was_running_when_the_line_opened_is_no_number() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("plain", end)
        async with simulated(gauge), bench.running(bench.gauge("plain", end.url, CONTINUOUS)):
            await eventually(lambda: end.listeners == 1, 3.0, "connected")
            end.send(b"2.345 mm\r\n12.346 mm\r\n")  # the first is the tail of "12.345 mm"
            await eventually(lambda: len(bench.readings) == 2, 2.0, "two frames")
            assert [reading.text for reading in bench.readings] == ["", "12.346"]
            assert bench.readings[0].status == "BadDecodingError"

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^gauge: sends what cannot be used: “rubbish” is no reading of this gauge")
def test_a_gauge_that_sends_rubbish_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("plain", end)
        async with simulated(gauge), bench.running(bench.gauge("plain", end.url)):
            await bench.listening()
            end.send(b"rubbish\r\n" * 1000)
            await eventually(lambda: len(bench.readings) == 1000, 5.0, "a thousand")
            gauge.press_key()
            await eventually(lambda: bench.last.usable, 2.0, "a reading")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log(LOST)
def test_that_a_gauge_is_gone_is_told_once() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("plain", end)
        async with simulated(gauge), bench.running(bench.gauge("plain", end.url)):
            await bench.listening()
            await gauge.unplug()
            await eventually(lambda: len({state.retry_at for state in bench.states}) > 4, 5.0, "several attempts")
            assert [reading.status for reading in bench.readings] == ["BadCommunicationError"]

    asyncio.run(scenario())


def test_two_halves_of_readings_are_not_one_number() -> None:
    """A "1" that was cut off, and a pause later "2.345 mm": together they look like 12.345 mm."""

    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge = SimulatedGauge("plain", end)
        async with simulated(gauge), bench.running(bench.gauge("plain", end.url)):
            await bench.listening()
            end.send(b"1")
            await asyncio.sleep(PAUSE_S + 0.1)  # the pause is what is tested
            end.send(b"2.345 mm\r\n")
            await eventually(lambda: len(bench.readings) == 1, 2.0, "a frame")
            assert (bench.last.value, bench.last.status) == (None, "BadDecodingError")

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
def test_a_scan_that_is_cut_is_told_as_incomplete() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        scanner = SimulatedScanner(end, "\x02", "\x03")
        async with simulated(scanner), bench.running(bench.scanner(end.url, "\x02", "\x03")):
            await bench.listening()
            scanner.read_code("GX40-000127\x1d21ABC")
            end.send(b"no prefix\x03")
            end.send(b"\x02\xff\xfe\x03")
            end.send(b"\x02GX40-00")
            await eventually(lambda: len(bench.scans) == 3, 2.0, "three")
            await scanner.unplug()
            await eventually(lambda: len(bench.scans) == 4, 2.0, "the half one")
            assert [(scan.text, scan.complete) for scan in bench.scans if scan.complete] == [
                ("GX40-000127\x1d21ABC", True)
            ]

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST)
def test_readings_are_samples_of_the_gauges_tag_and_the_line_is_its_quality() -> None:
    """What may be recorded is Good; a key pressed in vain changes nothing; a lost line makes the last one Bad."""

    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge, tag = SimulatedGauge("mitutoyo", end), Tag("gauge.caliper", "gauge://caliper/reading")
        samples: list[Sample] = []
        async with simulated(gauge), bench.running(bench.gauge("mitutoyo", end.url), [tag], samples.extend):
            await bench.listening()
            for text in ("12.345", "12.345"):
                gauge.value = Decimal(text)
                gauge.press_key()
            await eventually(lambda: len(bench.values) == 2, 2.0, "two readings")
            gauge.error = "ERR6"
            gauge.press_key()
            await eventually(lambda: bench.last.quality is Quality.BAD, 2.0, "an error")
            good = [sample for sample in samples if sample.quality is Quality.GOOD]
            assert [(s.tag, s.value, s.status) for s in good] == [("gauge.caliper", 12.345, "Good")] * 2
            assert [s.received_time for s in good] == [r.received_time for r in bench.readings if r.usable]
            assert samples[-1] == good[-1], "the last one stands"
            await gauge.unplug()
            await eventually(lambda: samples[-1].status == "BadCommunicationError", 2.0, "Bad")
            assert samples[-1].value == 12.345

    asyncio.run(scenario())


def test_an_error_of_a_live_display_is_a_bad_sample() -> None:
    async def scenario() -> None:
        bench, end = Bench(), TcpEnd()
        gauge, tag = SimulatedGauge("mark10", end), Tag("gauge.force", "gauge://force/reading")
        samples: list[Sample] = []
        async with simulated(gauge), bench.running(bench.gauge("mark10", end.url, ASKED, 0.05), [tag], samples.extend):
            await eventually(lambda: bool(samples) and samples[-1].quality is Quality.GOOD, 3.0, "Good")
            gauge.error = "*10"
            await eventually(lambda: samples[-1].status == "BadDeviceFailure", 3.0, "Bad")
            gauge.error = ""
            await eventually(lambda: samples[-1].quality is Quality.GOOD, 3.0, "Good again")

    asyncio.run(scenario())
