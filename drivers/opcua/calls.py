"""Calls into asyncua with its many ways to fail turned into one: :class:`DeviceLost` with a sentence."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncua
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from drivers.address import OpcUaAddress
from drivers.connection import reason_of
from drivers.opcua.values import seconds, status_name

MOST_PER_CALL = 500
_REFERENCES_PER_CALL = 1000
_MOST_REFERENCES = 100_000
_SLOWEST_CLOCK_S = 1.0
SERVER_STATE = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_State))
_LIBRARY = Path(asyncua.__file__).parent
_OURS = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Link:
    """One connection to a server: asyncua's client, and how many nodes the server takes in one call."""

    client: Client
    per_call: int = MOST_PER_CALL


class DeviceLost(Exception):
    """The server does not answer, or answers what cannot be used; the text is for a person."""


@contextlib.asynccontextmanager
async def device_call(where: str, timeout_s: float) -> AsyncIterator[None]:
    """Call the server at ``where`` for at most ``timeout_s``; raises DeviceLost for what goes wrong."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError:
        raise DeviceLost(f"no answer from {where} within {timeout_s:g} s") from None
    except OSError as error:
        raise DeviceLost(f"no connection to {where}: {reason_of(error)}") from error
    except UaStatusCodeError as error:
        raise DeviceLost(f"{where} refuses: {status_name(error.code)}") from error
    except UaError as error:
        raise DeviceLost(f"{where} cannot be used: {error}") from error
    except Exception as error:
        if not raised_in_library(error):
            raise
        raise DeviceLost(f"{where} answers what is not OPC UA ({type(error).__name__})") from error


def raised_in_library(error: Exception) -> bool:
    """Whether asyncua raised it, or the standard library when asyncua called it.

    On senseless bytes asyncua raises nearly anything; a fault of our own is raised by our own code.
    """
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    known = [path for path in files if path.is_relative_to(_LIBRARY) or path.is_relative_to(_OURS)]
    return bool(known) and known[-1].is_relative_to(_LIBRARY)


def node_id(address: OpcUaAddress, namespace: int | None = None) -> ua.NodeId:
    """The node of a parsed address; ``namespace`` is the index of its namespace URI where it has one."""
    namespace_text, separator, rest = address.node_id.partition(";")
    if namespace is not None:
        index, rest = ua.Int16(namespace), address.node_id
    elif separator and namespace_text.startswith("ns="):
        index = ua.Int16(namespace_text[3:])
    else:
        index, rest = ua.Int16(0), address.node_id
    kind, identifier = rest[0], rest[2:]
    if kind == "i":
        return ua.NodeId(ua.Int32(identifier), index, ua.NodeIdType.Numeric)
    if kind == "g":
        return ua.NodeId(ua.Guid(identifier), index, ua.NodeIdType.Guid)
    if kind == "b":
        return ua.NodeId(ua.ByteString(base64.b64decode(identifier)), index, ua.NodeIdType.ByteString)
    return ua.NodeId(ua.String(identifier), index, ua.NodeIdType.String)


async def read_values(link: Link, nodes: list[ua.NodeId]) -> list[ua.DataValue]:
    """Read the value attribute of many nodes, fresh from the device (no cache of the server)."""
    return await read_attributes(link, [(node, AttributeIds.Value) for node in nodes])


async def read_attributes(link: Link, wanted: list[tuple[ua.NodeId, AttributeIds]]) -> list[ua.DataValue]:
    """Read attributes of many nodes, in the order asked."""
    values: list[ua.DataValue] = []
    for first in range(0, len(wanted), link.per_call):
        answers, _ = await read_once(link, wanted[first : first + link.per_call])
        values += answers
    return values


async def read_once(
    link: Link, wanted: list[tuple[ua.NodeId, AttributeIds]]
) -> tuple[list[ua.DataValue], float | None]:
    """One call for a few attributes; also the server's clock minus ours in seconds, as its answer's header tells.

    None for a clock that cannot be told: no time in the header, or an answer that took too long to mean anything.
    """
    request = ua.ReadRequest()
    request.Parameters.MaxAge = 0
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
    request.Parameters.NodesToRead = [ua.ReadValueId(NodeId=node, AttributeId=attribute) for node, attribute in wanted]
    protocol = link.client.uaclient.protocol
    if protocol is None:
        raise ConnectionError("the connection is closed")
    sent = time.time()
    content = await protocol.send_request(request)
    received = time.time()
    response = struct_from_binary(ua.ReadResponse, content)
    response.ResponseHeader.ServiceResult.check()
    if len(response.Results) != len(wanted):
        raise UaError(f"{len(response.Results)} values answered where {len(wanted)} were asked")
    server_time = seconds(response.ResponseHeader.Timestamp)
    quick = 0 <= received - sent <= _SLOWEST_CLOCK_S
    return response.Results, None if server_time is None or not quick else server_time - (sent + received) / 2


async def browse_references(
    link: Link,
    nodes: list[ua.NodeId],
    kind: int,
    direction: ua.BrowseDirection = ua.BrowseDirection.Forward,
) -> list[list[ua.ReferenceDescription]]:
    """Each node's references of one kind, with its subtypes; at most 100,000 a node."""
    found: list[list[ua.ReferenceDescription]] = []
    for first in range(0, len(nodes), link.per_call):
        parameters = ua.BrowseParameters()
        parameters.NodesToBrowse = [_to_browse(node, kind, direction) for node in nodes[first : first + link.per_call]]
        parameters.RequestedMaxReferencesPerNode = ua.Counter(_REFERENCES_PER_CALL)
        results = await link.client.uaclient.session.browse(parameters)
        if len(results) != len(parameters.NodesToBrowse):
            raise UaError(f"{len(results)} nodes answered where {len(parameters.NodesToBrowse)} were asked")
        found += [await _all_references(link, result) for result in results]
    return found


async def _all_references(link: Link, result: ua.BrowseResult) -> list[ua.ReferenceDescription]:
    references = list(result.References or [])
    while result.ContinuationPoint and len(references) < _MOST_REFERENCES:
        following = ua.BrowseNextParameters()
        following.ContinuationPoints = [result.ContinuationPoint]
        (result,) = await link.client.uaclient.session.browse_next(following)
        references += list(result.References or [])
    return references


def _to_browse(node: ua.NodeId, kind: int, direction: ua.BrowseDirection) -> ua.BrowseDescription:
    description = ua.BrowseDescription()
    description.NodeId = node
    description.BrowseDirection = direction
    description.ReferenceTypeId = ua.NodeId(ua.Int32(kind))
    description.IncludeSubtypes = True
    description.ResultMask = ua.BrowseResultMask.All
    return description


async def write_value(link: Link, node: ua.NodeId, variant: ua.Variant) -> ua.StatusCode:
    """Write a value without times: many servers refuse a client's timestamps."""
    parameters = ua.WriteParameters()
    parameters.NodesToWrite = [ua.WriteValue(NodeId=node, AttributeId=AttributeIds.Value, Value=ua.DataValue(variant))]
    answers = await link.client.uaclient.session.write(parameters)
    if len(answers) != 1:
        raise UaError(f"{len(answers)} answers to one write")
    return answers[0]
