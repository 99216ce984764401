"""One client of ``opcua_source`` that counts what arrives, in a process of its own, so that its processor time is known.

``python -m tests.benchmarks.programs.opcua_counting HOW PORT NODES INTERVAL_S SECONDS`` with HOW one of

- ``driver``: our driver on its field loop, drained 20 times a second as the station does;
- ``bare``: asyncua alone, counting each message's values in the callback of the publish response;
- ``handler``: asyncua's own subscription, whose handler counts.

Each connects, lets half a second pass, counts for SECONDS and says what it counted, its processor time, and what was missing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds

from drivers.base import Sample, Tag
from drivers.field import FieldLoop
from drivers.opcua import OpcUaDriver

DRAIN_S = 0.05
START_S = 30.0
PER_CALL = 500


class Count:
    """What has arrived; the source's values count up by one a node, so that a missing one shows."""

    def __init__(self) -> None:
        self.arrived = 0
        self.missing = 0
        self._last: dict[str, float] = {}

    def add(self, samples: list[Sample]) -> None:
        """The newest samples of any tags."""
        last = self._last
        for sample in samples:
            value = sample.value
            if isinstance(value, float):
                name = sample.tag
                if value - last.get(name, value) > 1:
                    self.missing += int(value - last[name] - 1)
                last[name] = value
        self.arrived += len(samples)


def measured(begun: tuple[float, float], arrived: int, **more: Any) -> dict[str, Any]:
    """The result since ``begun`` (monotonic and processor seconds)."""
    seconds, cpu_s = time.monotonic() - begun[0], time.process_time() - begun[1]
    return {"per_s": arrived / seconds, "cpu_us": cpu_s / max(arrived, 1) * 1e6, **more}


def run_driver(port: int, nodes: int, interval_s: float, seconds: float) -> dict[str, Any]:
    """Our driver, its report, its queue."""
    url = f"opcua://127.0.0.1:{port}"
    tags = [Tag(f"load.{n}", f"{url}/ns=2;s=Load.{n}", interval_s=interval_s) for n in range(nodes)]
    loop, seen = FieldLoop(), Count()
    loop.start([(OpcUaDriver("plc", url), tags)])

    def drain(until_s: float) -> None:
        while time.monotonic() < until_s:
            seen.add(loop.samples.drain())
            time.sleep(DRAIN_S)

    deadline_s = time.monotonic() + START_S
    while seen.arrived < 2 * nodes and time.monotonic() < deadline_s:
        drain(time.monotonic() + 2 * DRAIN_S)
    drain(time.monotonic() + 0.5)
    begun, before = (time.monotonic(), time.process_time()), seen.arrived
    drain(time.monotonic() + seconds)
    found = measured(begun, seen.arrived - before, missing=seen.missing, overflowed=loop.samples.overflowed)
    states = loop.states.drain()
    loop.stop()
    return {**found, "gaps": states[-1].gaps, "overflows": states[-1].overflows}


async def run_bare(port: int, nodes: int, interval_s: float, seconds: float) -> dict[str, Any]:
    """asyncua, counting the values of each message as a whole."""
    arrived = 0

    def on_publish(result: ua.PublishResult) -> None:
        nonlocal arrived
        for notification in result.NotificationMessage.NotificationData or []:
            if isinstance(notification, ua.DataChangeNotification):
                arrived += len(notification.MonitoredItems)

    async with Client(f"opc.tcp://127.0.0.1:{port}") as client:
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = interval_s * 1000
        parameters.RequestedMaxKeepAliveCount, parameters.RequestedLifetimeCount = 10, 300
        parameters.MaxNotificationsPerPublish, parameters.PublishingEnabled = 10_000, True
        session = client.uaclient.session
        created = await session.create_subscription(parameters, on_publish)
        for first in range(0, nodes, PER_CALL):
            items = ua.CreateMonitoredItemsParameters()
            items.SubscriptionId = created.SubscriptionId
            items.TimestampsToReturn = ua.TimestampsToReturn.Source
            items.ItemsToCreate = [_item(n, interval_s) for n in range(first, min(first + PER_CALL, nodes))]
            await session.create_monitored_items(items)
        return await _counted(lambda: arrived, nodes, seconds)


def _item(number: int, interval_s: float) -> ua.MonitoredItemCreateRequest:
    request = ua.MonitoredItemCreateRequest()
    node = ua.NodeId(ua.String(f"Load.{number}"), ua.Int16(2))
    request.ItemToMonitor = ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value)
    request.MonitoringMode = ua.MonitoringMode.Reporting
    request.RequestedParameters.ClientHandle = ua.IntegerId(number)
    request.RequestedParameters.SamplingInterval = interval_s * 1000
    request.RequestedParameters.QueueSize = ua.Counter(20)
    request.RequestedParameters.DiscardOldest = True
    return request


class _Handler:
    """asyncua calls it for each value."""

    def __init__(self) -> None:
        self.arrived = 0

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        """One value."""
        self.arrived += 1


async def run_handler(port: int, nodes: int, interval_s: float, seconds: float) -> dict[str, Any]:
    """asyncua as its documentation shows it."""
    handler = _Handler()
    async with Client(f"opc.tcp://127.0.0.1:{port}") as client:
        subscription = await client.create_subscription(interval_s * 1000, handler)
        await subscription.subscribe_data_change(
            [client.get_node(f"ns=2;s=Load.{n}") for n in range(nodes)], queuesize=20
        )
        return await _counted(lambda: handler.arrived, nodes, seconds)


async def _counted(arrived: Any, nodes: int, seconds: float) -> dict[str, Any]:
    deadline_s = time.monotonic() + START_S
    while arrived() < 2 * nodes and time.monotonic() < deadline_s:
        await asyncio.sleep(DRAIN_S)
    await asyncio.sleep(0.5)
    begun, before = (time.monotonic(), time.process_time()), arrived()
    await asyncio.sleep(seconds)
    return measured(begun, arrived() - before)


def main(how: str, port: int, nodes: int, interval_s: float, seconds: float) -> None:
    """Count in one way and say what was found."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    if how == "driver":
        found = run_driver(port, nodes, interval_s, seconds)
    else:
        found = asyncio.run((run_bare if how == "bare" else run_handler)(port, nodes, interval_s, seconds))
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
