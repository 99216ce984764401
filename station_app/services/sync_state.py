"""What the synchronization says about itself: for the top bar, the alarms and the command line."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass


class SyncPhase(enum.StrEnum):
    """Where the sync worker stands; the order of a good day is offline, hello, drain, idle."""

    OFFLINE = "OFFLINE"
    HELLO = "HELLO"
    REHOME = "REHOME"
    DRAIN = "DRAIN"
    IDLE = "IDLE"
    BACKOFF = "BACKOFF"


CONNECTED = frozenset({SyncPhase.REHOME, SyncPhase.DRAIN, SyncPhase.IDLE})


@dataclass(frozen=True, slots=True)
class SyncFault:
    """Something that does not heal by waiting alone. ``code`` is stable, ``text`` one sentence for a person.

    ``alarm``: somebody has to come; otherwise it is a remark.
    """

    code: str
    text: str
    alarm: bool = True


@dataclass(frozen=True, slots=True)
class SyncState:
    """One moment of the synchronization. Times are UTC in microseconds since the epoch, None: never.

    ``waiting`` counts records the server is not known to have; ``reason`` says why there is no contact;
    ``next_attempt_us`` is set while waiting for it. ``clock_offset_ms`` is the server's clock minus ours.
    """

    name: SyncPhase
    since_us: int
    waiting: int
    last_contact_us: int | None = None
    reason: str = ""
    next_attempt_us: int | None = None
    clock_offset_ms: int | None = None
    faults: tuple[SyncFault, ...] = ()

    @property
    def connected(self) -> bool:
        """Whether the server answered the last time it was asked."""
        return self.name in CONNECTED or (self.name is SyncPhase.HELLO and not self.reason)

    @property
    def alarms(self) -> tuple[SyncFault, ...]:
        """The faults that need a person."""
        return tuple(fault for fault in self.faults if fault.alarm)


class SyncFaults:
    """The faults that stand at this moment, each under its code until it is cleared."""

    def __init__(self) -> None:
        self._standing: dict[str, SyncFault] = {}

    def put(self, code: str, text: str, alarm: bool = True) -> None:
        """Raise a fault or change its text."""
        self._standing[code] = SyncFault(code, text, alarm)

    def clear(self, codes: Iterable[str]) -> None:
        """Drop faults; codes that do not stand are ignored."""
        for code in codes:
            self._standing.pop(code, None)

    def clear_beginning(self, prefix: str, but: Collection[str] = ()) -> None:
        """Drop every fault whose code begins so, but not these codes."""
        self.clear([code for code in self._standing if code.startswith(prefix) and code not in but])

    def standing(self) -> tuple[SyncFault, ...]:
        """All faults, alarms first, otherwise in the order they were raised."""
        return tuple(sorted(self._standing.values(), key=lambda fault: not fault.alarm))
