"""What every driver keeps to, whatever its protocol: the same tests on each, against real servers."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from drivers.address import RTU_SCHEME, SCHEMES
from drivers.base import AddressError, Connection, NodeKind, Quality, Sample, Tag
from drivers.bench import walk
from station_app.config.equipment import DEFAULT_PORTS
from tests.contract.drivers.devices import DEVICES, NOT_WRITABLE, Device
from tests.drivers_support import Recorder, eventually, running

BAD_WITHIN_S = 2.0
GOOD_AGAIN_WITHIN_S = 8.0
LOST = (
    r"^(opcua|modbus|modbus-rtu|calc): (.*closed the connection|the connection broke|no connection to|the serial port)"
)
MTCONNECT_LOST = r"^mtconnect: (the agent|the connection|no connection)"


def all_good(recorder: Recorder, tags: list[Tag]) -> bool:
    return all(recorder.quality(tag.name) is Quality.GOOD for tag in tags)


def all_bad(recorder: Recorder, tags: list[Tag]) -> bool:
    return recorder.all_have("BadCommunicationError", tags)


def is_sample_of(sample: Sample | None, tag: Tag, since: float) -> bool:
    """Good, with a value and believable times."""
    assert sample is not None
    assert (sample.tag, sample.quality, sample.status) == (tag.name, Quality.GOOD, "Good")
    assert sample.value is not None
    assert since <= sample.received_time <= time.time()
    return sample.source_time is None or since - 5 < sample.source_time <= time.time()


def test_good_values_arrive_with_times(device: Device) -> None:
    async def scenario() -> None:
        tags, since = device.tags(), time.time()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            assert recorder.connection is (Connection.CONNECTED if device.connects else None)
            assert all(is_sample_of(recorder.last(tag.name), tag, since) for tag in tags)
            assert not device.connects or recorder.states[0].connection is Connection.CONNECTING
        assert recorder.connection is (Connection.CLOSED if device.connects else None)

    asyncio.run(scenario())


def test_read_once_keeps_the_order(device: Device) -> None:
    async def scenario() -> None:
        tags, since = [*device.tags(), device.tag(device.unknown_path)], time.time()
        driver = device.driver()
        samples = await driver.read(tags)
        await driver.close()
        assert [sample.tag for sample in samples] == [tag.name for tag in tags]
        assert all(is_sample_of(sample, tag, since) for sample, tag in zip(samples[:-1], tags, strict=False))
        assert (samples[-1].quality, samples[-1].status) == (Quality.BAD, "BadNodeIdUnknown")
        assert samples[-1].value is None

    asyncio.run(scenario())


@pytest.mark.expected_log(LOST, MTCONNECT_LOST)
def test_a_device_that_goes_is_bad_at_once_and_good_again_without_a_restart(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        tags = device.tags()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            values = {tag.name: recorder.last(tag.name) for tag in tags}
            device.end.take_away()
            await eventually(lambda: all_bad(recorder, tags), BAD_WITHIN_S, "every tag Bad")
            assert recorder.connection is (Connection.LOST if device.connects else None)
            assert bool(recorder.reason) is device.connects
            for tag in tags:
                kept = recorder.last(tag.name)
                assert kept is not None
                assert values[tag.name] is not None
                assert type(kept.value) is type(values[tag.name].value)  # type: ignore[union-attr]  # asserted above
            if device.connects:
                await eventually(lambda: recorder.states[-1].retry_at is not None, 3.0, "the next attempt is told")
            device.end.bring_back()
            await eventually(lambda: all_good(recorder, tags), GOOD_AGAIN_WITHIN_S, "every tag Good again")
            assert recorder.connection is (Connection.CONNECTED if device.connects else None)

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [level for level, _ in lines] == ["WARNING", "INFO"], lines


@pytest.mark.expected_log(LOST, MTCONNECT_LOST)
def test_cold_start_with_the_device_down(device: Device) -> None:
    async def scenario() -> None:
        tags = device.tags()
        device.end.take_away()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_bad(recorder, tags), BAD_WITHIN_S, "every tag Bad")
            assert all(recorder.last(tag.name).value is None for tag in tags)  # type: ignore[union-attr]  # Bad
            device.end.bring_back()
            await eventually(lambda: all_good(recorder, tags), GOOD_AGAIN_WITHIN_S, "every tag Good")

    asyncio.run(scenario())


@pytest.mark.expected_log(r"refuses tag .*BadNodeIdUnknown")
def test_an_unknown_address_is_bad_alone(device: Device) -> None:
    async def scenario() -> None:
        tags, wrong = device.tags(), device.tag(device.unknown_path)
        async with running(device.driver(), [wrong, *tags]) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "the other tags Good")
            await eventually(lambda: recorder.status(wrong.name) == "BadNodeIdUnknown", 2.0, "the wrong one Bad")
            assert recorder.connection is (Connection.CONNECTED if device.connects else None)

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^(opcua|modbus|modbus-rtu|mtconnect|calc): no (whole )?answer")
def test_a_device_that_swallows_everything_is_bad_in_time(device: Device) -> None:
    """No reset, no end, only silence."""

    async def scenario() -> None:
        with device.end.silent() as url:
            tags = device.tags()
            async with running(device.driver(url), tags) as recorder:
                assert not any(recorder.quality(tag.name) is Quality.GOOD for tag in tags)
                await eventually(
                    lambda: all(recorder.quality(tag.name) is Quality.BAD for tag in tags),
                    BAD_WITHIN_S,
                    "Bad",
                )
                if device.connects:
                    await eventually(lambda: "no" in recorder.reason, 6.0, "a reason is given")

    asyncio.run(scenario())


def test_write_reaches_the_device_only_where_allowed(device: Device) -> None:
    async def scenario() -> None:
        driver = device.driver()
        if not device.writable_path:
            marked = await driver.write(device.tag(device.paths[0], writable=True), 1)
            assert marked.status == device.unwritable_status
            assert (await driver.write(device.tag(device.paths[0]), 1)).status == NOT_WRITABLE
            return
        tag = device.tag(device.writable_path, writable=True)
        assert (await driver.write(tag, device.written)).status == "Good"
        (sample,) = await driver.read([tag])
        assert sample.value == device.written
        locked = device.tag(device.writable_path, writable=False)
        assert (await driver.write(locked, device.written)).status == NOT_WRITABLE
        assert (await driver.write(tag, "seven")).status == "BadTypeMismatch"
        assert (await driver.write(tag, 10**12)).status == "BadOutOfRange"
        await driver.close()

    asyncio.run(scenario())


def test_reading_while_running_uses_the_same_connection(device: Device) -> None:
    async def scenario() -> None:
        tags = device.tags()
        driver = device.driver()
        async with running(driver, tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            await eventually(lambda: device.end.connections() == 1, 2.0, "one connection")
            samples = await driver.read(tags)
            assert all(sample.quality is Quality.GOOD for sample in samples)
            if device.asks_beside:
                await eventually(lambda: device.end.connections() == 1, 2.0, "the question's connection is closed")
            assert device.end.connections() == 1

    asyncio.run(scenario())


def test_an_unreachable_device_reads_bad(device: Device) -> None:
    async def scenario() -> None:
        driver = device.driver(device.end.nowhere())
        samples = await driver.read(device.tags())
        assert {sample.status for sample in samples} == {"BadCommunicationError"}
        tag = device.tag(device.writable_path or device.paths[0], True)
        assert (await driver.write(tag, device.written)).quality is Quality.BAD
        await driver.close()

    asyncio.run(scenario())


def test_what_is_browsed_is_a_tree_whose_values_can_be_read(device: Device) -> None:
    """A protocol without a directory lists nothing."""

    async def scenario() -> None:
        driver = device.driver()
        try:
            nodes = [node for _, node in await walk(driver, 12)]
            assert bool(nodes) is device.browsable
            assert len({node.address for node in nodes}) == len(nodes)
            assert all(node.readable is (node.kind is NodeKind.VARIABLE) for node in nodes)
            samples = await driver.read([Tag(node.address, node.address) for node in nodes if node.readable])
            assert all(sample.status != "BadNodeIdUnknown" for sample in samples)
        finally:
            await driver.close()
        await eventually(lambda: device.end.connections() == 0, 2.0, "what the walk opened is closed")

    asyncio.run(scenario())


def test_a_device_that_is_gone_cannot_be_browsed(device: Device) -> None:
    async def scenario() -> None:
        url = device.end.nowhere()
        driver = device.driver(url)
        try:
            if device.browsable:
                with pytest.raises(ConnectionError, match=url.rpartition(":")[2]):
                    await driver.browse()
            else:
                assert await driver.browse() == []
        finally:
            await driver.close()

    asyncio.run(scenario())


def test_close_leaves_nothing(device: Device) -> None:
    async def scenario() -> None:
        tags = device.tags()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            assert device.end.connections() == 1
        await eventually(lambda: device.end.connections() == 0, 2.0, "the socket is closed")

    asyncio.run(scenario())


def test_another_protocols_address_is_refused_before_connecting(device: Device) -> None:
    other = "modbus://h:1/coil/0" if device.scheme == "opcua" else "opcua://h:1/i=1"

    async def scenario() -> None:
        with pytest.raises(AddressError, match='tag "x"'):
            await device.driver().read([Tag("x", other)])
        with pytest.raises(AddressError):
            await device.driver().run([Tag("x", other)], lambda sample: None, lambda state: None)

    asyncio.run(scenario())


def test_every_protocol_is_held_to_this_contract() -> None:
    """Every protocol that station.toml or an address knows has its line in DEVICES."""
    assert {device.scheme for device in DEVICES} == {*SCHEMES, *DEFAULT_PORTS, RTU_SCHEME, "calc"}
