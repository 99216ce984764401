"""Facts of the station itself: equipment states, alarms, calls, remarks, maintenance, and marks of the journal."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact


class EquipmentState(Fact, frozen=True, kw_only=True):
    """The station entered a state (IPC-CFX ResourceState number), with a reason from the reason tree."""

    kind: ClassVar[str] = "equipment_state"
    state: int
    reason: str = ""
    job_id: str = ""
    serial: str = ""


class AlarmTransition(Fact, frozen=True, kw_only=True):
    """An alarm changed (ISA-18.2). ``transition``: raised, cleared, acknowledged, shelved, unshelved.

    Also disabled (out of service) and enabled, which concern every later occurrence of ``source`` and ``condition``, and
    silenced: the horn, for every alarm there is. ``alarm_id`` names one occurrence, empty when enabled; ``source`` is the tag
    or device. ``until_us`` is the end of shelving, UTC.
    """

    kind: ClassVar[str] = "alarm_transition"
    alarm_id: str
    source: str
    condition: str
    transition: str
    priority: str
    text: str
    value_text: str = ""
    reason: str = ""
    until_us: int | None = None
    serial: str = ""


class CallRaised(Fact, frozen=True, kw_only=True):
    """Somebody asks for help: ``call``: problem or andon."""

    kind: ClassVar[str] = "call_raised"
    call_id: str
    call: str
    reason: str
    text: str = ""
    serial: str = ""
    job_id: str = ""
    step_id: str = ""


class CallAnswered(Fact, frozen=True, kw_only=True):
    """A call was answered."""

    kind: ClassVar[str] = "call_answered"
    call_id: str
    text: str = ""


class Comment(Fact, frozen=True, kw_only=True):
    """A person's remark."""

    kind: ClassVar[str] = "comment"
    text: str
    serial: str = ""
    job_id: str = ""
    supersedes: str = ""


class EpochStart(Fact, frozen=True, kw_only=True):
    """The first record of an epoch after a fork: where it left its parent. ``parent_hash`` is hexadecimal.

    It stands first in the new epoch of whichever channel forked.
    """

    kind: ClassVar[str] = "epoch_start"
    parent_epoch: int
    parent_seq: int
    parent_hash: str
    reason: str


class Checkpoint(Fact, frozen=True, kw_only=True):
    """Everything up to (epoch, seq) of this channel may be removed locally; ``row_hash`` carries the chain on."""

    kind: ClassVar[str] = "checkpoint"
    up_to_epoch: int
    up_to_seq: int
    row_hash: str


class TrendComment(Fact, frozen=True, kw_only=True):
    """A person's remark on a moment or span of trends (UTC microseconds)."""

    kind: ClassVar[str] = "trend_comment"
    at_us: int
    until_us: int | None = None
    tags: tuple[str, ...] = ()
    text: str
    serial: str = ""
    job_id: str = ""
    supersedes: str = ""


class LineTrendComment(Fact, frozen=True, kw_only=True):
    """A person's remark, made at this station, on a moment or span of another station's trends (UTC microseconds)."""

    kind: ClassVar[str] = "line_trend_comment"
    about_station: str
    at_us: int
    until_us: int | None = None
    tags: tuple[str, ...] = ()
    text: str
    supersedes: str = ""


class MaintenanceRequested(Fact, frozen=True, kw_only=True):
    """Somebody, or an alarm, asks for maintenance of equipment."""

    kind: ClassVar[str] = "maintenance_requested"
    request_id: str
    equipment: str
    text: str
    priority: str = ""
    alarm_id: str = ""
    serial: str = ""


class TagWritten(Fact, frozen=True, kw_only=True):
    """A value was written to a machine; ``status`` is the name of the status code it answered."""

    kind: ClassVar[str] = "tag_written"
    tag: str
    address: str
    value_text: str
    status: str
    outcome: Outcome
    serial: str = ""
    job_id: str = ""
    step_id: str = ""
