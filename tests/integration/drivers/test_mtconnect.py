"""MTConnect over real sockets: streaming, gaps, restarts, garbage, other shapes of XML, and recorded milling data."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Collection

import pytest

from drivers.base import AddressError, Connection, Quality, Sample, Tag
from drivers.bench import iso_time, walk
from drivers.mtconnect import MtconnectDriver
from drivers.simulation.agent import SimulatedAgent
from drivers.simulation.agent_server import AgentServer
from drivers.simulation.mill import ITEMS, MillServer
from drivers.simulation.process import PlantProcess
from drivers.simulation.recording import items_of, play, read_recording
from tests.drivers_support import Recorder, eventually, quick, running
from tests.faulty_proxy import FaultyProxy
from tests.integration.drivers.wrong_agent import FAULTS, AgentFault, wrong_agent
from tests.shared_data import shared_data

BAD_WITHIN_S = 2.0
NAMES = ("Xabs", "Zabs", "execution", "part_count", "Xtravel")


@contextlib.asynccontextmanager
async def mill() -> AsyncIterator[MillServer]:
    server = MillServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def tags_of(port: int, *names: str) -> list[Tag]:
    return [Tag(name, f"mtconnect://127.0.0.1:{port}/{name}", interval_s=0.02) for name in names]


def driver_of(port: int, heartbeat_s: float = 0.2) -> MtconnectDriver:
    url = f"mtconnect://127.0.0.1:{port}"
    return MtconnectDriver("mill", url, heartbeat_s=heartbeat_s, timeout_s=0.5, backoff=quick())


def good(recorder: Recorder, *names: str) -> bool:
    return all(recorder.quality(name) is Quality.GOOD for name in names)


def values(recorder: Recorder, name: str) -> list[object]:
    return [s.value for s in recorder.samples if s.tag == name and s.quality is Quality.GOOD]


def last(recorder: Recorder, name: str) -> Sample:
    sample = recorder.last(name)
    assert sample is not None
    return sample


def test_every_kind_of_data_item_is_read() -> None:
    async def scenario() -> None:
        async with mill() as server:
            names = (
                *NAMES,
                "dx2",
                "mill3/Fact",
                "position?index=2",
                "variables?key=offset&type=number",
                "variables?key=tool",
                "part_count?type=text",
                "Svibration",
                "Xtravel?part=message",
            )
            async with running(driver_of(server.port), tags_of(server.port, *names)) as recorder:
                await eventually(lambda: good(recorder, *names), 5.0, "Good")
                server.agent.report("dx1", "12.3456", "2026-11-20T08:00:00.250Z")
                server.agent.report("ds2", "1.5 -2.5 3.5", "2026-11-20T08:00:01Z", sampleCount="3", sampleRate="100")
                server.agent.report_condition("dx3", "Warning", "201", "overtravel near")
                server.agent.report_condition("dx3", "Fault", "202", "overtravel")
                await eventually(lambda: last(recorder, "Xtravel").value == "Fault", 2.0, "the fault")
                assert last(recorder, "Xtravel?part=message").value == "overtravel; overtravel near"
                assert last(recorder, "Xabs").value == 12.3456
                assert iso_time(last(recorder, "Xabs").source_time or 0) == "2026-11-20T08:00:00.250Z"
                assert values(recorder, "Svibration")[-3:] == [1.5, -2.5, 3.5]
                times = [s.source_time or 0 for s in recorder.samples if s.tag == "Svibration"][-3:]
                assert [round(times[-1] - at, 3) for at in times] == [0.02, 0.01, 0.0]
                assert last(recorder, "position?index=2").value == pytest.approx(-10.0)
                assert last(recorder, "variables?key=offset&type=number").value == 0.012
                assert last(recorder, "variables?key=tool").value == "4"
                assert recorder.descriptions["Xabs"].unit == "mm"
                skew_s = recorder.states[-1].clock_skew_s
                assert skew_s is not None
                assert abs(skew_s) < 5
                assert (last(recorder, "part_count").value, last(recorder, "part_count?type=text").value) == (0, "0")
                server.agent.report_condition("dx3", "Normal", "202")
                await eventually(lambda: last(recorder, "Xtravel").value == "Warning", 2.0, "the rest")
                server.agent.report_condition("dx3", "Normal")
                await eventually(lambda: last(recorder, "Xtravel").value == "Normal", 2.0, "normal")

    asyncio.run(scenario())


def test_unavailable_is_bad_with_the_last_value_kept() -> None:
    async def scenario() -> None:
        async with mill() as server:
            names = ("Xabs", "Xtravel")
            async with running(driver_of(server.port), tags_of(server.port, *names)) as recorder:
                await eventually(lambda: good(recorder, *names), 5.0, "Good")
                server.agent.report("dx1", "UNAVAILABLE")
                server.agent.report_condition("dx3", "Unavailable")
                await eventually(lambda: recorder.status("Xabs") == "BadNoCommunication", BAD_WITHIN_S, "Bad")
                assert last(recorder, "Xabs").value == 120.0
                await eventually(lambda: last(recorder, "Xtravel").value == "Unavailable", BAD_WITHIN_S, "Bad")
                assert last(recorder, "Xtravel").quality is Quality.BAD
                assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


def test_a_resting_machine_stays_good_while_the_heartbeats_come() -> None:
    async def scenario() -> None:
        async with mill() as server, running(driver_of(server.port, 0.05), tags_of(server.port, "Xabs")) as recorder:
            await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
            count = len(recorder.samples)
            begun = asyncio.get_running_loop().time()
            await eventually(lambda: asyncio.get_running_loop().time() - begun > 0.5, 2.0, "ten heartbeats")
            assert len(recorder.samples) == count
            assert server.server.streams == 1

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^mill: (the agent|no connection|the connection)")
def test_what_was_reported_while_the_line_was_cut_arrives_afterwards_in_order() -> None:
    async def scenario() -> None:
        async with mill() as server:
            names = ("Xabs", "execution")
            async with running(driver_of(server.port), tags_of(server.port, *names)) as recorder:
                await eventually(lambda: good(recorder, *names), 5.0, "Good")
                await server.unplug()
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags_of(0, *names)), 2.0, "Bad")
                for number in range(500):
                    server.agent.report("dx1", str(number))
                await server.plug_in()
                await eventually(lambda: last(recorder, "Xabs").value == 499.0, 5.0, "the last one")
                assert values(recorder, "Xabs")[-500:] == [float(number) for number in range(500)]
                assert good(recorder, "execution")

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^mill: 700 observations are missing")
def test_a_gap_is_told_with_its_number_and_values_go_on(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with mill() as server:
            driver = driver_of(server.port)
            async with running(driver, tags_of(server.port, *NAMES)) as recorder:
                await eventually(lambda: good(recorder, *NAMES), 5.0, "Good")
                server.agent.skip(700)
                await eventually(
                    lambda: "BadDataLost" in [s.status for s in recorder.samples], 2.0, "the hole is shown"
                )
                await eventually(lambda: good(recorder, *NAMES), 5.0, "Good again")
                assert driver.missed == 700
                server.agent.report("dx1", "7")
                await eventually(lambda: last(recorder, "Xabs").value == 7.0, 2.0, "it goes on")
                assert all(state.connection is not Connection.LOST for state in recorder.states)

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log(r"^mill: ")
def test_a_restarted_agent_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with mill() as server, running(driver_of(server.port), tags_of(server.port, *NAMES)) as recorder:
            await eventually(lambda: good(recorder, *NAMES), 5.0, "Good")
            for number in range(50):
                server.agent.report("dx1", str(number))
            await eventually(lambda: last(recorder, "Xabs").value == 49.0, 2.0, "the last of the old instance")
            server.restart()
            await eventually(lambda: last(recorder, "Xabs").value == 120.0, 5.0, "the new instance")
            server.agent.report("dx1", "3")
            await eventually(lambda: last(recorder, "Xabs").value == 3.0, 2.0, "it goes on")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert "the agent was restarted" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_agent_restarted_beyond_our_sequence_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    """Its new numbers cover the old ones: only the instance tells that they are others."""

    async def scenario() -> None:
        async with mill() as server, running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
            await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
            server.restart()
            for number in range(500):
                server.agent.report("dx1", str(number))
            await eventually(lambda: last(recorder, "Xabs").value == 499.0, 5.0, "the new instance")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert "the agent was restarted" in caplog.text


@pytest.mark.expected_log(r"^mill: no whole part of the agent's stream within 1.8 s")
def test_a_network_that_swallows_is_noticed_in_time(plant: PlantProcess) -> None:
    """With the heartbeat that is usual; what was missed meanwhile arrives afterwards."""

    async def scenario() -> None:
        with FaultyProxy("127.0.0.1", plant.ports["mtconnect"]) as proxy:
            url = f"mtconnect://127.0.0.1:{proxy.port}"
            tags = [Tag("Xabs", f"{url}/Xabs"), Tag("execution", f"{url}/execution")]
            async with running(MtconnectDriver("mill", url), tags) as recorder:
                await eventually(lambda: len(values(recorder, "Xabs")) > 5, 5.0, "Good")
                proxy.black_hole()
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags), BAD_WITHIN_S, "Bad")
                proxy.heal()
                await eventually(lambda: good(recorder, "Xabs", "execution"), 8.0, "Good again")
                times = [sample.source_time or 0.0 for sample in recorder.samples if sample.tag == "Xabs"]
                moved = [at for at in times if at]
                gaps = [later - earlier for earlier, later in itertools.pairwise(moved[1:])]
                assert max(gaps) < 1.0, "what was reported during the outage is missing"

    asyncio.run(scenario())


class SilentlySkippingAgent(SimulatedAgent):
    """An agent that goes on from the beginning of its buffer where others refuse."""

    def sample(self, first: int, count: int, wanted: Collection[str]) -> tuple[str, int]:
        return super().sample(max(first, self.first_sequence), count, wanted)


@pytest.mark.expected_log(r"^mill: \d+ observations are missing")
def test_a_gap_that_the_agent_does_not_mention_is_found() -> None:
    async def scenario() -> None:
        agent = SilentlySkippingAgent("mill3", ITEMS, buffer_size=100)
        server = AgentServer(agent)
        await server.plug_in()
        try:
            agent.report("dx1", "1")
            driver = driver_of(server.port)
            async with running(driver, tags_of(server.port, "Xabs")) as recorder:
                await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
                for number in range(1000):
                    agent.report("dx1", str(number))
                await eventually(lambda: last(recorder, "Xabs").value == 999.0, 5.0, "the last")
                assert driver.missed == 1000
        finally:
            await server.unplug()

    asyncio.run(scenario())


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("version", ["1.2", "1.3", "1.8", "2.0", "2.3"])
def test_versions_and_framings_read_the_same(version: str, chunked: bool) -> None:
    async def scenario() -> None:
        agent = SimulatedAgent("mill3", ITEMS, version=version)
        server = AgentServer(agent, chunked=chunked)
        await server.plug_in()
        try:
            agent.report("dx1", "1.5")
            async with running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
                await eventually(lambda: 1.5 in values(recorder, "Xabs"), 5.0, "the first value")
                agent.report("dx1", "2.5")
                await eventually(lambda: last(recorder, "Xabs").value == 2.5, 2.0, "the next value")
        finally:
            await server.unplug()

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^mill: ")
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_no_wrong_value_is_accepted(fault: AgentFault, caplog: pytest.LogCaptureFixture) -> None:
    """Bad in time, no wrong value, one line for the failure and one for the recovery."""

    async def scenario() -> None:
        async with wrong_agent() as server:
            async with running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
                await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
                server.fault = fault
                await eventually(lambda: recorder.quality("Xabs") is Quality.BAD, BAD_WITHIN_S, "Bad")
                asked = server.requests
                await eventually(lambda: server.requests > asked + 1, 6.0, "it keeps trying")
                server.fault = None
                await eventually(lambda: good(recorder, "Xabs"), 8.0, "Good again")
            assert {sample.value for sample in recorder.samples} <= {12.5, None}

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], caplog.text


@pytest.mark.expected_log("^mill: the agent ended its stream")
def test_a_stream_that_is_ended_after_a_while_goes_on_without_a_loss(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy ends what lasts too long; one that ends it at once, again and again, is no agent."""
    monkeypatch.setattr("drivers.mtconnect.driver._SHORTEST_STREAM_S", 0.15)

    async def scenario() -> None:
        async with wrong_agent() as server:
            server.parts = 6
            async with running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
                await eventually(lambda: server.requests > 12, 8.0, "streams")
                assert {s.quality for s in recorder.samples[1:]} == {Quality.GOOD}
                assert {s.connection for s in recorder.states} == {Connection.CONNECTING, Connection.CONNECTED}
                server.parts = 0
                await eventually(lambda: recorder.quality("Xabs") is Quality.BAD, 2.0, "Bad")
                server.parts = 1000
                await eventually(lambda: recorder.quality("Xabs") is Quality.GOOD, 5.0, "Good again")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert sum(record.levelname == "WARNING" for record in caplog.records) >= 1


