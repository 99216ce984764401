"""What is directly below a node of a server: its own nodes before the standard's, and what each says of itself.

The properties of a variable (its unit, its range) describe it and are not listed below it; those of an object
are listed, since devices keep their serial number and their maker there.
"""

from __future__ import annotations

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from drivers.address import OpcUaAddress
from drivers.base import DeviceNode, NodeKind
from drivers.opcua.calls import Link, browse_references
from drivers.opcua.describe import NodeFacts, describe_nodes
from drivers.opcua.structures import TypeBook, plain_node

OBJECTS = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))


async def browse_below(link: Link, node: ua.NodeId, authority: str, path: str) -> list[DeviceNode]:
    """The nodes directly below one node, each once, in the server's order."""
    (references,) = await browse_references(link, [node], ObjectIds.HierarchicalReferences)
    listed = {plain_node(reference.NodeId): reference for reference in references if _is_listed(reference)}
    children = sorted(listed.values(), key=lambda reference: reference.NodeId.NamespaceIndex == 0)
    nodes = [plain_node(child.NodeId) for child in children]
    below = await browse_references(link, nodes, ObjectIds.HierarchicalReferences)
    variables = [node for node, child in zip(nodes, children, strict=True) if child.NodeClass == ua.NodeClass.Variable]
    facts = dict(zip(variables, await describe_nodes(link, variables, TypeBook()), strict=True))
    return [
        _device_node(child, OpcUaAddress(authority, path, node_text(node)), found, facts.get(node))
        for node, child, found in zip(nodes, children, below, strict=True)
    ]


def _is_listed(reference: ua.ReferenceDescription) -> bool:
    return reference.NodeClass in (ua.NodeClass.Object, ua.NodeClass.Variable) and not _on_other_server(
        reference.NodeId
    )


def _device_node(
    reference: ua.ReferenceDescription,
    address: OpcUaAddress,
    below: list[ua.ReferenceDescription],
    facts: NodeFacts | None,
) -> DeviceNode:
    is_variable = reference.NodeClass == ua.NodeClass.Variable
    children = [child for child in below if _is_listed(child)]
    if is_variable:
        children = [child for child in children if child.ReferenceTypeId.Identifier != ObjectIds.HasProperty]
    facts = facts or NodeFacts()
    return DeviceNode(
        address=str(address),
        name=reference.DisplayName.Text or reference.BrowseName.Name or address.node_id,
        kind=NodeKind.VARIABLE if is_variable else NodeKind.FOLDER,
        readable=is_variable,
        has_children=bool(children),
        data_type=facts.data_type,
        unit=facts.unit,
        description=facts.description,
        writable=facts.writable,
    )


def node_text(node: ua.NodeId) -> str:
    """As addresses write it: the namespace only when it is not 0, no server or namespace URI."""
    return str(plain_node(node).to_string()).removeprefix("ns=0;")


def _on_other_server(node: ua.NodeId) -> bool:
    return isinstance(node, ua.ExpandedNodeId) and bool(node.ServerIndex)
