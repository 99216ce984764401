"""A server's tree below Objects as a flat list, deepest first, its own nodes before the standard's."""

from __future__ import annotations

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds

from drivers.address import OpcUaAddress
from drivers.base import BrowseEntry

_DEEPEST = 12


async def browse_tree(client: Client, authority: str, path: str, limit: int) -> list[BrowseEntry]:
    """At most ``limit`` entries, in the order of a tree that is drawn from top to bottom."""
    entries: list[BrowseEntry] = []
    visited: set[str] = set()
    waiting = [
        (reference, 0) for reference in reversed(await _children(client, ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))))
    ]
    while waiting and len(entries) < limit:
        reference, depth = waiting.pop()
        node_text = reference.NodeId.to_string()
        if node_text in visited or _on_other_server(reference.NodeId):
            continue
        visited.add(node_text)
        entries.append(_entry(reference, authority, path, depth))
        if depth < _DEEPEST:
            children = await _children(client, reference.NodeId)
            waiting += [(child, depth + 1) for child in reversed(children)]
    return entries


def _entry(reference: ua.ReferenceDescription, authority: str, path: str, depth: int) -> BrowseEntry:
    node = reference.NodeId
    address = OpcUaAddress(authority, path, _node_text(node))
    name = reference.DisplayName.Text or reference.BrowseName.Name or address.node_id
    return BrowseEntry(str(address), name, reference.NodeClass == ua.NodeClass.Variable, depth)


def _node_text(node: ua.NodeId) -> str:
    """As addresses write it: the namespace only when it is not 0, no server or namespace URI."""
    plain = ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)
    return str(plain.to_string()).removeprefix("ns=0;")


async def _children(client: Client, node: ua.NodeId) -> list[ua.ReferenceDescription]:
    description = ua.BrowseDescription()
    description.NodeId = ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)
    description.BrowseDirection = ua.BrowseDirection.Forward
    description.ReferenceTypeId = ua.NodeId(ua.Int32(ObjectIds.HierarchicalReferences))
    description.IncludeSubtypes = True
    description.NodeClassMask = ua.NodeClass.Object | ua.NodeClass.Variable
    description.ResultMask = ua.BrowseResultMask.All
    parameters = ua.BrowseParameters()
    parameters.NodesToBrowse = [description]
    parameters.RequestedMaxReferencesPerNode = 1000
    session = client.uaclient.session
    results = await session.browse(parameters)
    found = list(results[0].References or []) if results else []
    while results and results[0].ContinuationPoint:
        following = ua.BrowseNextParameters()
        following.ContinuationPoints = [results[0].ContinuationPoint]
        results = await session.browse_next(following)
        found += list(results[0].References or []) if results else []
    return sorted(found, key=lambda reference: reference.NodeId.NamespaceIndex == 0)


def _on_other_server(node: ua.NodeId) -> bool:
    return isinstance(node, ua.ExpandedNodeId) and bool(node.ServerIndex)
