"""The OPC UA driver: our own reconnect loop around asyncua's client, one subscription, one watchdog.

A loss is noticed at once when the connection breaks, and within 1.5 s when the network swallows everything:
the watchdog reads the server's state every 0.5 s and waits 1 s for the answer. Then every tag is Bad with
BadCommunicationError and its last value, and the driver tries again after 0.5 s to 5 s until it is cancelled.
A node that the server does not know (yet), or does not want to watch, is Bad by itself; it is asked for again after 5 s,
later each minute, and after each reconnect.

With the state the watchdog reads what an address's meaning hangs on: the namespaces and, where tags have data
types of the server's own, their definitions. When one changes, or the subscription fails while the server
answers, the subscription is made anew on the same connection; twice within 5 s, the connection as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from asyncua import ua
from asyncua.client.ua_client import UaClientState
from asyncua.ua.attribute_ids import AttributeIds

from drivers.address import OpcUaAddress, parse_address, parse_device_url
from drivers.base import (
    AddressError,
    DescriptionSink,
    DeviceNode,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.connection import BAD_COMMUNICATION, Backoff, DeviceReport, bad_sample
from drivers.opcua.browse import OBJECTS, browse_below
from drivers.opcua.calls import SERVER_STATE, DeviceLost, Link, device_call, read_once, read_values, write_value
from drivers.opcua.describe import describe_nodes
from drivers.opcua.namespaces import Namespaces
from drivers.opcua.picking import NotScalar, steps_of
from drivers.opcua.security import OpcUaSecurity
from drivers.opcua.session import NAMESPACE_ARRAY, connect, disconnect, namespace_uris
from drivers.opcua.structures import TypeBook
from drivers.opcua.subscription import DATA_LOST, SubscriptionLost, TagSubscription
from drivers.opcua.values import MAX_SKEW_S, Arrival, quality_of, sample_of, status_name, variant_for

_logger = logging.getLogger("drivers.opcua")
_WATCHDOG_INTERVAL_S = 0.5
_WATCHDOG_TIMEOUT_S = 1.0
_BROWSE_TIMEOUT_S = 30.0
_ANEW_AT_MOST_EVERY_S = 5.0
_NO_SECURITY = OpcUaSecurity()


class OpcUaDriver:
    """One OPC UA server as a :class:`drivers.base.Driver`.

    ``url`` is the device's URL, ``opcua://HOST:PORT[/path]`` (``opc.tcp://`` is taken too). ``queue_size`` is
    how many values the server keeps for us between two publishings. Raises AddressError for the url.
    """

    def __init__(
        self,
        device: str,
        url: str,
        security: OpcUaSecurity = _NO_SECURITY,
        *,
        queue_size: int = 20,
        timeout_s: float = 4.0,
        backoff: Backoff | None = None,
    ) -> None:
        self.device = device
        scheme, self._authority, self._path = parse_device_url(url.replace("opc.tcp://", "opcua://", 1))
        if scheme != "opcua":
            raise AddressError(f'device url "{url}": not an OPC UA server; allowed: opcua://HOST:PORT[/path]')
        self._endpoint = f"opc.tcp://{self._authority}{quote(self._path, safe='/')}"
        self._security = security
        self._queue_size = queue_size
        self._timeout_s = timeout_s
        self._backoff = backoff or Backoff()
        self._namespaces = Namespaces()
        self._skew_s: float | None = None
        self._link: Link | None = None
        self._kept: Link | None = None
        self._opening = asyncio.Lock()

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        """Keep the tags subscribed until cancelled; raises AddressError before anything else."""
        addresses = [_opcua_address(tag) for tag in tags]
        report = DeviceReport(self.device, tags, on_samples, on_state, _logger, on_description)
        cyclic: set[str] = set()
        report.connecting()
        try:
            while True:
                try:
                    await self._run_connected(tags, addresses, report, cyclic)
                except DeviceLost as lost:
                    wait_s = self._backoff.next_s()
                    report.lost(str(lost), time.time() + wait_s)
                    await asyncio.sleep(wait_s)
        finally:
            report.closed()

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        addresses = [_opcua_address(tag) for tag in tags]
        try:
            async with self._session() as link, device_call(self._authority, self._timeout_s):
                return await self._read(link, tags, addresses)
        except DeviceLost as lost:
            _logger.info("%s: read failed: %s", self.device, lost)
            return [bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags]

    async def _read(self, link: Link, tags: Sequence[Tag], addresses: Sequence[OpcUaAddress]) -> list[Sample]:
        samples: dict[int, Sample] = {}
        nodes: dict[int, ua.NodeId] = {}
        for position, (tag, address) in enumerate(zip(tags, addresses, strict=True)):
            try:
                nodes[position] = self._namespaces.node(address)
            except NotScalar as fault:
                samples[position] = bad_sample(tag.name, fault.status)
        values = await read_values(link, list(nodes.values()))
        book = TypeBook()
        facts = await describe_nodes(link, list(nodes.values()), book)
        arrival = Arrival.at(time.time(), self._skew_s)

        def convert() -> None:
            for position, value, fact in zip(nodes, values, facts, strict=True):
                name, steps = tags[position].name, steps_of(addresses[position])
                states = dict(fact.of_tag(name, steps, book).states)
                samples[position] = sample_of(name, value, arrival, steps, states, book.opened)

        convert()
        if book.unknown and await book.explain_unknown(link):
            convert()
        return [samples[position] for position in range(len(tags))]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Write in the type of the node's present value; the sample's status says whether it was taken."""
        address = _opcua_address(tag)
        if not tag.writable or steps_of(address):
            return bad_sample(tag.name, "BadNotWritable", value)
        try:
            async with self._session() as link, device_call(self._authority, self._timeout_s):
                node = self._namespaces.node(address)
                (present,) = await read_values(link, [node])
                if present.Value is None or present.Value.Value is None:
                    status = present.StatusCode or ua.StatusCode()
                    return bad_sample(tag.name, status_name(status.value) if status.is_bad() else "BadTypeMismatch")
                answer = await write_value(link, node, variant_for(value, present.Value))
        except NotScalar as fault:
            return bad_sample(tag.name, fault.status, value)
        except DeviceLost as lost:
            _logger.info("%s: write failed: %s", self.device, lost)
            return bad_sample(tag.name, BAD_COMMUNICATION, value)
        quality = quality_of(answer.value)
        return Sample(tag.name, value, quality, status_name(answer.value), None, time.time())

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """The nodes below one, "" for Objects. Raises ConnectionError, AddressError."""
        parsed = _opcua_address(Tag(address, address)) if address else None
        try:
            async with self._session() as link, device_call(self._authority, _BROWSE_TIMEOUT_S):
                node = OBJECTS if parsed is None else self._namespaces.node(parsed)
                return await browse_below(link, node, self._authority, self._path)
        except DeviceLost as lost:
            raise ConnectionError(str(lost)) from lost
        except NotScalar as fault:
            raise AddressError(f'address "{address}": {fault.status}; allowed: an address that browse gave') from fault

    async def close(self) -> None:
        """Close what a call outside ``run`` keeps open, and what a cancelled ``run`` may have left."""
        links = [link for link in (self._link, self._kept) if link is not None]
        self._link = self._kept = None
        for link in links:
            await disconnect(link.client)

    async def _run_connected(
        self,
        tags: Sequence[Tag],
        addresses: list[OpcUaAddress],
        report: DeviceReport,
        cyclic: set[str],
    ) -> None:
        """Connect, subscribe and watch; leaves with DeviceLost (reported before the tidying) or cancelled."""
        link = await self._connect()
        self._link = link
        given_up = -math.inf
        try:
            while True:
                subscription = TagSubscription(tags, addresses, report, cyclic, self._queue_size)
                self._measured(self._skew_s, subscription, report)
                async with device_call(self._authority, self._timeout_s):
                    await subscription.create(link, self._namespaces)
                report.connected()
                subscription.open()  # so that no Good value comes before the news that the device is there
                try:
                    await self._watch(link, subscription, report)
                except SubscriptionLost as lost:
                    if time.monotonic() - given_up < _ANEW_AT_MOST_EVERY_S:
                        raise DeviceLost(str(lost)) from lost
                    given_up = time.monotonic()
                    await self._give_up(subscription, str(lost), report)
        except DeviceLost as lost:
            report.lost(str(lost), None)
            raise
        finally:
            self._link = None
            await disconnect(link.client)

    async def _give_up(self, subscription: TagSubscription, why: str, report: DeviceReport) -> None:
        """Before a subscription is made anew: say why, and that values may have been missed."""
        report.trouble(f"{why}; subscribing again")
        report.mark_bad(DATA_LOST)
        async with device_call(self._authority, self._timeout_s):
            await subscription.close()

    async def _watch(self, link: Link, subscription: TagSubscription, report: DeviceReport) -> None:
        """Until the connection breaks (DeviceLost) or the subscription must be made anew (SubscriptionLost)."""
        async with link.client.subscribe_state() as states:
            while True:
                if link.client.state is not UaClientState.CONNECTED:
                    raise DeviceLost(f"the server closed the connection ({self._authority})")
                with contextlib.suppress(TimeoutError):  # nothing changed for so long: it is looked at below
                    await states.next_change(_WATCHDOG_INTERVAL_S)
                    continue
                async with device_call(self._authority, _WATCHDOG_TIMEOUT_S):
                    await self._look(link, subscription, report)
                subscription.check()
                async with device_call(self._authority, _WATCHDOG_TIMEOUT_S):
                    await subscription.ask_for_refused(link)
                self._backoff.reset()

    async def _look(self, link: Link, subscription: TagSubscription, report: DeviceReport) -> None:
        """Read what the meaning of the values hangs on."""
        wanted = [(SERVER_STATE, AttributeIds.Value), (NAMESPACE_ARRAY, AttributeIds.Value)]
        (_, array), skew_s = await read_once(link, wanted)
        self._measured(skew_s, subscription, report)
        if self._namespaces.learn(namespace_uris(None if array.Value is None else array.Value.Value)):
            raise SubscriptionLost("the server has numbered its namespaces anew")
        if await subscription.book.has_changed(link):
            raise SubscriptionLost("the server has changed a data type")
        await subscription.explain(link)

    def _measured(self, skew_s: float | None, subscription: TagSubscription, report: DeviceReport) -> None:
        """The server's clock minus ours, where it could be told."""
        report.lost_on_the_way()
        if skew_s is None:
            return
        self._skew_s = subscription.skew_s = skew_s
        report.clock_skew(skew_s)
        if abs(skew_s) > MAX_SKEW_S:
            report.note("its clock is off by more than a minute: values get the time of their arrival")

    async def _connect(self) -> Link:
        opened = await connect(
            self._endpoint, self._authority, f"station {self.device}", self._security, self._timeout_s
        )
        self._namespaces.learn(opened.uris)
        self._skew_s = opened.skew_s
        return opened.link

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Link]:
        """The running connection where there is one, else one of its own that is kept until ``close``."""
        if self._link is not None and self._link.client.state is UaClientState.CONNECTED:
            yield self._link
            return
        async with self._opening:
            if self._kept is None or self._kept.client.state is not UaClientState.CONNECTED:
                await self._let_go()
                self._kept = await self._connect()
        try:
            yield self._kept
        except DeviceLost:
            await self._let_go()
            raise

    async def _let_go(self) -> None:
        link, self._kept = self._kept, None
        if link is not None:
            await disconnect(link.client)


def _opcua_address(tag: Tag) -> OpcUaAddress:
    address = parse_address(tag.address)
    if not isinstance(address, OpcUaAddress):
        raise AddressError(f'tag "{tag.name}": address "{tag.address}" is not of an OPC UA server')
    return address
