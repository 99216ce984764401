"""OPC UA against real servers: lost, silent, secured, frozen, and with values that are no values."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import socket
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.crypto import cert_gen
from asyncua.ua.status_codes import StatusCodes
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID

from drivers.base import Connection, Quality, Tag
from drivers.bench import walk
from drivers.connection import Backoff
from drivers.opcua import OpcUaDriver, OpcUaSecurity
from drivers.simulation.control import PlantControl
from drivers.simulation.press import Press
from drivers.simulation.press_server import APPLICATION_URI, PressServer
from drivers.simulation.process import PlantProcess
from tests.drivers_support import Recorder, eventually, quick, running
from tests.faulty_proxy import FaultyProxy
from tests.integration.drivers.opcua_server import add, now, small_server

BAD_WITHIN_S = 2.0
STATION_URI = "urn:station:asm-10"


def press_tags(url: str, *names: str, stale_after_s: float = 1.0) -> list[Tag]:
    return [Tag(name, f"{url}/ns=2;s=Press.{name}", stale_after_s=stale_after_s) for name in names]


def good(recorder: Recorder, tags: list[Tag]) -> bool:
    return all(recorder.quality(tag.name) is Quality.GOOD for tag in tags)


@pytest.mark.expected_log(r"^press: no answer")
def test_a_network_that_swallows_is_noticed_in_time(plant: PlantProcess) -> None:
    async def scenario() -> None:
        with FaultyProxy("127.0.0.1", plant.ports["opcua"]) as proxy:
            url = f"opcua://127.0.0.1:{proxy.port}"
            tags = press_tags(url, "Force", "State")
            async with running(OpcUaDriver("press", url, backoff=quick()), tags) as recorder:
                await eventually(lambda: good(recorder, tags), 5.0, "Good")
                proxy.black_hole()
                await eventually(lambda: recorder.all_have("BadCommunicationError", tags), BAD_WITHIN_S, "Bad")
                assert recorder.connection is Connection.LOST
                proxy.heal()
                await eventually(lambda: good(recorder, tags), 8.0, "Good again")

    asyncio.run(scenario())


def test_a_frozen_press_is_seen_although_its_server_answers(plant: PlantProcess, control: PlantControl) -> None:
    url = plant.opcua_url

    async def scenario() -> None:
        tags = press_tags(url, "Force", "Program")
        patient = Tag("patient", f"{url}/ns=2;s=Press.Program", stale_after_s=0)
        async with running(OpcUaDriver("press", url), [*tags, patient]) as recorder:
            await eventually(lambda: good(recorder, tags), 5.0, "Good")
            seen = len(recorder.samples)
            await eventually(lambda: len(recorder.samples) > seen + 60, 5.0, "steady values are stamped again")
            control.fault("value frozen", True, "press")
            await eventually(lambda: recorder.all_have("BadNoCommunication", tags), 2.0, "Bad")
            force = recorder.last("Force")
            assert force is not None
            assert force.value is not None
            assert recorder.connection is Connection.CONNECTED
            assert recorder.quality("patient") is Quality.GOOD
            control.fault("value frozen", False, "press")
            await eventually(lambda: good(recorder, tags), 2.0, "Good again")

    asyncio.run(scenario())


def test_a_directed_cycle_is_followed_sample_by_sample(plant: PlantProcess, control: PlantControl) -> None:
    url = plant.opcua_url

    async def scenario() -> None:
        tags = press_tags(url, "Force", "State", "CycleCounter", "PeakForce", "Result")
        start = Tag("Start", f"{url}/ns=2;s=Press.Start", writable=True)
        driver = OpcUaDriver("press", url)
        async with running(driver, tags) as recorder:
            await eventually(lambda: good(recorder, tags), 5.0, "Good")
            control.press_start(14.86)

            def result() -> object:
                last = recorder.last("Result")
                return None if last is None else last.value

            await eventually(lambda: result() == "NOK", 10.0, "the cycle's result")
            forces = [sample.value for sample in recorder.samples if sample.tag == "Force"]
            peak = recorder.last("PeakForce")
            assert peak is not None
            assert peak.value == 14.86
            assert max(force for force in forces if isinstance(force, float)) > 14.0
            states = [str(sample.value) for sample in recorder.samples if sample.tag == "State" and sample.value]
            assert list(dict.fromkeys(states))[-3:] == ["Approach", "Press", "Hold"] or "Return" in states
            times = [sample.source_time for sample in recorder.samples if sample.tag == "Force" and sample.source_time]
            assert times == sorted(times)
            counter = recorder.last("CycleCounter")
            await eventually(lambda: recorder.last("State").value == "Idle", 10.0, "idle")  # type: ignore[union-attr]  # Good above
            assert (await driver.write(start, True)).status == "Good"
            await eventually(lambda: recorder.last("CycleCounter") != counter and result() == "OK", 10.0, "started")

    asyncio.run(scenario())


def test_the_press_says_what_its_values_mean(plant: PlantProcess) -> None:
    async def scenario() -> None:
        tags = press_tags(plant.opcua_url, "Force", "StateNumber", "Program")
        async with running(OpcUaDriver("press", plant.opcua_url), tags) as recorder:
            await eventually(lambda: good(recorder, tags), 5.0, "Good")
            force = recorder.descriptions["Force"]
            assert (force.unit, force.low, force.high, force.data_type) == ("kN", 0.0, 20.0, "Double")
            assert (force.writable, recorder.descriptions["Program"].writable) == (False, True)
            state = recorder.last("StateNumber")
            assert state is not None and isinstance(state.value, int)
            assert state.text == dict(recorder.descriptions["StateNumber"].states)[state.value]

    asyncio.run(scenario())


def test_browse_gives_addresses_that_can_be_read(plant: PlantProcess) -> None:
    async def scenario() -> None:
        driver = OpcUaDriver("press", plant.opcua_url)
        nodes = await walk(driver, 500)
        assert nodes[0][1].name == "Press"
        assert {node.name: depth for depth, node in nodes}["Force"] == 1
        readable = [node.address for _, node in nodes if node.readable][:40]
        samples = await driver.read([Tag(address, address) for address in readable])
        assert sum(sample.quality is Quality.GOOD for sample in samples) > 10
        assert all(sample.status != "BadNodeIdUnknown" for sample in samples)
        assert len(await walk(driver, 3)) == 3
        await driver.close()

    asyncio.run(scenario())


def test_values_that_are_no_values_are_never_good() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            await add(server, "nan", math.nan)
            await add(server, "inf", math.inf)
            await add(server, "array", [1.0, 2.0])
            await add(server, "bytes", b"\0\1")
            node = await add(server, "sensor", 1.0)
            statuses = {
                "nan": "BadOutOfRange",
                "inf": "BadOutOfRange",
                "array": "BadTypeMismatch",
                "bytes": "BadTypeMismatch",
                "sensor": "Good",
            }
            tags = [Tag(name, f"{url}/ns=2;s={name}") for name in statuses]
            element = Tag("element", f"{url}/ns=2;s=array?index=1")
            async with running(OpcUaDriver("plc", url), [*tags, element]) as recorder:
                for name, status in statuses.items():
                    await eventually(lambda: recorder.status(name) == status, 3.0, name)  # noqa: B023  # awaited here
                await eventually(lambda: recorder.quality("element") is Quality.GOOD, 3.0, "element")
                bad = ua.DataValue(
                    None,
                    ua.StatusCode(ua.UInt32(StatusCodes.BadSensorFailure)),
                    SourceTimestamp=ua.DateTime.now(UTC),
                )
                await server.write_attribute_value(node, bad)
                await eventually(lambda: recorder.status("sensor") == "BadSensorFailure", 3.0, "the device's status")
                last = recorder.last("sensor")
                assert last is not None
                assert last.value == 1.0, "the last value stays visible"
            values = {sample.value for sample in recorder.samples if sample.quality is Quality.GOOD}
            assert values == {1.0, 2.0}

    asyncio.run(scenario())


def test_an_array_that_shrinks_turns_its_missing_element_bad() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            node = await add(server, "array", [1.0, 2.0])
            tag = Tag("second", f"{url}/ns=2;s=array?index=1")
            async with running(OpcUaDriver("plc", url), [tag]) as recorder:
                await eventually(lambda: recorder.quality("second") is Quality.GOOD, 3.0, "Good")
                shorter = ua.Variant([1.0], ua.VariantType.Double)
                await server.write_attribute_value(node, ua.DataValue(shorter))
                await eventually(lambda: recorder.status("second") == "BadIndexRangeNoData", 3.0, "Bad")

    asyncio.run(scenario())


def test_a_value_that_rests_is_not_stale_where_the_server_stamps_changes_only() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            node = await add(server, "program", 3)
            tag = Tag("program", f"{url}/ns=2;s=program", stale_after_s=0.3)
            async with running(OpcUaDriver("plc", url), [tag]) as recorder:
                await eventually(lambda: recorder.quality("program") is Quality.GOOD, 3.0, "Good")
                begun = asyncio.get_running_loop().time()
                await eventually(lambda: asyncio.get_running_loop().time() > begun + 1.2, 3.0, "silence")
                assert recorder.quality("program") is Quality.GOOD
                await server.write_attribute_value(node, ua.DataValue(ua.Variant(4), SourceTimestamp=now()))
                await eventually(lambda: recorder.last("program").value == 4, 3.0, "changed")  # type: ignore[union-attr]  # Good above

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: ")
def test_a_node_that_appears_later_is_found_after_a_reconnect() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            tag = Tag("late", f"{url}/ns=2;s=late")
            async with running(OpcUaDriver("plc", url, backoff=quick()), [tag]) as recorder:
                await eventually(lambda: recorder.status("late") == "BadNodeIdUnknown", 3.0, "unknown")
                await add(server, "late", 5)
                assert server.bserver is not None
                await server.bserver.stop()
                await eventually(lambda: recorder.connection is Connection.LOST, 3.0, "lost")
                await server.bserver.start()
                await eventually(lambda: recorder.quality("late") is Quality.GOOD, 5.0, "found")

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^press: no ")
@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"ACKF\x08\0\0\0", bytes(200), b"MSGF\xff\xff\xff\x7f"]
)
def test_a_server_that_does_not_speak_opc_ua(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(1000)
            writer.write(answer)
            await writer.drain()
            await reader.read()
        writer.close()

    async def scenario() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"opcua://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        tags = press_tags(url, "Force")
        async with running(OpcUaDriver("press", url, timeout_s=0.5, backoff=quick()), tags) as recorder:
            await eventually(lambda: recorder.status("Force") == "BadCommunicationError", BAD_WITHIN_S, "Bad")
            states = len(recorder.states)
            await eventually(lambda: len(recorder.states) > states + 2, 5.0, "it keeps trying")
        server.close()

    with caplog.at_level(logging.INFO):
        asyncio.run(scenario())
    assert [record.name for record in caplog.records] == ["drivers.opcua"], caplog.text


class CorruptingRelay:
    """Passes the server's answers on with bytes changed or cut off, as long as ``corrupting``."""

    def __init__(self, port: int, seed: int) -> None:
        self.corrupting = False
        self.open: set[asyncio.StreamWriter] = set()
        self._port = port
        self._random = random.Random(seed)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.open |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer, False), self._pump(far_reader, writer, True))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(self._corrupted(chunk) if answers and self.corrupting else chunk)
                await writer.drain()
        writer.close()

    def _corrupted(self, chunk: bytes) -> bytes:
        if self._random.random() < 0.5:
            return chunk
        changed = bytearray(chunk)
        for _ in range(self._random.randint(1, 4)):
            changed[self._random.randrange(len(changed))] = self._random.randrange(256)
        return bytes(changed[: self._random.randrange(len(changed)) + 1] if self._random.random() < 0.2 else changed)