def test_browsing_names_every_item_with_an_address_to_read() -> None:
    async def scenario() -> None:
        async with mill() as server:
            driver = driver_of(server.port)
            nodes = await walk(driver, 1000)
            readable = [node for _, node in nodes if node.readable]
            assert len(readable) == len(ITEMS)
            samples = await driver.read([Tag(node.name, node.address) for node in readable])
            bad = {sample.tag: sample.status for sample in samples if sample.quality is Quality.BAD}
            assert bad == {"position": "BadTypeMismatch", "variables": "BadTypeMismatch"}
            assert [(node.name, depth) for depth, node in nodes][:3] == [("mill3", 0), ("X", 1), ("Xabs", 2)]
            assert (readable[0].unit, readable[0].data_type) == ("mm", "SAMPLE POSITION")
            with pytest.raises(AddressError, match="no such component"):
                await driver.browse(f"mtconnect://127.0.0.1:{server.port}/nowhere")
            await driver.close()

    asyncio.run(scenario())


@pytest.mark.expected_log(r"refuses tag")
def test_one_agent_that_cannot_filter_still_answers_for_unknown_items() -> None:
    async def scenario() -> None:
        async with mill() as server:
            tags = tags_of(server.port, "nothing", "other/Xabs", "Zabs")
            async with running(driver_of(server.port), tags) as recorder:
                await eventually(lambda: good(recorder, "Zabs"), 5.0, "Good")
                assert recorder.status("nothing") == recorder.status("other/Xabs") == "BadNodeIdUnknown"

    asyncio.run(scenario())


