"""The OPC UA driver: our own reconnect loop around asyncua's client, one subscription, one watchdog.

A loss is noticed at once when the connection breaks, and within 1.5 s when the network swallows everything:
the watchdog reads the server's state every 0.5 s and waits 1 s for the answer. Then every tag is Bad with
BadCommunicationError and its last value, and the driver tries again after 0.5 s to 5 s until it is cancelled.
A node that the server does not know is Bad by itself; it is asked for again after each reconnect.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UaClientState
from asyncua.ua.uaerrors import UaError

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
from drivers.connection import BAD_COMMUNICATION, Backoff, DeviceReport, bad_sample, quiet_library
from drivers.opcua.browse import OBJECTS, browse_below
from drivers.opcua.calls import SERVER_STATE, DeviceLost, device_call, node_id, read_values, write_value
from drivers.opcua.security import OpcUaSecurity, SecurityFilesFault, ServerCertificates, apply_security
from drivers.opcua.subscription import TagSubscription
from drivers.opcua.values import NotScalar, quality_of, sample_of, status_name, variant_for

_logger = logging.getLogger("drivers.opcua")
_WATCHDOG_INTERVAL_S = 0.5
_WATCHDOG_TIMEOUT_S = 1.0
_GOODBYE_TIMEOUT_S = 1.0
_BROWSE_TIMEOUT_S = 30.0
_SESSION_TIMEOUT_MS = 30_000
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
        self._client: Client | None = None
        self._kept: Client | None = None
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
            async with self._session() as client, device_call(self._authority, self._timeout_s):
                values = await read_values(client, [node_id(address) for address in addresses])
        except DeviceLost as lost:
            _logger.info("%s: read failed: %s", self.device, lost)
            return [bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags]
        return [
            sample_of(tag.name, value, address.index)
            for tag, address, value in zip(tags, addresses, values, strict=True)
        ]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Write in the type of the node's present value; the sample's status says whether it was taken."""
        address = _opcua_address(tag)
        if not tag.writable or address.index is not None:
            return bad_sample(tag.name, "BadNotWritable", value)
        try:
            async with self._session() as client, device_call(self._authority, self._timeout_s):
                node = node_id(address)
                (present,) = await read_values(client, [node])
                if present.Value is None or present.Value.Value is None:
                    status = present.StatusCode or ua.StatusCode()
                    return bad_sample(tag.name, status_name(status.value) if status.is_bad() else "BadTypeMismatch")
                answer = await write_value(client, node, variant_for(value, present.Value))
        except NotScalar as fault:
            return bad_sample(tag.name, fault.status, value)
        except DeviceLost as lost:
            _logger.info("%s: write failed: %s", self.device, lost)
            return bad_sample(tag.name, BAD_COMMUNICATION, value)
        quality = quality_of(answer.value)
        return Sample(tag.name, value, quality, status_name(answer.value), None, time.time())

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """The nodes below one, "" for Objects. Raises ConnectionError, AddressError."""
        node = node_id(_opcua_address(Tag(address, address))) if address else OBJECTS
        try:
            async with self._session() as client, device_call(self._authority, _BROWSE_TIMEOUT_S):
                return await browse_below(client, node, self._authority, self._path)
        except DeviceLost as lost:
            raise ConnectionError(str(lost)) from lost

    async def close(self) -> None:
        """Close what a call outside ``run`` keeps open, and what a cancelled ``run`` may have left."""
        clients = [client for client in (self._client, self._kept) if client is not None]
        self._client = self._kept = None
        for client in clients:
            await _disconnect(client)

    async def _run_connected(
        self,
        tags: Sequence[Tag],
        addresses: list[OpcUaAddress],
        report: DeviceReport,
        cyclic: set[str],
    ) -> None:
        """Connect, subscribe and watch; leaves with DeviceLost (reported before the tidying) or cancelled."""
        client = await self._connect()
        self._client = client
        try:
            subscription = TagSubscription(tags, addresses, report, cyclic, self._queue_size)
            async with device_call(self._authority, self._timeout_s):
                await subscription.create(client)
            report.connected()
            subscription.open()  # so that no Good value comes before the news that the device is there
            self._backoff.reset()
            await self._watch(client, subscription)
        except DeviceLost as lost:
            report.lost(str(lost), None)
            raise
        finally:
            self._client = None
            await _disconnect(client)

    async def _watch(self, client: Client, subscription: TagSubscription) -> None:
        async with client.subscribe_state() as states:
            while True:
                if client.state is not UaClientState.CONNECTED:
                    raise DeviceLost(f"{self._authority} closed the connection")
                with contextlib.suppress(TimeoutError):
                    await states.next_change(_WATCHDOG_INTERVAL_S)
                    continue
                async with device_call(self._authority, _WATCHDOG_TIMEOUT_S):
                    await read_values(client, [SERVER_STATE])
                subscription.check()

    async def _connect(self) -> Client:
        quiet_library("asyncua")
        # asyncua's own watchdog (last number) would only repeat what ours does
        client = Client(self._endpoint, timeout=self._timeout_s, watchdog_intervall=3600.0)
        client.session_timeout = _SESSION_TIMEOUT_MS
        client.name = client.description = f"station {self.device}"
        try:
            certificates = ServerCertificates(self._security)
        except SecurityFilesFault as fault:
            raise DeviceLost(str(fault)) from fault
        try:
            async with device_call(self._authority, self._timeout_s):
                await apply_security(client, self._security, certificates)
                await client.connect()
        except DeviceLost as lost:
            await _disconnect(client)
            if certificates.refusal:
                raise DeviceLost(certificates.refusal) from lost
            raise
        except BaseException:
            await _disconnect(client)
            raise
        return client

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Client]:
        """The running connection where there is one, else one of its own that is kept until ``close``."""
        if self._client is not None and self._client.state is UaClientState.CONNECTED:
            yield self._client
            return
        async with self._opening:
            if self._kept is None or self._kept.state is not UaClientState.CONNECTED:
                await self._let_go()
                self._kept = await self._connect()
        try:
            yield self._kept
        except DeviceLost:
            await self._let_go()
            raise

    async def _let_go(self) -> None:
        client, self._kept = self._kept, None
        if client is not None:
            await _disconnect(client)


async def _disconnect(client: Client) -> None:
    """Say goodbye for at most a second, then close the socket whatever came of it."""
    try:
        async with asyncio.timeout(_GOODBYE_TIMEOUT_S):
            await client.disconnect()
    except (TimeoutError, OSError, UaError) as error:
        _logger.debug("goodbye failed: %r", error)
    finally:
        client.disconnect_socket()


def _opcua_address(tag: Tag) -> OpcUaAddress:
    address = parse_address(tag.address)
    if not isinstance(address, OpcUaAddress):
        raise AddressError(f'tag "{tag.name}": address "{tag.address}" is not of an OPC UA server')
    return address
