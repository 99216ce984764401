"""The configured devices as the tag browser asks them: on the field loop, with time limits, in the station's own names."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from drivers.address import OpcUaAddress, parse_address
from drivers.base import AddressError, DeviceNode, Driver, Sample, Tag, Value
from drivers.field import FieldLoop
from drivers.searching import search_nodes
from station_app.services.ports import FieldError, NodeFound, NodeSearch

ANSWER_TIMEOUT_S = 5.0
SEARCH_TIMEOUT_S = 30.0
MOST_SEARCHED = 5000
T = TypeVar("T")


class LiveDevices:
    """A services.ports.FieldDevices. ``work`` is what the field loop runs: each device's driver with its tags.

    ``names`` are the devices of station.toml; ``added`` the names of the tags in ``work`` that people added.
    """

    def __init__(
        self,
        field: FieldLoop,
        work: Sequence[tuple[Driver, Sequence[Tag]]],
        names: Sequence[str],
        added: Sequence[str] = (),
    ) -> None:
        self._field = field
        self._drivers: Mapping[str, Driver] = {driver.device: driver for driver, _ in work if driver.device in names}
        # those of station.toml; the added ones come with each call of ``follow``
        self._tags = {driver.device: [tag for tag in tags if tag.name not in added] for driver, tags in work}

    @property
    def names(self) -> Sequence[str]:
        return list(self._drivers)

    def browse(self, device: str, address: str = "") -> Future[list[DeviceNode]]:
        """The nodes directly below one, with addresses that name the device as station.toml does."""
        return self._ask(device, self._browse(device, address), ANSWER_TIMEOUT_S)

    async def _browse(self, device: str, address: str) -> list[DeviceNode]:
        nodes = await self._drivers[device].browse(address)
        return [_in_station(device, node) for node in nodes]

    def search(self, device: str, words: str) -> Future[NodeSearch]:
        """Look through at most 5,000 nodes, for at most 30 seconds."""
        return self._ask(device, self._search(device, words), SEARCH_TIMEOUT_S + ANSWER_TIMEOUT_S)

    async def _search(self, device: str, words: str) -> NodeSearch:
        search = await search_nodes(self._drivers[device], words, MOST_SEARCHED, SEARCH_TIMEOUT_S)
        found = tuple(NodeFound(hit.path, _in_station(device, hit.node)) for hit in search.found)
        return NodeSearch(found, search.looked_at, search.complete)

    def read(self, device: str, tag: Tag) -> Future[Sample]:
        """One value now."""
        return self._ask(device, self._read(device, tag), ANSWER_TIMEOUT_S)

    async def _read(self, device: str, tag: Tag) -> Sample:
        (sample,) = await self._drivers[device].read([tag])
        return sample

    def write(self, device: str, tag: Tag, value: Value) -> Future[Sample]:
        """Write one value."""
        return self._ask(device, self._write(device, tag, value), ANSWER_TIMEOUT_S)

    async def _write(self, device: str, tag: Tag, value: Value) -> Sample:
        return await self._drivers[device].write(tag, value)

    def follow(self, device: str, tags: Sequence[Tag]) -> Future[None]:
        """The device's driver ends softly and begins again with these tags too."""
        return self._ask(device, self._follow(device, tags), 2 * ANSWER_TIMEOUT_S)

    async def _follow(self, device: str, tags: Sequence[Tag]) -> None:
        changing = self._field.change_tags(self._drivers[device], [*self._tags[device], *tags])
        # whoever waits may give up; the driver is changed all the same
        await asyncio.shield(asyncio.wrap_future(changing))

    def _ask(self, device: str, question: Coroutine[Any, Any, T], timeout_s: float) -> Future[T]:
        """Put a question to the field loop; what goes wrong outside becomes a sentence."""
        refused: Future[T] = Future()
        if device not in self._drivers:
            question.close()
            refused.set_exception(FieldError(f"“{device}” is no device of this station that can be asked."))
            return refused
        try:
            return self._field.submit(_within(device, question, timeout_s))
        except RuntimeError:
            question.close()
            refused.set_exception(FieldError("The station is not in contact with its devices now."))
            return refused


async def _within(device: str, question: Coroutine[Any, Any, T], timeout_s: float) -> T:
    try:
        async with asyncio.timeout(timeout_s):
            return await question
    except TimeoutError as error:
        raise FieldError(f"{device} did not answer within {timeout_s:g} s.") from error
    except AddressError as error:
        raise FieldError(f"{device}: {error}") from error
    except ConnectionError as error:
        raise FieldError(f"{device} does not answer: {error}") from error


def _in_station(device: str, node: DeviceNode) -> DeviceNode:
    """The node with the device's name in its address, so that it stays right when the device moves to another host."""
    try:
        address = parse_address(node.address)
    except AddressError:  # a folder's address may be of no tag
        return node
    if isinstance(address, OpcUaAddress):
        return dataclasses.replace(node, address=str(dataclasses.replace(address, authority=device, path="")))
    return dataclasses.replace(node, address=str(dataclasses.replace(address, authority=device)))
