"""Which data item an address means, what is below a component, and units as people write them."""

from __future__ import annotations

import pytest

from drivers.address import MtconnectAddress
from drivers.base import AddressError
from drivers.mtconnect.directory import AMBIGUOUS, UNKNOWN, describe, find_item, nodes_below, unit_symbol
from drivers.mtconnect.documents import Component, DataItem

MILL, LATHE, X = Component("d1", "mill"), Component("d2", "lathe"), Component("x1", "X")
ITEMS = [
    DataItem("mill", "u1", (MILL,), "m_av", "avail", "EVENT", "AVAILABILITY"),
    DataItem("mill", "u1", (MILL, X), "m_x", "Xabs", "SAMPLE", "POSITION", "ACTUAL", "MILLIMETER"),
    DataItem("lathe", "u2", (LATHE,), "l_av", "avail", "EVENT", "AVAILABILITY"),
    DataItem("lathe", "u2", (LATHE,), "Xabs", "m_x", "SAMPLE", "LOAD", "", "", "FURLONG"),
]


def address(item: str, device: str | None = None) -> MtconnectAddress:
    return MtconnectAddress("h:1", device, item)


def test_an_id_goes_before_a_name() -> None:
    assert find_item(ITEMS, address("Xabs")) is ITEMS[3]
    assert find_item(ITEMS, address("m_x")) is ITEMS[1]


def test_a_name_in_two_devices_needs_the_device() -> None:
    assert find_item(ITEMS, address("avail")) == AMBIGUOUS
    assert find_item(ITEMS, address("avail", "lathe")) is ITEMS[2]
    assert find_item(ITEMS, address("avail", "u1")) is ITEMS[0]
    assert find_item(ITEMS, address("avail", "press")) == UNKNOWN
    assert find_item(ITEMS, address("nothing")) == UNKNOWN


def test_the_tree_level_by_level() -> None:
    top = nodes_below(ITEMS, "h:1", None)
    assert [(node.name, node.readable, node.has_children) for node in top] == [
        ("mill", False, True),
        ("lathe", False, True),
    ]
    below = nodes_below(ITEMS, "h:1", address("d1"))
    assert [(node.name, node.address) for node in below] == [
        ("avail", "mtconnect://h:1/mill/m_av"),
        ("X", "mtconnect://h:1/x1"),
    ]
    assert nodes_below(ITEMS, "h:1", address("m_x")) == []
    with pytest.raises(AddressError, match="no such component"):
        nodes_below(ITEMS, "h:1", address("y1"))


def test_units_and_types() -> None:
    assert [unit_symbol(item) for item in ITEMS] == ["", "mm", "", "FURLONG"]
    described = describe("x", ITEMS[1])
    assert (described.unit, described.data_type, described.writable) == ("mm", "SAMPLE POSITION ACTUAL", False)
