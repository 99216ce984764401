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
    own (None where the protocol has none), ``received_time`` this computer's.
    """

    tag: str
    value: Value
    quality: Quality
    status: str
    source_time: float | None
    received_time: float

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
    """

    device: str
    connection: Connection
    reason: str
    since: float
    retry_at: float | None = None


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
class BrowseEntry:
    """One node of a device's tree: ``address`` can be given to read when ``readable``."""

    address: str
    name: str
    readable: bool
    depth: int


class AddressError(ValueError):
    """A tag address that cannot be understood: says what is wrong and what is allowed."""


SampleSink = Callable[[Sample], None]
StateSink = Callable[[ConnectionState], None]


class Driver(Protocol):
    """One device on the field loop. Every method is a coroutine of that loop.

    ``run`` keeps the device connected for ever: it reports states to ``on_state`` and samples of ``tags`` to
    ``on_sample`` (both called on the field loop's thread), reconnects with back-off and jitter, marks values
    Bad when the connection is lost or they stop arriving, and ends when it is cancelled.
    """

    device: str

    async def run(self, tags: Sequence[Tag], on_sample: SampleSink, on_state: StateSink) -> None: ...

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        """Read once, connecting if need be; one sample per tag in the same order, Bad where it failed."""
        ...

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Write one writable tag; the sample tells whether the device took it."""
        ...

    async def browse(self, limit: int) -> list[BrowseEntry]:
        """The device's tree, at most ``limit`` entries; empty where the protocol cannot browse."""
        ...

    async def close(self) -> None: ...
