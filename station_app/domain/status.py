"""What a station tells the line about itself, about once a second."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec


def line_of(station: str) -> str:
    """The line (work centre) of a station: its path without the last part; ``mes.line_of`` says the same in SQL."""
    return station.rpartition("/")[0]


class CallStatus(msgspec.Struct, frozen=True):
    """An open call: ``call`` is problem or andon; ``since_us`` UTC microseconds."""

    call_id: str
    call: str
    reason: str
    since_us: int
    serial: str = ""


class AlarmStatus(msgspec.Struct, frozen=True):
    """An alarm that needs someone: ``state`` per ISA-18.2, ``priority`` critical, high, medium or low."""

    alarm_id: str
    source: str
    text: str
    state: str
    priority: str
    since_us: int


class StationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One station's live status. ``state`` is an IPC-CFX ResourceState number; times are UTC microseconds.

    ``waiting`` counts records that are not delivered yet. ``planned`` is 0 where there is no plan.
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
    job_started_us: int | None = None
    attended_s: float = 0.0
    takt_s: float = 0.0
    good: int = 0
    nonconforming: int = 0
    planned: int = 0
    waiting: int = 0
    person: str = ""
    sent_us: int
    calls: tuple[CallStatus, ...] = ()
    alarms: tuple[AlarmStatus, ...] = ()
    application_version: str = ""


@dataclass(frozen=True, slots=True)
class LineStation:
    """A station of the line: what it last said and how long ago, in seconds; None when it never said anything."""

    status: StationStatus
    contact_age_s: float | None
