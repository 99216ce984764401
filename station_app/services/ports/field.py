"""The devices at the station: asked, changed, written to."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from drivers.base import DeviceNode, Sample, Tag, Value


class FieldError(RuntimeError):
    """A device could not be asked; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class NodeFound:
    """A node of a device's tree and the names above it, from the top."""

    path: tuple[str, ...]
    node: DeviceNode


@dataclass(frozen=True, slots=True)
class NodeSearch:
    """What a search found; ``complete`` is False when there was more to look at than its bounds allow."""

    found: tuple[NodeFound, ...]
    looked_at: int
    complete: bool


class FieldDevices(Protocol):
    """The configured devices, asked beside their running subscriptions. Futures fail with FieldError.

    Addresses of nodes name the device as station.toml does. Every question has a time limit of some seconds.
    """

    @property
    def names(self) -> Sequence[str]: ...

    def browse(self, device: str, address: str = "") -> Future[list[DeviceNode]]:
        """The nodes directly below one, "" for the top; empty where the device's protocol cannot list them."""
        ...

    def search(self, device: str, words: str) -> Future[NodeSearch]:
        """Nodes whose name or address holds all the words."""
        ...

    def read(self, device: str, tag: Tag) -> Future[Sample]:
        """One value now, Bad when the device does not give it. Fails for an address that the device cannot have."""
        ...

    def write(self, device: str, tag: Tag, value: Value) -> Future[Sample]:
        """Write; the sample's status says whether it was taken."""
        ...

    def follow(self, device: str, tags: Sequence[Tag]) -> Future[None]:
        """Read these tags beside those of station.toml from now on, instead of those given last time."""
        ...