@pytest.mark.expected_log(r"^press: ")
@pytest.mark.parametrize("seed", [1])
def test_corrupted_answers_never_end_the_driver(plant: PlantProcess, seed: int) -> None:
    async def scenario() -> None:
        relay = CorruptingRelay(plant.ports["opcua"], seed)
        server = await asyncio.start_server(relay.join, "127.0.0.1", 0)
        url = f"opcua://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        tags = press_tags(url, "Force", "State", "Program")
        driver = OpcUaDriver("press", url, timeout_s=0.3, backoff=Backoff(0.01, 0.02))
        async with running(driver, tags) as recorder:
            await eventually(lambda: good(recorder, tags), 5.0, "Good")
            relay.corrupting = True

            def losses() -> int:
                return sum(state.retry_at is not None for state in recorder.states)

            await eventually(lambda: losses() >= 8, 20.0, "lost again and again")
            relay.corrupting = False
            await eventually(lambda: good(recorder, tags), 8.0, "Good again")
        server.close()
        for writer in relay.open:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in relay.open), return_exceptions=True)

    asyncio.run(scenario())


async def certificate(folder: Path, name: str, uri: str, usage: ObjectIdentifier) -> tuple[Path, Path]:
    certificate_file, key_file = folder / f"{name}.der", folder / f"{name}_key.pem"
    await cert_gen.setup_self_signed_certificate(
        key_file,
        certificate_file,
        uri,
        socket.gethostname(),
        [usage],
        {"organizationName": "Plant"},
    )
    return certificate_file, key_file


