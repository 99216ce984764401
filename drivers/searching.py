"""Looking for nodes by their names in a device's tree, level by level, within bounds: a server may have a million."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from drivers.base import DeviceNode, Driver
from drivers.bench import DEEPEST


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A node and the names above it, from the top: ("Press",)."""

    path: tuple[str, ...]
    node: DeviceNode


@dataclass(frozen=True, slots=True)
class Search:
    """What was found; ``complete`` is False when the bounds ended the search before the tree did."""

    found: tuple[FoundNode, ...]
    looked_at: int
    complete: bool


async def search_nodes(driver: Driver, words: str, limit: int, timeout_s: float) -> Search:
    """The nodes whose name or address holds every one of the words, in any case.

    Ends after ``limit`` nodes were looked at or ``timeout_s`` seconds have passed. Raises ConnectionError when the device
    does not answer at all.
    """
    wanted = words.casefold().split()
    found: list[FoundNode] = []
    visited: set[str] = set()
    waiting: deque[tuple[tuple[str, ...], str]] = deque([((), "")])
    try:
        async with asyncio.timeout(timeout_s):
            while waiting and len(visited) < limit:
                path, address = waiting.popleft()
                for node in await driver.browse(address):
                    if node.address in visited or len(visited) >= limit:
                        continue
                    visited.add(node.address)
                    text = f"{node.name} {node.address}".casefold()
                    if all(word in text for word in wanted):
                        found.append(FoundNode(path, node))
                    if node.has_children and len(path) < DEEPEST:
                        waiting.append(((*path, node.name), node.address))
    except TimeoutError:
        if not visited:
            raise ConnectionError(f"no answer within {timeout_s:g} s") from None
        return Search(tuple(found), len(visited), complete=False)
    return Search(tuple(found), len(visited), complete=not waiting and len(visited) < limit)
