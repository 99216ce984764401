"""What a station tells the line about itself, about once a second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

ACKNOWLEDGED: Final = "acknowledged"
"""The states of alarms that somebody has seen begin so."""

Moment = Annotated[int, msgspec.Meta(ge=0, le=253_370_764_800_000_000)]
"""UTC microseconds, 1970 to 9998: a status that names another time is not decoded, for no clock on a wall could show it."""


def line_of(station: str) -> str:
    """The line (work centre) of a station: its path without the last part; ``mes.line_of`` says the same in SQL."""
    return station.rpartition("/")[0]


class CallStatus(msgspec.Struct, frozen=True):
    """An open call: ``call`` is problem or andon; ``since_us`` UTC microseconds."""

    call_id: str
    call: str
    reason: str
    since_us: Moment
    serial: str = ""


class AlarmStatus(msgspec.Struct, frozen=True):
    """An alarm that needs someone: ``state`` per ISA-18.2, ``priority`` critical, high, medium or low."""

    alarm_id: str
    source: str
    text: str
    state: str
    priority: str
    since_us: Moment


class AlarmNumbers(msgspec.Struct, frozen=True):
    """How many alarms a station has, however many of them it lists: by priority, and those that nobody has seen."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    unacknowledged: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.critical + self.high + self.medium + self.low


class StationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One station's live status. ``state`` is an IPC-CFX ResourceState number; times are UTC microseconds.

    ``waiting`` counts records that are not delivered yet. ``attended_s`` is what the unit in work has taken, work and
    waiting, against ``takt_s``. ``planned`` is 0 where there is no plan. ``alarms`` are the most
    urgent ones, ``alarm_numbers`` counts all; None from a station of an older version, whose list may be all there is.
    """

    station: str
    name: str
    state: int
    state_text: str
    operation: str = ""
    order_id: str = ""
    product: str = ""
    serial: str = ""
    step_no: int = 0
    steps_total: int = 0
    step_title: str = ""
    step_failed: bool = False
    job_started_us: Moment | None = None
    attended_s: float = 0.0
    takt_s: float = 0.0
    good: int = 0
    nonconforming: int = 0
    planned: int = 0
    waiting: int = 0
    person: str = ""
    sent_us: Moment
    calls: tuple[CallStatus, ...] = ()
    alarms: tuple[AlarmStatus, ...] = ()
    application_version: str = ""
    alarm_numbers: AlarmNumbers | None = None

    @property
    def numbers(self) -> AlarmNumbers:
        """How many alarms there are, as far as is known."""
        return self.alarm_numbers or numbers_of((a.priority, a.state) for a in self.alarms)


def numbers_of(alarms: Iterable[tuple[str, str]]) -> AlarmNumbers:
    """Counts alarms by (priority, state); an unknown priority counts as low."""
    counts = dict.fromkeys(("critical", "high", "medium", "low"), 0)
    unseen = 0
    for priority, state in alarms:
        counts[priority if priority in counts else "low"] += 1
        unseen += not state.startswith(ACKNOWLEDGED)
    return AlarmNumbers(**counts, unacknowledged=unseen)


@dataclass(frozen=True, slots=True)
class LineStation:
    """A station of the line: what it last said and how long ago, in seconds; None when it never said anything."""

    status: StationStatus
    contact_age_s: float | None