@contextlib.asynccontextmanager
async def secured_press(folder: Path) -> AsyncIterator[tuple[str, Path, OpcUaSecurity]]:
    """A press that talks only encrypted; yields its url, its certificate, and the station's settings."""
    server_certificate, server_key = await certificate(
        folder,
        "press",
        APPLICATION_URI,
        ExtendedKeyUsageOID.SERVER_AUTH,
    )
    own_certificate, own_key = await certificate(
        folder,
        "station",
        STATION_URI,
        ExtendedKeyUsageOID.CLIENT_AUTH,
    )
    trusted = folder / "trusted"
    trusted.mkdir()
    press = PressServer(Press())
    await press.start(server_certificate, server_key)
    security = OpcUaSecurity("Basic256Sha256", own_certificate, own_key, trusted)
    try:
        yield f"opcua://127.0.0.1:{press.port}", server_certificate, security
    finally:
        await press.stop()


@pytest.mark.expected_log(r"certificate is not trusted")
def test_an_unknown_certificate_is_refused_with_the_reason_and_accepted_once_trusted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with secured_press(tmp_path) as (url, server_certificate, security):
            tags = press_tags(url, "Force", "State")
            async with running(OpcUaDriver("press", url, security, backoff=quick()), tags) as recorder:
                await eventually(lambda: "not trusted" in recorder.reason, 5.0, "refused")
                assert str(tmp_path / "trusted") in recorder.reason
                assert "SHA-256" in recorder.reason
                assert recorder.all_have("BadCommunicationError", tags)
                assert not any(sample.quality is Quality.GOOD for sample in recorder.samples)
                (tmp_path / "trusted" / "press.der").write_bytes(server_certificate.read_bytes())
                await eventually(lambda: good(recorder, tags), 5.0, "trusted now")
            plain = OpcUaDriver("press", url)
            (sample,) = await plain.read(tags[:1])
            await plain.close()
            assert sample.status == "BadCommunicationError", "without encryption this server is not read"

    asyncio.run(scenario())


