"""What every field device speaks: samples with quality, connection states, and one small driver protocol.

Standard library only, because the domain, the services and the pages import this module too.

A driver never raises for a device that is gone or answers wrongly: it reports the tag's value as a
:class:`Sample` of Bad quality with the name of the status code, and its own condition as a
:class:`ConnectionState`. It raises :class:`AddressError` for an address that cannot be understood.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Value = bool | int | float | str | None


class Quality(enum.StrEnum):
    """How far a value can be trusted (OPC UA part 8: the two severity bits of a status code)."""

    GOOD = "Good"
    UNCERTAIN = "Uncertain"
    BAD = "Bad"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one tag.

    ``tag`` is the tag's name in station.toml, or its address where there is no configuration.
    ``value`` is None when nothing was received; a Bad sample may carry the last value that was.
    ``status`` is the status code's name as OPC UA spells it ("Good", "BadCommunicationError", ...),
    also for other protocols. Times are seconds since the Unix epoch, UTC: ``source_time`` is the device's
    own (None where the protocol has none), ``received_time`` this computer's. ``text`` is what a state's
    number stands for ("Running"), where the device says; ``value`` stays the number.
    """

    tag: str
    value: Value
    quality: Quality
    status: str
    source_time: float | None
    received_time: float
    text: str = ""

    @property
    def time(self) -> float:
        """The device's time where it gave one, else the time of arrival."""
        return self.received_time if self.source_time is None else self.source_time


class Connection(enum.StrEnum):
    """Whether a device answers."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """A device's condition: ``reason`` is a sentence for a person, empty while connected.

    ``since`` is seconds since the epoch; ``retry_at`` the time of the next attempt while lost.
    ``clock_skew_s`` is the device's clock minus ours (positive: it is ahead), None where it cannot be measured.
    Counted since the driver began: ``gaps`` are the times something was missing on the way (a message's number
    that never came, a sequence that jumped), ``overflows`` the values a full queue of the device pushed out a
    neighbour of, ``backward_times`` the values stamped earlier than the one before.
    """

    device: str
    connection: Connection
    reason: str
    since: float
    retry_at: float | None = None
    clock_skew_s: float | None = None
    gaps: int = 0
    overflows: int = 0
    backward_times: int = 0


@dataclass(frozen=True, slots=True)
class Tag:
    """A configured point: the station's name for it, its address (a URL) and how it is read."""

    name: str
    address: str
    unit: str = ""
    interval_s: float = 0.1
    stale_after_s: float = 2.0
    writable: bool = False


@dataclass(frozen=True, slots=True)
class TagDescription:
    """What a device itself says of a tag's value; every field is empty or None where it says nothing.

    ``unit`` is the engineering unit as shown ("kN"), ``low`` and ``high`` the range of normal operation in it,
    ``states`` what the numbers of an enumeration stand for, ``data_type`` the type's name in the device's own words.
    """

    tag: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    states: tuple[tuple[int, str], ...] = ()
    description: str = ""
    data_type: str = ""
    writable: bool | None = None


class NodeKind(enum.StrEnum):
    """What a node of a device's tree is: something that holds others, or something with a value."""

    FOLDER = "folder"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class DeviceNode:
    """One node of a device's tree, as a tag browser shows it.

    ``address`` names it: given to ``browse`` for what is below it and, when ``readable``, to a tag.
    ``data_type`` and ``unit`` are empty where the device does not say; ``writable`` is None then.
    """

    address: str
    name: str
    kind: NodeKind
    readable: bool
    has_children: bool
    data_type: str = ""
    unit: str = ""
    description: str = ""
    writable: bool | None = None


class AddressError(ValueError):
    """A tag address that cannot be understood: says what is wrong and what is allowed."""


SampleSink = Callable[[Sequence[Sample]], None]
StateSink = Callable[[ConnectionState], None]
DescriptionSink = Callable[[TagDescription], None]


def ignore_description(_: TagDescription) -> None:
    """The sink of a caller that does not ask what a device says of its tags."""


class Driver(Protocol):
    """One device on the field loop. Every method is a coroutine of that loop.

    ``run`` keeps the device connected for ever: it reports states to ``on_state``, samples of ``tags`` to
    ``on_samples`` in the order they were taken, as many at once as arrived together, and what the device says of
    a tag to ``on_description`` (all called on the field loop's thread), reconnects with back-off and jitter, marks
    values Bad when the connection is lost or they stop arriving, and ends when it is cancelled.
    """

    device: str

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None: ...

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        """Read once, connecting if need be; one sample per tag in the same order, Bad where it failed."""
        ...

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Write one writable tag; the sample tells whether the device took it."""
        ...

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """The nodes directly below one node's address, "" for the top; empty where the protocol cannot browse.

        Raises ConnectionError when the device cannot be asked, AddressError for an address of no node.
        """
        ...

    async def close(self) -> None: ...
