"""What every driver keeps to, whatever its protocol: the same tests on each, against real servers."""

from __future__ import annotations

import asyncio
import logging
import socket
import time

import psutil
import pytest

from drivers.base import AddressError, Connection, NodeKind, Quality, Sample, Tag
from drivers.bench import walk
from drivers.simulation.control import PlantControl
from tests.contract.drivers.devices import Device
from tests.drivers_support import Recorder, eventually, running

BAD_WITHIN_S = 2.0
GOOD_AGAIN_WITHIN_S = 8.0
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
            assert recorder.states[-1].connection is Connection.CONNECTED
            assert all(is_sample_of(recorder.last(tag.name), tag, since) for tag in tags)
            assert recorder.states[0].connection is Connection.CONNECTING
        assert recorder.connection is Connection.CLOSED

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


@pytest.mark.expected_log(
    r"^(opcua|modbus): (.*closed the connection|the connection broke|no connection to)", MTCONNECT_LOST
)
def test_a_device_that_goes_is_bad_at_once_and_good_again_without_a_restart(
    device: Device, control: PlantControl, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        tags = device.tags()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            values = {tag.name: recorder.last(tag.name) for tag in tags}
            control.fault("device gone", True, device.plant_name)
            await eventually(lambda: all_bad(recorder, tags), BAD_WITHIN_S, "every tag Bad")
            assert recorder.states[-1].connection is Connection.LOST
            assert recorder.reason
            for tag in tags:
                kept = recorder.last(tag.name)
                assert kept is not None
                assert values[tag.name] is not None
                assert type(kept.value) is type(values[tag.name].value)  # type: ignore[union-attr]  # asserted above
            await eventually(lambda: recorder.states[-1].retry_at is not None, 3.0, "the next attempt is told")
            control.fault("device gone", False, device.plant_name)
            await eventually(lambda: all_good(recorder, tags), GOOD_AGAIN_WITHIN_S, "every tag Good again")
            assert recorder.connection is Connection.CONNECTED

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [level for level, _ in lines] == ["WARNING", "INFO"], lines


@pytest.mark.expected_log(
    r"^(opcua|modbus): (.*closed the connection|the connection broke|no connection to)", MTCONNECT_LOST
)
def test_cold_start_with_the_device_down(device: Device, control: PlantControl) -> None:
    async def scenario() -> None:
        tags = device.tags()
        control.fault("device gone", True, device.plant_name)
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_bad(recorder, tags), BAD_WITHIN_S, "every tag Bad")
            assert all(recorder.last(tag.name).value is None for tag in tags)  # type: ignore[union-attr]  # Bad
            control.fault("device gone", False, device.plant_name)
            await eventually(lambda: all_good(recorder, tags), GOOD_AGAIN_WITHIN_S, "every tag Good")

    asyncio.run(scenario())


@pytest.mark.expected_log(r"refuses tag .*BadNodeIdUnknown")
def test_an_unknown_address_is_bad_alone(device: Device) -> None:
    async def scenario() -> None:
        tags, wrong = device.tags(), device.tag(device.unknown_path)
        async with running(device.driver(), [wrong, *tags]) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "the other tags Good")
            await eventually(lambda: recorder.status(wrong.name) == "BadNodeIdUnknown", 2.0, "the wrong one Bad")
            assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^(opcua|modbus|mtconnect): no (whole )?answer")
def test_a_device_that_swallows_everything_is_bad_in_time(device: Device) -> None:
    """A listening socket that never answers: no reset, no end, only silence."""

    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as hole:
            url = f"{device.scheme}://127.0.0.1:{hole.getsockname()[1]}"
            tags = device.tags()
            async with running(device.driver(url), tags) as recorder:
                assert not any(recorder.quality(tag.name) is Quality.GOOD for tag in tags)
                await eventually(
                    lambda: all(recorder.quality(tag.name) is Quality.BAD for tag in tags),
                    BAD_WITHIN_S,
                    "Bad",
                )
                await eventually(lambda: "no" in recorder.reason, 6.0, "a reason is given")

    asyncio.run(scenario())


def test_write_reaches_the_device_only_where_allowed(device: Device) -> None:
    async def scenario() -> None:
        driver = device.driver()
        if not device.writable_path:
            assert (await driver.write(device.tag(device.paths[0], writable=True), 1)).status == "BadNotSupported"
            assert (await driver.write(device.tag(device.paths[0]), 1)).status == "BadNotWritable"
            return
        tag = device.tag(device.writable_path, writable=True)
        assert (await driver.write(tag, device.written)).status == "Good"
        (sample,) = await driver.read([tag])
        assert sample.value == device.written
        locked = device.tag(device.writable_path, writable=False)
        assert (await driver.write(locked, device.written)).status == "BadNotWritable"
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
            before = connections_to(device)
            samples = await driver.read(tags)
            assert all(sample.quality is Quality.GOOD for sample in samples)
            assert connections_to(device) == before == 1

    asyncio.run(scenario())


def test_an_unreachable_device_reads_bad(device: Device) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        driver = device.driver(f"{device.scheme}://127.0.0.1:{port}")
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
            assert len({node.address for node in nodes}) == len(nodes)
            assert all(node.readable is (node.kind is NodeKind.VARIABLE) for node in nodes)
            samples = await driver.read([Tag(node.address, node.address) for node in nodes if node.readable])
            assert all(sample.status != "BadNodeIdUnknown" for sample in samples)
        finally:
            await driver.close()
        await eventually(lambda: connections_to(device) == 0, 2.0, "what the walk opened is closed")

    asyncio.run(scenario())


def test_a_device_that_is_gone_cannot_be_browsed(device: Device) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        driver = device.driver(f"{device.scheme}://127.0.0.1:{port}")
        try:
            assert await driver.browse() == []
        except ConnectionError as error:
            assert str(port) in str(error)
        finally:
            await driver.close()

    asyncio.run(scenario())


def test_close_leaves_nothing(device: Device) -> None:
    async def scenario() -> None:
        tags = device.tags()
        async with running(device.driver(), tags) as recorder:
            await eventually(lambda: all_good(recorder, tags), 5.0, "every tag Good")
            assert connections_to(device) == 1
        await eventually(lambda: connections_to(device) == 0, 2.0, "the socket is closed")

    asyncio.run(scenario())


def test_another_protocols_address_is_refused_before_connecting(device: Device) -> None:
    other = "modbus://h:1/coil/0" if device.scheme == "opcua" else "opcua://h:1/i=1"

    async def scenario() -> None:
        with pytest.raises(AddressError, match='tag "x"'):
            await device.driver().read([Tag("x", other)])
        with pytest.raises(AddressError):
            await device.driver().run([Tag("x", other)], lambda sample: None, lambda state: None)

    asyncio.run(scenario())


def connections_to(device: Device) -> int:
    port = int(device.url.rpartition(":")[2])
    connections = psutil.Process().net_connections("tcp")
    return len(
        [
            connection
            for connection in connections
            if connection.status == psutil.CONN_ESTABLISHED and connection.raddr[1] == port
        ]
    )
