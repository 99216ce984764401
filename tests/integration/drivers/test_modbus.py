"""Modbus against a server that answers wrongly, a network that swallows, and the simulated bench."""

from __future__ import annotations

import asyncio
import gc
import logging
import tracemalloc

import pytest

from drivers.base import Connection, Quality, Tag
from drivers.modbus import ModbusDriver
from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from tests.drivers_support import Recorder, eventually, quick, running
from tests.faulty_proxy import FaultyProxy
from tests.integration.drivers.garbage_server import (
    FAULTS,
    Fault,
    GarbageServer,
    closing,
    flood,
    garbage_server,
    random_bytes,
    right,
    short,
    wrong_function,
)

BAD_WITHIN_S = 2.0


def value_tag(port: int, name: str = "value", offset: int = 10) -> Tag:
    return Tag(name, f"modbus://127.0.0.1:{port}/holding/{offset}?type=float32", interval_s=0.05)


def quick_driver(server: GarbageServer) -> ModbusDriver:
    return ModbusDriver("plc", f"modbus://127.0.0.1:{server.port}", timeout_s=0.3, backoff=quick())


@pytest.mark.expected_log(r"^plc: ")
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_no_wrong_value_is_accepted(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Bad in time, no wrong value, one line for the failure and one for the recovery."""

    async def scenario() -> None:
        async with garbage_server() as server:
            tag = value_tag(server.port)
            async with running(quick_driver(server), [tag]) as recorder:
                await eventually(lambda: recorder.quality("value") is Quality.GOOD, 5.0, "Good")
                server.fault = fault
                await eventually(lambda: recorder.quality("value") is Quality.BAD, BAD_WITHIN_S, "Bad")
                asked = server.requests
                await eventually(lambda: server.requests > asked + 1, 6.0, "it keeps trying")
                server.fault = right
                await eventually(lambda: recorder.quality("value") is Quality.GOOD, 8.0, "Good again")
            assert {sample.value for sample in recorder.samples} <= {12.5, None}
            bad = {sample.status for sample in recorder.samples if sample.quality is Quality.BAD}
            assert bad <= {"BadWaitingForInitialData", "BadCommunicationError", "BadDecodingError"}

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_reading_once_from_garbage_is_bad(fault: Fault) -> None:
    async def scenario() -> None:
        async with garbage_server() as server:
            server.fault = fault
            driver = ModbusDriver("plc", f"modbus://127.0.0.1:{server.port}", timeout_s=0.3)
            (sample,) = await driver.read([value_tag(server.port)])
            assert (sample.value, sample.quality) == (None, Quality.BAD)

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: ")
def test_only_the_tags_of_a_wrong_answer_turn_bad() -> None:
    async def scenario() -> None:
        async with garbage_server() as server:
            server.fault = lambda transaction, unit, function, count: (
                wrong_function(transaction, unit, function, count)
                if function == 4
                else right(transaction, unit, function, count)
            )
            url = f"modbus://127.0.0.1:{server.port}"
            tags = [value_tag(server.port), Tag("other", f"{url}/input/0?type=float32", interval_s=0.05)]
            async with running(ModbusDriver("plc", url), tags) as recorder:
                await eventually(lambda: recorder.status("other") == "BadDecodingError", 2.0, "the wrong one is Bad")
                await eventually(lambda: recorder.quality("value") is Quality.GOOD, 2.0, "the right one is Good")
                assert recorder.connection is Connection.CONNECTED
                assert all(state.connection is not Connection.LOST for state in recorder.states)

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: the device closed")
def test_a_device_that_hangs_up_after_each_answer_is_there(caplog: pytest.LogCaptureFixture) -> None:
    """Many gateways do. As long as the next connection is there at once and answers, nothing was lost."""

    async def scenario() -> None:
        async with garbage_server() as server:
            server.hangs_up = True
            driver = quick_driver(server)
            tag = Tag("value", value_tag(server.port).address, interval_s=0.05, writable=True)
            async with running(driver, [tag]) as recorder:
                await eventually(lambda: server.requests > 10, 5.0, "answers")
                assert (await driver.read([tag]))[0].quality is Quality.GOOD
                assert {s.quality for s in recorder.samples[1:]} == {Quality.GOOD}
                assert [s.connection for s in recorder.states] == [Connection.CONNECTING, Connection.CONNECTED]
                server.fault = closing  # and now it hangs up without an answer
                await eventually(lambda: recorder.quality("value") is Quality.BAD, BAD_WITHIN_S, "Bad")
                server.fault = right
                await eventually(lambda: recorder.quality("value") is Quality.GOOD, 5.0, "Good again")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


def test_values_of_a_device_that_answers_slowly_do_not_look_fresh() -> None:
    async def scenario() -> None:
        async with garbage_server() as server:
            server.delay_s = 0.2
            tags = [
                Tag(f"t{n}", value_tag(server.port, offset=100 * n).address, interval_s=0.05, stale_after_s=0.5)
                for n in range(6)
            ]
            driver = ModbusDriver("plc", f"modbus://127.0.0.1:{server.port}")
            async with running(driver, tags) as recorder:
                await eventually(lambda: recorder.status("t0") == "BadNoCommunication", 5.0, "Bad, as it is too old")
                assert recorder.connection is Connection.CONNECTED
                server.delay_s = 0.0
                await eventually(lambda: all(recorder.quality(t.name) is Quality.GOOD for t in tags), 5.0, "Good")
                await eventually(lambda: server.requests > 60, 5.0, "polled quickly")
                since = len(recorder.samples)
                await eventually(lambda: len(recorder.samples) > since + 50, 5.0, "more")
                assert {s.quality for s in recorder.samples[since:]} == {Quality.GOOD}

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: ")
def test_memory_stays_bounded_under_garbage() -> None:
    async def scenario() -> int:
        async with garbage_server() as server:
            tag = value_tag(server.port)
            async with running(quick_driver(server), [tag]) as recorder:
                server.fault = short
                await eventually(lambda: server.requests > 20, 10.0, "warmed up")
                recorder.samples.clear()
                tracemalloc.start()
                begun = tracemalloc.get_traced_memory()[0]
                for fault in (short, flood, random_bytes, short):
                    server.fault = fault
                    enough = server.requests + 6
                    await eventually(lambda: server.requests > enough, 10.0, "garbage")  # noqa: B023  # awaited here
                server.fault = right
                await eventually(lambda: recorder.quality("value") is Quality.GOOD, 8.0, "Good again")
                recorder.samples.clear()
                gc.collect()
                grown = tracemalloc.get_traced_memory()[0] - begun
                tracemalloc.stop()
                return grown

    assert asyncio.run(scenario()) < 200_000


@pytest.mark.expected_log(r"^bench: no whole answer")
def test_a_network_that_swallows_is_noticed_in_time(plant: PlantProcess) -> None:
    async def scenario() -> None:
        with FaultyProxy("127.0.0.1", plant.ports["modbus"]) as proxy:
            tags = [
                Tag("temperature", f"modbus://127.0.0.1:{proxy.port}/holding/100?type=float32"),
                Tag("running", f"modbus://127.0.0.1:{proxy.port}/discrete/0"),
            ]
            async with running(ModbusDriver("bench", f"modbus://127.0.0.1:{proxy.port}"), tags) as recorder:
                await eventually(lambda: good(recorder, tags), 5.0, "Good")
                proxy.black_hole()
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags), BAD_WITHIN_S, "Bad")
                assert "within 1 s" in recorder.reason
                proxy.heal()
                await eventually(lambda: good(recorder, tags), 8.0, "Good again")

    asyncio.run(scenario())


def test_both_word_orders_bits_strings_and_tables(plant: PlantProcess, control: PlantControl) -> None:
    url = plant.modbus_url

    async def scenario() -> None:
        tags = [
            Tag("temperature", f"{url}/holding/100?type=float32"),
            Tag("same", f"{url}/input/0?type=float32"),
            Tag("wrong order", f"{url}/holding/100?type=float32&words=little"),
            Tag("speed", f"{url}/input/6?type=float32&words=little"),
            Tag("running bit", f"{url}/input/8?bit=0"),
            Tag("running", f"{url}/discrete/0"),
            Tag("run", f"{url}/coil/0"),
            Tag("name", f"{url}/holding/112?type=string&length=16"),
        ]
        control.bench_run(True)
        async with running(ModbusDriver("bench", url), tags) as recorder:

            def value(name: str) -> object:
                last = recorder.last(name)
                return None if last is None else last.value

            def at_speed() -> bool:
                speed = value("speed")
                return isinstance(speed, float) and speed > 1300

            await eventually(at_speed, 10.0, "at speed")
            await eventually(lambda: good(recorder, [tag for tag in tags if tag.name != "wrong order"]), 2.0, "Good")
            assert value("running bit") is value("running") is value("run") is True
            assert value("name") == "TEST BENCH 20"
            temperature, same = value("temperature"), value("same")
            assert isinstance(temperature, float)
            assert isinstance(same, float)
            assert 20 < temperature < 50
            assert abs(temperature - same) < 0.5
            wrong = recorder.last("wrong order")
            assert wrong is not None
            assert wrong.quality is Quality.BAD or not 20 < float(str(wrong.value)) < 50
        control.bench_run(False)

    asyncio.run(scenario())


@pytest.mark.expected_log(r"refuses tag .beyond.")
def test_a_point_the_device_does_not_have_spares_its_neighbours(
    plant: PlantProcess, caplog: pytest.LogCaptureFixture
) -> None:
    url = plant.modbus_url

    async def scenario() -> None:
        tags = [
            Tag("last", f"{url}/input/19"),
            Tag("beyond", f"{url}/input/21"),
            Tag("first", f"{url}/input/9"),
        ]
        async with running(ModbusDriver("bench", url), tags) as recorder:
            await eventually(lambda: good(recorder, [tags[0], tags[2]]), 3.0, "the others Good")
            assert recorder.status("beyond") == "BadNodeIdUnknown"
            seen = len(recorder.samples)
            await eventually(lambda: len(recorder.samples) > seen + 10, 3.0, "polling goes on")
            assert recorder.status("beyond") == "BadNodeIdUnknown"
        samples = await ModbusDriver("bench", url).read(tags)
        assert [sample.status for sample in samples] == ["Good", "BadNodeIdUnknown", "Good"]

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records] == ['bench: refuses tag "beyond": BadNodeIdUnknown']


def test_writing_moves_the_bench_and_is_refused_where_it_must_be(plant: PlantProcess) -> None:
    url = plant.modbus_url

    async def scenario() -> None:
        driver = ModbusDriver("bench", url)
        run = Tag("run", f"{url}/coil/0", writable=True)
        assert (await driver.write(run, True)).status == "Good"
        assert (await driver.read([run]))[0].value is True
        assert (await driver.write(run, False)).status == "Good"
        assert (await driver.write(run, 1)).status == "BadTypeMismatch"
        setpoint = Tag("setpoint", f"{url}/holding/0", writable=True)
        assert (await driver.write(setpoint, 5000)).status == "BadOutOfRange"
        mirror = Tag("mirror", f"{url}/holding/100?type=float32", writable=True)
        assert (await driver.write(mirror, 1.0)).quality is Quality.BAD
        measured = Tag("measured", f"{url}/input/0", writable=True)
        assert (await driver.write(measured, 1)).status == "BadNotWritable"
        await driver.close()

    asyncio.run(scenario())


def good(recorder: Recorder, tags: list[Tag]) -> bool:
    return all(recorder.quality(tag.name) is Quality.GOOD for tag in tags)