@pytest.mark.parametrize("number", ["01", "02", "03"])
def test_a_recorded_milling_arrives_complete_and_in_order(number: str) -> None:
    """Every line of the recording, through a real agent and the driver, with its own time."""
    recording = read_recording(shared_data(f"nist/Cover-Op1-Hurco04-{number}of20.txt"))
    agent = SimulatedAgent("Hurco04", items_of(recording.lines), buffer_size=4096)
    lines = recording.lines
    text_items = {item.name for item in agent.items.values() if item.category == "EVENT" and item.type.isupper()}

    async def scenario() -> None:
        server = AgentServer(agent)
        await server.plug_in()
        names = [item.name for item in agent.items.values()]
        try:
            async with running(driver_of(server.port), tags_of(server.port, *names)) as recorder:
                await eventually(
                    lambda: recorder.all_have("BadNoCommunication", tags_of(0, *names)), 5.0, "nothing yet"
                )
                for start in range(0, len(lines), 1000):
                    play(agent, lines[start : start + 1000])
                    wanted = start + len(lines[start : start + 1000])
                    await eventually(lambda: count(recorder) >= wanted, 10.0, f"{wanted} samples")  # noqa: B023  # awaited here
                check(recorder)
        finally:
            await server.unplug()

    def count(recorder: Recorder) -> int:
        return sum(sample.quality is Quality.GOOD for sample in recorder.samples)

    def check(recorder: Recorder) -> None:
        assert len(lines) > 5000
        assert count(recorder) == len(lines)
        good_samples = [sample for sample in recorder.samples if sample.quality is Quality.GOOD]
        for sample, line in zip(good_samples, lines, strict=True):
            assert sample.tag == line.item
            assert sample.source_time is not None
            assert iso_time(sample.source_time)[:-1] == line.timestamp[: len("2017-02-07T16:02:27.750")]
            number_or_text = sample.value if isinstance(sample.value, str) else float(line.text)
            assert sample.value == number_or_text
            assert line.item in text_items or isinstance(sample.value, float)

    asyncio.run(scenario())
