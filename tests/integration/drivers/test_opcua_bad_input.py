"""What no server should send and some do: no wrong value is taken, and every hole is told."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import math
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.monitored_item_service import MonitoredItemService
from asyncua.server.server import Server
from asyncua.server.subscription_service import SubscriptionService
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes

from drivers.base import Connection, Quality, Tag
from drivers.connection import Backoff
from drivers.opcua import OpcUaDriver
from drivers.opcua.session import MOST_MESSAGE_BYTES
from tests.drivers_support import Recorder, eventually, quick, running
from tests.integration.drivers.opcua_server import (
    NAMESPACE_URI,
    add,
    add_type,
    define,
    field,
    put,
    small_server,
    structure,
)

BAD_WITHIN_S = 2.0
DOUBLE, STRING = ua.VariantType.Double, ua.VariantType.String


def good_values(recorder: Recorder, name: str) -> list[object]:
    return [sample.value for sample in recorder.samples if sample.tag == name and sample.quality is Quality.GOOD]


def number(value: float) -> ua.Variant:
    return ua.Variant(value, DOUBLE)


@contextlib.asynccontextmanager
async def watched(
    value: ua.Variant, options: str = "", **more: Any
) -> AsyncIterator[tuple[Server, ua.NodeId, Recorder, str]]:
    """A server with one node "x" and the driver that reads it, Good already."""
    async with small_server() as (server, url):
        anything = ua.NodeId(ua.Int32(ObjectIds.BaseDataType))
        x = ua.NodeId(ua.String("x"), ua.Int16(2))
        node = (await server.nodes.objects.add_variable(x, "2:x", value, datatype=anything)).nodeid
        tag = Tag("x", f"{url}/nsu={NAMESPACE_URI};s=x{options}", **more)
        async with running(OpcUaDriver("plc", url, backoff=quick()), [tag]) as recorder:
            await eventually(lambda: recorder.quality("x") is Quality.GOOD, 5.0, "Good")
            yield server, node, recorder, url


def text(value: str) -> ua.Variant:
    return ua.Variant(value, STRING)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            number(1e308),
            [
                (number(math.nan), "BadOutOfRange"),
                (number(-math.inf), "BadOutOfRange"),
                (ua.Variant([1.0, 2.0], DOUBLE), "BadTypeMismatch"),
            ],
        ),
        (
            text("Idle"),
            [
                (text("x" * 5000), "BadEncodingLimitsExceeded"),
                (text("y" * 5_000_000), "BadEncodingLimitsExceeded"),
                (text("\udcff\udcfe"), "BadDecodingError"),
            ],
        ),
    ],
    ids=["numbers", "texts"],
)
def test_a_value_that_is_none_is_bad_and_the_last_right_one_is_kept(
    right: ua.Variant, wrong: list[tuple[ua.Variant, str]]
) -> None:
    async def scenario() -> None:
        async with watched(right) as (server, node, recorder, _):
            for variant, status in wrong:
                await put(server, node, variant)
                await eventually(lambda: recorder.status("x") == status, BAD_WITHIN_S, status)  # noqa: B023  # awaited here
                assert recorder.last("x").value == right.Value  # type: ignore[union-attr]  # Good before
                await put(server, node, right)
                await eventually(lambda: recorder.quality("x") is Quality.GOOD, BAD_WITHIN_S, "Good again")
            assert set(good_values(recorder, "x")) == {right.Value}

    asyncio.run(scenario())


def test_a_time_that_cannot_be_is_not_passed_on() -> None:
    async def scenario() -> None:
        async with watched(number(1.0)) as (server, node, recorder, _):
            for year, status in (
                (1601, "Good"),
                (1965, "Good"),
                (2099, "BadInvalidTimestamp"),
                (9999, "BadInvalidTimestamp"),
            ):
                await put(server, node, number(year), datetime(year, 1, 2, tzinfo=UTC))
                await eventually(lambda: recorder.last("x").source_time is None, BAD_WITHIN_S, "told")  # type: ignore[union-attr]  # Good before
                assert recorder.status("x") == status
                await put(server, node, number(year + 0.5))
                await eventually(lambda: year + 0.5 in good_values(recorder, "x"), BAD_WITHIN_S, "Good again")  # noqa: B023  # awaited here
            assert 2099.0 not in good_values(recorder, "x")

    asyncio.run(scenario())


def test_times_that_stand_still_or_go_back_are_passed_on_in_order_and_counted() -> None:
    async def scenario() -> None:
        async with watched(number(0.0), "?queue=50") as (server, node, recorder, _):
            base = time.time() - 100
            offsets = [0, 1, 1, 2, -50, -49, 3]
            for value, offset in enumerate(offsets, start=1):
                await put(server, node, number(float(value)), datetime.fromtimestamp(base + offset, UTC))
            await eventually(lambda: 7.0 in good_values(recorder, "x"), 3.0, "all seven")
            assert good_values(recorder, "x")[-7:] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
            times = [sample.source_time for sample in recorder.samples if sample.quality is Quality.GOOD][-7:]
            assert [round(at - base) for at in times if at is not None] == offsets
            await eventually(
                lambda: recorder.states[-1].backward_times == 2, 6.0, "counted, the first from now to then"
            )

    asyncio.run(scenario())


def test_the_same_number_written_again_once_is_no_cycle() -> None:
    async def scenario() -> None:
        async with watched(number(5.0), stale_after_s=0.3) as (server, node, recorder, _):
            await put(server, node, number(5.0))
            begun = time.monotonic()
            await eventually(lambda: time.monotonic() > begun + 1.2, 3.0, "silence")
            assert recorder.quality("x") is Quality.GOOD

    asyncio.run(scenario())


def test_100_samples_between_two_publishings_arrive_whole_and_in_order() -> None:
    async def scenario() -> None:
        async with watched(number(-1.0), "?queue=100&sampling_s=0.01", interval_s=1.0) as (server, node, recorder, _):
            batches = len(recorder.samples)
            for value in range(150):
                await put(server, node, number(float(value)))
                await asyncio.sleep(0.01)
            await eventually(lambda: 149.0 in good_values(recorder, "x"), 3.0, "the last")
            assert good_values(recorder, "x")[-150:] == [float(value) for value in range(150)]
            assert len(recorder.samples) > batches

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: .*messages never came")
@pytest.mark.parametrize("kept", [True, False], ids=["the server has it still", "the server has it no more"])
def test_a_message_that_never_comes_is_asked_for_again_or_told(
    kept: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pop: Callable[[InternalSubscription], ua.PublishResult] = InternalSubscription._pop_publish_result
    losing: list[bool] = []

    def lossy(subscription: InternalSubscription) -> ua.PublishResult:
        result = pop(subscription)
        if losing and result.NotificationMessage.NotificationData:
            losing.clear()
            if not kept:
                subscription._not_acknowledged_results.clear()
            result = pop(subscription)  # what was popped first is never sent
        return result

    async def scenario() -> None:
        async with watched(number(1.0)) as (server, node, recorder, _):
            monkeypatch.setattr(InternalSubscription, "_pop_publish_result", lossy)
            losing.append(True)
            await put(server, node, number(2.0))
            await eventually(lambda: not losing, 2.0, "a message is lost")
            await eventually(lambda: 2.0 in good_values(recorder, "x"), 4.0, "the value comes all the same")
            holes = [sample for sample in recorder.samples if sample.status == "BadDataLost"]
            assert bool(holes) is not kept, "a hole is marked, and only a hole"
            assert recorder.states[-1].gaps == (0 if kept else 1)
            assert recorder.connection is Connection.CONNECTED

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    levels = [record.levelname for record in caplog.records if "messages" in record.msg or "again" in record.msg]
    assert len([r for r in caplog.records if r.levelname == "WARNING"]) == (0 if kept else 1), levels


@pytest.mark.expected_log(r"^plc: the server ended the subscription|published nothing|BadConfigurationError|anew")
def test_a_server_that_numbers_its_namespaces_anew(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            await add(server, "x", 1.0)
            by_uri, by_index = Tag("uri", f"{url}/nsu={NAMESPACE_URI};s=x"), Tag("index", f"{url}/ns=2;s=x")
            other = await server.register_namespace("urn:other")
            await server.nodes.objects.add_variable(ua.NodeId(ua.String("x"), ua.Int16(other)), "3:x", 99.0)
            array = server.get_node(ua.NodeId(ua.Int32(ObjectIds.Server_NamespaceArray)))
            uris = await array.read_value()
            driver = OpcUaDriver("plc", url, backoff=quick())
            async with running(driver, [by_uri, by_index]) as recorder:
                await eventually(
                    lambda: recorder.last("index") is not None and good_values(recorder, "index") != [], 5.0, "Good"
                )
                begun = time.monotonic()
                await eventually(lambda: time.monotonic() > begun + 1.2, 3.0, "the array is read twice")
                await array.write_value([*uris[:2], uris[3], uris[2]])
                await eventually(lambda: recorder.status("index") == "BadConfigurationError", BAD_WITHIN_S, "Bad")
                await eventually(lambda: 99.0 in good_values(recorder, "uri"), 3.0, "the URI is followed")
                assert 99.0 not in good_values(recorder, "index"), "a number is never another machine's value"
                assert (
                    await driver.write(Tag("index", by_index.address, writable=True), 5.0)
                ).status == "BadConfigurationError"
                nobody = Tag("nobody", f"{url}/nsu=urn:nobody;s=x")
                read, followed, unknown = await driver.read([by_index, by_uri, nobody])
                assert (read.status, followed.value) == ("BadConfigurationError", 99.0)
                assert unknown.status == "BadNodeIdUnknown"

    asyncio.run(scenario())


def test_a_server_whose_clock_is_hours_off_is_read_with_our_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send = UaProcessor.send_response
    ahead = timedelta(hours=2)

    def late(processor: UaProcessor, handle: Any, header: Any, response: Any, *more: Any, **others: Any) -> Any:
        response.ResponseHeader.Timestamp = datetime.now(UTC) + ahead
        return send(processor, handle, header, response, *more, **others)  # type: ignore[no-untyped-call]  # asyncua

    monkeypatch.setattr(UaProcessor, "send_response", late)

    async def scenario() -> None:
        async with watched(number(1.0)) as (server, node, recorder, _):
            await put(server, node, number(2.0), datetime.now(UTC) + ahead)
            await eventually(lambda: 2.0 in good_values(recorder, "x"), BAD_WITHIN_S, "Good all the same")
            last = recorder.last("x")
            assert last is not None and last.source_time is None
            skew_s = recorder.states[-1].clock_skew_s
            assert skew_s is not None and 7195 < skew_s < 7205

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    assert ["clock is off" in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.expected_log(r"^plc: .*published nothing")
def test_a_subscription_that_the_server_forgets_is_noticed_and_made_anew() -> None:
    async def scenario() -> None:
        async with watched(number(1.0), "?queue=5") as (server, node, recorder, _):
            service = server.iserver.subscription_service
            begun = time.monotonic()
            await service.delete_subscriptions(list(service.subscriptions))
            await put(server, node, number(2.0))
            await eventually(lambda: recorder.quality("x") is Quality.BAD, 2.5, "Bad")
            assert time.monotonic() - begun < 2.5
            await eventually(lambda: 2.0 in good_values(recorder, "x"), 3.0, "what is now")
            assert [sample.status for sample in recorder.samples][-2:] == ["BadDataLost", "Good"]
            assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: refuses")
def test_what_the_server_does_not_watch_now_is_watched_later_on_the_same_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that is full has room again when another client goes, and one that has just started fills its tree later."""
    monkeypatch.setattr("drivers.opcua.subscription._FIRST_ASKED_AGAIN_S", 0.1)
    create = MonitoredItemService._create_data_change_monitored_item
    full = [True]

    async def create_with_room(self: Any, params: Any) -> ua.MonitoredItemCreateResult:
        if full[0] and str(params.ItemToMonitor.NodeId.Identifier) != "few":
            return ua.MonitoredItemCreateResult(
                StatusCode=ua.StatusCode(ua.UInt32(StatusCodes.BadTooManyMonitoredItems))
            )
        return await create(self, params)

    monkeypatch.setattr(MonitoredItemService, "_create_data_change_monitored_item", create_with_room)

    async def scenario() -> None:
        async with small_server() as (server, url):
            names = ["few", *(f"many{n}" for n in range(150))]
            for name in names:
                await add(server, name, 5.0)
            tags = [Tag(name, f"{url}/ns=2;s={name}") for name in names]
            async with running(OpcUaDriver("plc", url, backoff=quick()), tags) as recorder:
                await eventually(lambda: recorder.quality("few") is Quality.GOOD, 5.0, "the one that there is room for")
                assert recorder.all_have("BadTooManyMonitoredItems", tags[1:])
                full[0] = False
                await eventually(lambda: all(recorder.quality(n) is Quality.GOOD for n in names), 8.0, "all of them")
                assert Connection.LOST not in [state.connection for state in recorder.states]

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    (refused,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert refused.startswith("plc: refuses 150 tags (")


@pytest.mark.parametrize("revised_ms", [math.nan, math.inf, -1.0, 0.0, 3000.0])
def test_whatever_a_server_makes_of_the_publishing_interval(
    revised_ms: float, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    create = SubscriptionService.create_subscription

    async def create_revised(*args: Any, **more: Any) -> ua.CreateSubscriptionResult:
        result = copy.copy(await create(*args, **more))
        result.RevisedPublishingInterval = revised_ms
        return result

    monkeypatch.setattr(SubscriptionService, "create_subscription", create_revised)

    async def scenario() -> None:
        async with watched(number(1.0), "?sampling_s=0.1") as (server, node, recorder, _):
            await put(server, node, number(2.0))
            await eventually(lambda: 2.0 in good_values(recorder, "x"), 5.0, "a change")

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    told = [record.message for record in caplog.records if "publishes every" in record.message]
    assert told == (["plc: the server publishes every 3 s, not every 0.1 s"] if revised_ms == 3000.0 else [])


def test_a_deadband_that_the_server_does_not_know_is_applied_here() -> None:
    """asyncua's server accepts a deadband in percent and does nothing."""

    async def scenario() -> None:
        async with small_server() as (server, url):
            node = await server.nodes.objects.add_variable(ua.NodeId(ua.String("x"), ua.Int16(2)), "2:x", 0.0)
            extent = ua.Range(Low=ua.Double(0.0), High=ua.Double(200.0))
            await node.add_property(ua.NodeId(ua.String("x.EURange"), ua.Int16(2)), "0:EURange", extent)
            tag = Tag("x", f"{url}/ns=2;s=x?deadband_percent=1&queue=100")
            async with running(OpcUaDriver("plc", url), [tag]) as recorder:
                await eventually(lambda: recorder.quality("x") is Quality.GOOD, 5.0, "Good")
                for value in (1.0, 1.9, 2.1, 4.0, 4.2, 50.0):
                    await put(server, node.nodeid, number(value))
                await eventually(lambda: 50.0 in good_values(recorder, "x"), 3.0, "the last")
                assert good_values(recorder, "x") == [0.0, 2.1, 4.2, 50.0]

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: the server has changed a data type")
def test_a_structure_whose_definition_changes_is_never_read_with_the_old_one() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            kind = await add_type(server, 3000, field("force", 11), field("speed", 11))
            node = await server.nodes.objects.add_variable(
                ua.NodeId(ua.String("r"), ua.Int16(2)),
                "2:r",
                structure(3000, struct.pack("<dd", 1.0, 2.0)),
                datatype=kind,
            )
            force, speed = (Tag(name, f"{url}/ns=2;s=r?path={name}") for name in ("force", "speed"))
            async with running(OpcUaDriver("plc", url, backoff=quick()), [force, speed]) as recorder:
                await eventually(lambda: good_values(recorder, "speed") == [2.0], 5.0, "Good")
                assert recorder.descriptions["speed"].data_type == "Double"
                await put(server, node.nodeid, structure(3000, struct.pack("<ddd", 9.0, 9.0, 9.0)))
                await eventually(lambda: recorder.status("force") == "BadDecodingError", BAD_WITHIN_S, "too many bytes")
                await define(server, 3000, field("speed", 11), field("force", 11), field("torque", 11))
                await eventually(
                    lambda: good_values(recorder, "force")[-1:] == [9.0], 4.0, "read with the new definition"
                )
                await put(server, node.nodeid, structure(3000, struct.pack("<ddd", 4.0, 3.0, 5.0)))
                await eventually(lambda: good_values(recorder, "force")[-1] == 3.0, 2.0, "force is the second now")
                assert set(good_values(recorder, "force")) == {1.0, 9.0, 3.0}
                assert set(good_values(recorder, "speed")) == {2.0, 9.0, 4.0}

    asyncio.run(scenario())


def test_a_structure_of_an_unexpected_type_is_bad_until_its_type_is_found() -> None:
    async def scenario() -> None:
        async with small_server() as (server, url):
            kind = await add_type(server, 3000, field("force", 11))
            await add_type(server, 4000, field("force", 10))
            node = await server.nodes.objects.add_variable(
                ua.NodeId(ua.String("r"), ua.Int16(2)), "2:r", structure(3000, struct.pack("<d", 1.0)), datatype=kind
            )
            force = Tag("force", f"{url}/ns=2;s=r?path=force")
            async with running(OpcUaDriver("plc", url, backoff=quick()), [force]) as recorder:
                await eventually(lambda: good_values(recorder, "force") == [1.0], 5.0, "Good")
                await put(server, node.nodeid, structure(4000, struct.pack("<f", 2.5)))
                await eventually(lambda: recorder.status("force") == "BadDataTypeIdUnknown", BAD_WITHIN_S, "not known")
                assert recorder.connection is Connection.CONNECTED

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^plc: ")
def test_many_reconnects_leave_nothing_behind(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> None:
    """``--kills 1000`` for the thousand of the campaign."""
    rounds = request.config.getoption("--kills") or 8

    async def scenario() -> None:
        async with small_server() as (server, url):
            await add(server, "x", 1.0)
            tag = Tag("x", f"{url}/ns=2;s=x")
            assert server.bserver is not None
            async with running(OpcUaDriver("plc", url, backoff=Backoff(0.01, 0.02)), [tag]) as recorder:
                for round_number in range(rounds):
                    await eventually(lambda: recorder.quality("x") is Quality.GOOD, 5.0, "Good")
                    await server.bserver.stop()
                    await eventually(lambda: recorder.quality("x") is Quality.BAD, BAD_WITHIN_S, "Bad")
                    await server.bserver.start()
                    if round_number == rounds // 2:
                        tracemalloc.start()
                        before = tracemalloc.get_traced_memory()[0]
                    recorder.samples[:-1], recorder.states[:-1] = [], []
                await eventually(lambda: recorder.quality("x") is Quality.GOOD, 5.0, "Good at last")
                grown = tracemalloc.get_traced_memory()[0] - before
                tracemalloc.stop()
                assert grown < 300_000 + 20_000 * rounds, grown

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    lines = [record.levelname for record in caplog.records]
    assert lines == ["WARNING", "INFO"] * rounds, "one line for each failure and one for each recovery"


@pytest.mark.expected_log(r"^plc: ")
def test_a_message_that_never_ends_does_not_fill_the_memory() -> None:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        with contextlib.suppress(OSError):
            await reader.read(1000)
            writer.write(b"MSGF\xff\xff\xff\x7f")
            while True:
                writer.write(bytes(1 << 18))
                await writer.drain()
                sent += 1 << 18
        writer.close()

    async def scenario() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"opcua://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        tag = Tag("x", f"{url}/ns=2;s=x")
        tracemalloc.start()
        async with running(OpcUaDriver("plc", url, timeout_s=3.0, backoff=Backoff(5.0, 5.0)), [tag]) as recorder:
            await eventually(lambda: recorder.connection is Connection.LOST, 5.0, "cut")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5 * MOST_MESSAGE_BYTES, (peak, sent)
        server.close()

    asyncio.run(scenario())
