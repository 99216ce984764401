"""Looking through a device's tree within bounds."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from drivers.base import DeviceNode, Driver, NodeKind
from drivers.searching import Search, search_nodes


class Tree:
    """A device whose folders hold ten nodes each, as deep as one asks; ``loop`` is listed below itself."""

    def __init__(self, silent_at: str = "-") -> None:
        self._silent_at = silent_at

    async def browse(self, address: str = "") -> list[DeviceNode]:
        if address == self._silent_at:
            await asyncio.Event().wait()
        nodes = [
            DeviceNode(f"{address}/{n}", f"Node {n}", NodeKind.FOLDER, n > 0, n < 2) for n in range(10)
        ]  # fmt: skip
        return [*nodes, DeviceNode("/0", "loop", NodeKind.FOLDER, False, True)]


def search(tree: Tree, words: str, limit: int, timeout_s: float = 5.0) -> Search:
    return asyncio.run(search_nodes(cast(Driver, tree), words, limit, timeout_s))


def test_all_words_are_found_in_any_case_with_the_names_above() -> None:
    found = search(Tree(), "NODE 7", 25)
    assert [hit.path for hit in found.found] == [(), ("Node 0",)]
    assert not found.complete
    assert found.looked_at == 25


def test_a_tree_without_end_is_left_after_so_many_nodes() -> None:
    assert search(Tree(), "nothing", 1000).looked_at == 1000


def test_what_was_found_before_the_device_fell_silent_is_kept() -> None:
    found = search(Tree("/1"), "node 3", 1000, 0.1)
    assert [hit.node.address for hit in found.found] == ["/3", "/0/3"]
    assert not found.complete
    with pytest.raises(ConnectionError, match=r"within 0\.1 s"):
        search(Tree(""), "node", 1000, 0.1)