NOWHERE = "opcua://127.0.0.1:9"


async def reason_with(security: OpcUaSecurity) -> str:
    """Why a driver with these settings does not connect; the files are looked at before the network is."""
    tags = press_tags(NOWHERE, "Force")
    async with running(OpcUaDriver("press", NOWHERE, security, backoff=quick()), tags) as recorder:
        await eventually(lambda: recorder.connection is Connection.LOST, 5.0, "lost")
        assert recorder.all_have("BadCommunicationError", tags)
        return recorder.reason


@pytest.mark.expected_log(
    r"^press: .*(is no certificate|Connection refused|No such file|is not the key|is no private key)"
)
def test_security_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        own, key = await certificate(tmp_path, "station", STATION_URI, ExtendedKeyUsageOID.CLIENT_AUTH)
        _, other_key = await certificate(tmp_path, "other", STATION_URI, ExtendedKeyUsageOID.CLIENT_AUTH)
        trusted = tmp_path / "trusted"
        trusted.mkdir()
        assert "Connection refused" in await reason_with(OpcUaSecurity("Basic256Sha256", own, key, trusted))
        missing = OpcUaSecurity("Basic256Sha256", own, tmp_path / "missing.pem", trusted)
        assert "missing.pem: No such file" in await reason_with(missing)
        foreign = OpcUaSecurity("Basic256Sha256", own, other_key, trusted)
        assert "other_key.pem is not the key of this station's certificate" in await reason_with(foreign)
        swapped = OpcUaSecurity("Basic256Sha256", own, own, trusted)
        assert "station.der is no private key" in await reason_with(swapped)
        (trusted / "broken.der").write_bytes(b"nothing")
        assert "broken.der is no certificate" in await reason_with(OpcUaSecurity("Basic256Sha256", own, key, trusted))

    asyncio.run(scenario())
