"""A real OPC UA server of a test's own, on the test's loop, whose every answer the test decides."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

NAMESPACE_URI = "urn:test"


@contextlib.asynccontextmanager
async def small_server() -> AsyncIterator[tuple[Server, str]]:
    """A server of the test's own, with a writable folder of values."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace(NAMESPACE_URI)
    await server.start()
    assert server.bserver is not None
    try:
        yield server, f"opcua://127.0.0.1:{server.bserver.port}"
    finally:
        await server.stop()


async def add(server: Server, name: str, value: object, kind: ua.VariantType | None = None) -> ua.NodeId:
    node = await server.nodes.objects.add_variable(
        ua.NodeId(ua.String(name), ua.Int16(2)), f"2:{name}", value, varianttype=kind
    )
    return node.nodeid


def now() -> ua.DateTime:
    return ua.DateTime.fromtimestamp(datetime.now(UTC).timestamp(), UTC)


async def put(
    server: Server, node: ua.NodeId, variant: ua.Variant, time: datetime | None = None, code: int = 0
) -> None:
    """Write a value as a machine would, with its time (now where none is given) and status."""
    stamp = now() if time is None else ua.DateTime.fromtimestamp(time.timestamp(), UTC)
    await server.write_attribute_value(
        node, ua.DataValue(variant, ua.StatusCode(ua.UInt32(code)), SourceTimestamp=stamp)
    )


def field(name: str, data_type: int | ua.NodeId, rank: int = -1, *, optional: bool = False) -> ua.StructureField:
    """A field of a structure: ``data_type`` is a built-in type's number or another type's node."""
    node = ua.NodeId(ua.Int32(data_type)) if isinstance(data_type, int) else data_type
    return ua.StructureField(Name=name, DataType=node, ValueRank=rank, IsOptional=optional)


async def add_type(server: Server, number: int, *fields: ua.StructureField) -> ua.NodeId:
    """A structure's data type ``ns=2;i=NUMBER`` whose values are sent under the encoding ``ns=2;i=NUMBER + 1``."""
    type_id = ua.NodeId(ua.Int32(number), ua.Int16(2))
    base = server.get_node(ua.NodeId(ua.Int32(ObjectIds.Structure)))
    await base.add_data_type(type_id, f"2:Type{number}")
    await define(server, number, *fields)
    return type_id


async def define(server: Server, number: int, *fields: ua.StructureField) -> None:
    """Say (anew) what a structure consists of."""
    definition = ua.StructureDefinition(
        DefaultEncodingId=ua.NodeId(ua.Int32(number + 1), ua.Int16(2)),
        BaseDataType=ua.NodeId(ua.Int32(ObjectIds.Structure)),
        StructureType=ua.StructureType.Structure,
        Fields=list(fields),
    )
    node = ua.NodeId(ua.Int32(number), ua.Int16(2))
    value: Any = ua.Variant(definition, ua.VariantType.ExtensionObject)
    await server.write_attribute_value(node, ua.DataValue(value), AttributeIds.DataTypeDefinition)


def structure(number: int, body: bytes) -> ua.Variant:
    """A structure's value as its bytes, under the encoding of :func:`add_type`."""
    content = ua.ExtensionObject(TypeId=ua.NodeId(ua.Int32(number + 1), ua.Int16(2)), Body=ua.ByteString(body))
    return ua.Variant(content, ua.VariantType.ExtensionObject)
