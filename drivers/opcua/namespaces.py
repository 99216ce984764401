"""Which node an address means: namespaces by their URI, and by an index that must not change behind our back.

A server numbers its namespaces anew when its program does. An address with ``nsu=`` follows its URI to the new
index. One with ``ns=`` does not say what it meant: when the namespace at its index is another than when this
driver first saw it, the tag is Bad until someone has looked, for the number could be a wrong machine's.
"""

from __future__ import annotations

from collections.abc import Iterable

from asyncua import ua

from drivers.address import OpcUaAddress
from drivers.opcua.calls import node_id
from drivers.opcua.picking import NotScalar

RENUMBERED = "BadConfigurationError"
UNKNOWN_NODE = "BadNodeIdUnknown"


class Namespaces:
    """A server's namespace array as it is now and as it was when it was first told twice running."""

    def __init__(self) -> None:
        self._first: dict[int, str] = {}
        self._now: tuple[str, ...] = ()

    def learn(self, uris: Iterable[str]) -> bool:
        """Take what the server says now; True when it said something else before."""
        before, self._now = self._now, tuple(str(uri) for uri in uris)
        if before == self._now:  # told twice: a network that changes bytes must not make up what is remembered
            for index, uri in enumerate(self._now):
                self._first.setdefault(index, uri)
        return bool(before) and before != self._now

    def node(self, address: OpcUaAddress) -> ua.NodeId:
        """The node an address means now. Raises NotScalar with the status of one that means none."""
        if address.namespace_uri:
            if address.namespace_uri not in self._now:
                raise NotScalar(UNKNOWN_NODE)
            return node_id(address, self._now.index(address.namespace_uri))
        node = node_id(address)
        index = node.NamespaceIndex
        if index in self._first and (index >= len(self._now) or self._now[index] != self._first[index]):
            raise NotScalar(RENUMBERED)
        return node
