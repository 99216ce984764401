"""What every value of a trace has: the record it comes from, and what a reader must know before relying on it.

Times end in ``_us`` and are UTC microseconds since the epoch.
"""

from __future__ import annotations

import enum

import msgspec


class UnitState(enum.StrEnum):
    """Where a unit stands. COMPONENT: known only as a part of other units. PASSED: every operation so far."""

    CREATED = "created"
    COMPONENT = "component"
    IN_WORK = "in_work"
    PASSED = "passed"
    FAILED = "failed"
    ON_HOLD = "on_hold"
    ABORTED = "aborted"


class FlagCode(enum.StrEnum):
    """What a reader of a trace must know before relying on it."""

    SERVER_NOT_REACHED = "server_not_reached"
    CLOCK_OFFSET = "clock_offset"
    UNVERIFIED_PREVIOUS = "unverified_previous"
    WAITING = "waiting"
    CONTRADICTED = "contradicted"
    UNREADABLE = "unreadable"
    OPERATION_AT_TWO_STATIONS = "operation_at_two_stations"
    WORK_MASTER_CHANGED = "work_master_changed"
    COMPONENT_USED_TWICE = "component_used_twice"
    DETACHED_UNATTACHED = "detached_unattached"
    NONCONFORMANCE = "nonconformance"
    EVIDENCE_MISSING = "evidence_missing"


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a trace."""


class Flag(Value, frozen=True, kw_only=True):
    """A remark about the trace's reliability: ``text`` is a sentence, ``rec_ids`` the records it is about."""

    code: FlagCode
    text: str
    rec_ids: tuple[str, ...] = ()


class Origin(Value, frozen=True, kw_only=True):
    """The record a value comes from: where it stands, who made it and when.

    ``wall_us`` is as the station's clock said, ``at_us`` corrected by ``clock_offset_ms``. ``waiting``: not yet
    delivered to the shared database.
    """

    rec_id: str
    kind: str
    station: str
    chan: str
    epoch: int
    seq: int
    actor: str
    wall_us: int
    at_us: int
    utc_offset_min: int
    clock_offset_ms: int | None
    received_us: int | None
    waiting: bool


class OnRecord(Value, frozen=True, kw_only=True):
    """A value that one record states. ``superseded_by`` is the rec_id of the correction, else empty."""

    origin: Origin
    superseded_by: str = ""


class OfStep(OnRecord, frozen=True, kw_only=True):
    """A value that belongs to a step of a job."""

    job_id: str
    step_id: str
    check_id: str
    attempt: int


class Names(Value, frozen=True, kw_only=True):
    """How people read the identities of a trace: person ids, part numbers (products too) and operations."""

    people: dict[str, str] = {}
    materials: dict[str, str] = {}
    operations: dict[str, str] = {}

    def person(self, person_id: str) -> str:
        """The printed name, or the id where none is known."""
        return self.people.get(person_id, person_id)
