"""Which node an address means, and when it means none any more."""

from __future__ import annotations

import pytest

from drivers.address import OpcUaAddress, parse_address
from drivers.opcua.namespaces import Namespaces
from drivers.opcua.picking import NotScalar

FIRST = ["http://opcfoundation.org/UA/", "urn:server", "urn:press", "urn:robot"]
SWAPPED = ["http://opcfoundation.org/UA/", "urn:server", "urn:robot", "urn:press"]


def address(node: str) -> OpcUaAddress:
    parsed = parse_address(f"opcua://h:1/{node}")
    assert isinstance(parsed, OpcUaAddress)
    return parsed


def status_of(namespaces: Namespaces, node: str) -> str:
    with pytest.raises(NotScalar) as fault:
        namespaces.node(address(node))
    return fault.value.status


def known() -> Namespaces:
    namespaces = Namespaces()
    assert not namespaces.learn(FIRST)
    assert not namespaces.learn(FIRST)
    return namespaces


def test_a_uri_is_followed_to_its_new_index() -> None:
    namespaces = known()
    assert namespaces.node(address("nsu=urn:press;s=Force")).NamespaceIndex == 2
    assert namespaces.learn(SWAPPED)
    assert namespaces.node(address("nsu=urn:press;s=Force")).NamespaceIndex == 3
    assert status_of(namespaces, "nsu=urn:mill;s=Force") == "BadNodeIdUnknown"


def test_an_index_that_means_another_namespace_is_refused_until_it_means_the_first_again() -> None:
    namespaces = known()
    assert namespaces.node(address("ns=2;s=Force")).NamespaceIndex == 2
    namespaces.learn(SWAPPED)
    assert status_of(namespaces, "ns=2;s=Force") == "BadConfigurationError"
    assert namespaces.node(address("i=2258")).NamespaceIndex == 0
    namespaces.learn(FIRST[:2])
    assert status_of(namespaces, "ns=2;s=Force") == "BadConfigurationError", "the namespace is gone"
    namespaces.learn(FIRST)
    assert namespaces.node(address("ns=2;s=Force")).NamespaceIndex == 2


def test_what_was_told_only_once_is_not_remembered() -> None:
    namespaces = Namespaces()
    namespaces.learn(["", "", "garbage of one broken answer"])
    namespaces.learn(FIRST)
    namespaces.learn(FIRST)
    assert namespaces.node(address("ns=2;s=Force")).NamespaceIndex == 2
