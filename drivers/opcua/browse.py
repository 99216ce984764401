"""What is directly below a node of a server: its own nodes before the standard's, and what each says of itself.

The properties of a variable (its unit, its range) describe it and are not listed below it; those of an object
are listed, since devices keep their serial number and their maker there.
"""

from __future__ import annotations

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

from drivers.address import OpcUaAddress
from drivers.base import DeviceNode, NodeKind
from drivers.opcua.calls import NODES_PER_CALL

OBJECTS = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
_LISTED = ua.NodeClass.Object | ua.NodeClass.Variable
_MOST_REFERENCES = 1000


async def browse_below(client: Client, node: ua.NodeId, authority: str, path: str) -> list[DeviceNode]:
    """The nodes directly below one node, each once, in the server's order."""
    (references,) = await _references(client, [node], ObjectIds.HierarchicalReferences)
    listed = {_plain(r.NodeId).to_string(): r for r in references if not _on_other_server(r.NodeId)}
    children = sorted(listed.values(), key=lambda reference: reference.NodeId.NamespaceIndex == 0)
    below = await _references(client, [_plain(child.NodeId) for child in children], ObjectIds.HierarchicalReferences)
    return [
        _device_node(child, authority, path, _has_children(child, found))
        for child, found in zip(children, below, strict=True)
    ]


def _has_children(reference: ua.ReferenceDescription, below: list[ua.ReferenceDescription]) -> bool:
    if reference.NodeClass == ua.NodeClass.Variable:
        return any(child.ReferenceTypeId.Identifier != ObjectIds.HasProperty for child in below)
    return bool(below)


def _device_node(reference: ua.ReferenceDescription, authority: str, path: str, has_children: bool) -> DeviceNode:
    address = OpcUaAddress(authority, path, node_text(reference.NodeId))
    is_variable = reference.NodeClass == ua.NodeClass.Variable
    return DeviceNode(
        address=str(address),
        name=reference.DisplayName.Text or reference.BrowseName.Name or address.node_id,
        kind=NodeKind.VARIABLE if is_variable else NodeKind.FOLDER,
        readable=is_variable,
        has_children=has_children,
    )


def node_text(node: ua.NodeId) -> str:
    """As addresses write it: the namespace only when it is not 0, no server or namespace URI."""
    return str(_plain(node).to_string()).removeprefix("ns=0;")


def _plain(node: ua.NodeId) -> ua.NodeId:
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)


async def _references(client: Client, nodes: list[ua.NodeId], kind: int) -> list[list[ua.ReferenceDescription]]:
    """The forward references of each node to objects and variables, of one kind with its subtypes."""
    found: list[list[ua.ReferenceDescription]] = []
    for first in range(0, len(nodes), NODES_PER_CALL):
        parameters = ua.BrowseParameters()
        parameters.NodesToBrowse = [_description(node, kind) for node in nodes[first : first + NODES_PER_CALL]]
        parameters.RequestedMaxReferencesPerNode = ua.Counter(_MOST_REFERENCES)
        results = await client.uaclient.session.browse(parameters)
        if len(results) != len(parameters.NodesToBrowse):
            raise UaError(f"{len(results)} nodes answered where {len(parameters.NodesToBrowse)} were asked")
        for result in results:
            references = list(result.References or [])
            while result.ContinuationPoint:
                following = ua.BrowseNextParameters()
                following.ContinuationPoints = [result.ContinuationPoint]
                (result,) = await client.uaclient.session.browse_next(following)
                references += list(result.References or [])
            found.append(references)
    return found


def _description(node: ua.NodeId, kind: int) -> ua.BrowseDescription:
    description = ua.BrowseDescription()
    description.NodeId = node
    description.BrowseDirection = ua.BrowseDirection.Forward
    description.ReferenceTypeId = ua.NodeId(ua.Int32(kind))
    description.IncludeSubtypes = True
    description.NodeClassMask = _LISTED
    description.ResultMask = ua.BrowseResultMask.All
    return description


def _on_other_server(node: ua.NodeId) -> bool:
    return isinstance(node, ua.ExpandedNodeId) and bool(node.ServerIndex)
