"""Calls into asyncua with its many ways to fail turned into one: :class:`DeviceLost` with a sentence."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import asyncua
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from drivers.address import OpcUaAddress
from drivers.connection import reason_of
from drivers.opcua.values import status_name

NODES_PER_CALL = 500
SERVER_STATE = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_State))
_LIBRARY = Path(asyncua.__file__).parent
_OURS = Path(__file__).parent.parent


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


def node_id(address: OpcUaAddress) -> ua.NodeId:
    """The node of a parsed address."""
    namespace_text, separator, rest = address.node_id.partition(";")
    if separator and namespace_text.startswith("ns="):
        namespace = ua.Int16(namespace_text[3:])
    else:
        namespace, rest = ua.Int16(0), address.node_id
    kind, identifier = rest[0], rest[2:]
    if kind == "i":
        return ua.NodeId(ua.Int32(identifier), namespace, ua.NodeIdType.Numeric)
    if kind == "g":
        return ua.NodeId(ua.Guid(identifier), namespace, ua.NodeIdType.Guid)
    if kind == "b":
        return ua.NodeId(ua.ByteString(base64.b64decode(identifier)), namespace, ua.NodeIdType.ByteString)
    return ua.NodeId(ua.String(identifier), namespace, ua.NodeIdType.String)


async def read_values(client: Client, nodes: list[ua.NodeId]) -> list[ua.DataValue]:
    """Read the value attribute of many nodes, fresh from the device (no cache of the server)."""
    values: list[ua.DataValue] = []
    for first in range(0, len(nodes), NODES_PER_CALL):
        parameters = ua.ReadParameters()
        parameters.MaxAge = 0
        parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
        parameters.NodesToRead = [
            ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value)
            for node in nodes[first : first + NODES_PER_CALL]
        ]
        answers = await client.uaclient.session.read(parameters)
        if len(answers) != len(parameters.NodesToRead):
            raise UaError(f"{len(answers)} values answered where {len(parameters.NodesToRead)} were asked")
        values += answers
    return values


async def write_value(client: Client, node: ua.NodeId, variant: ua.Variant) -> ua.StatusCode:
    """Write a value without times: many servers refuse a client's timestamps."""
    parameters = ua.WriteParameters()
    parameters.NodesToWrite = [ua.WriteValue(NodeId=node, AttributeId=AttributeIds.Value, Value=ua.DataValue(variant))]
    answers = await client.uaclient.session.write(parameters)
    if len(answers) != 1:
        raise UaError(f"{len(answers)} answers to one write")
    return answers[0]
