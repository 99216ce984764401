"""Connecting to a server and letting it go: security, a session, and what the server must say first."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UASocketProtocol
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

from drivers.connection import quiet_library
from drivers.opcua.calls import MOST_PER_CALL, DeviceLost, Link, device_call, read_once
from drivers.opcua.security import OpcUaSecurity, SecurityFilesFault, ServerCertificates, apply_security

_logger = logging.getLogger("drivers.opcua")
_GOODBYE_TIMEOUT_S = 1.0
_SESSION_TIMEOUT_MS = 30_000
MOST_MESSAGE_BYTES = 16 * 1024 * 1024
_LIMITS = (
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
)
NAMESPACE_ARRAY = ua.NodeId(ua.Int32(ObjectIds.Server_NamespaceArray))


@dataclass(frozen=True, slots=True)
class Opened:
    """A new connection: ``uris`` is the server's namespace array, ``skew_s`` its clock minus ours (None: not known)."""

    link: Link
    uris: list[str]
    skew_s: float | None


async def connect(endpoint: str, authority: str, station: str, security: OpcUaSecurity, timeout_s: float) -> Opened:
    """Open a session. Raises DeviceLost with a sentence, after everything is closed again."""
    quiet_library("asyncua")
    # asyncua's own watchdog (last number) would only repeat what the driver's does
    client = Client(endpoint, timeout=timeout_s, watchdog_intervall=3600.0)
    client.session_timeout = _SESSION_TIMEOUT_MS
    client.name = client.description = station
    client.max_messagesize = MOST_MESSAGE_BYTES
    _bound(client)
    try:
        certificates = ServerCertificates(security)
    except SecurityFilesFault as fault:
        raise DeviceLost(str(fault)) from fault
    try:
        async with device_call(authority, timeout_s):
            await apply_security(client, security, certificates)
            await client.connect()
            return await _first_words(client)
    except DeviceLost as lost:
        await disconnect(client)
        if certificates.refusal:
            raise DeviceLost(certificates.refusal) from lost
        raise
    except BaseException:
        await disconnect(client)
        raise


def _bound(client: Client) -> None:
    """Cut a connection whose one message grows beyond 16 MiB: asyncua asks the server to keep to a limit, and then
    collects whatever comes. There is no public place for it; a test floods a client to see that it holds.
    """
    make = client.uaclient._make_protocol

    def make_bounded() -> UASocketProtocol:
        protocol = make()
        receive = protocol.data_received

        def receive_bounded(data: bytes) -> None:
            if len(protocol.receive_buffer or b"") + protocol._connection._incoming_size > MOST_MESSAGE_BYTES:
                protocol.disconnect_socket()
            else:
                receive(data)

        protocol.data_received = receive_bounded  # type: ignore[method-assign]  # asyncio asks the object for it
        return protocol

    client.uaclient._make_protocol = make_bounded  # type: ignore[method-assign]  # see above


async def _first_words(client: Client) -> Opened:
    wanted = [(ua.NodeId(ua.Int32(limit)), AttributeIds.Value) for limit in _LIMITS]
    answers, skew_s = await read_once(Link(client), [(NAMESPACE_ARRAY, AttributeIds.Value), *wanted])
    uris, *limits = (None if answer.Value is None else answer.Value.Value for answer in answers)
    allowed = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    return Opened(Link(client, min([MOST_PER_CALL, *allowed])), namespace_uris(uris), skew_s)


def namespace_uris(raw: object) -> list[str]:
    """The namespace array of an answer. Raises UaError when it is none."""
    if not isinstance(raw, list) or not all(isinstance(uri, str) for uri in raw):
        raise UaError("the server does not tell its namespaces")
    return raw


async def disconnect(client: Client) -> None:
    """Say goodbye for at most a second, then close the socket whatever came of it."""
    try:
        async with asyncio.timeout(_GOODBYE_TIMEOUT_S):
            await client.disconnect()
    except (TimeoutError, OSError, UaError) as error:
        _logger.debug("goodbye failed: %r", error)
    finally:
        client.disconnect_socket()
