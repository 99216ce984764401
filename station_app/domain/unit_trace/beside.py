"""What stands beside the jobs of a unit: holds, signatures, calls, alarms, remarks, overrides, and what proves it all."""

from __future__ import annotations

from station_app.domain.log import Place
from station_app.domain.unit_trace.basis import OnRecord, Origin, Value


class HoldTrace(Value, frozen=True, kw_only=True):
    """A hold on the unit, its order or what is in it; open while ``released`` is None."""

    hold_id: str
    scope: str
    subject: str
    reason: str
    placed: Origin
    released: Origin | None
    release_reason: str


class Signed(OnRecord, frozen=True, kw_only=True):
    """A signature with its printed name, meaning and what was signed."""

    person_id: str
    printed_name: str
    meaning: str
    signed_ids: tuple[str, ...]
    signed_hashes: tuple[str, ...]
    method: str
    job_id: str


class CallTrace(Value, frozen=True, kw_only=True):
    """A call for help (problem or andon); open while ``answered`` is None."""

    call_id: str
    call: str
    reason: str
    text: str
    job_id: str
    step_id: str
    raised: Origin
    answered: Origin | None
    answer: str


class AlarmChange(OnRecord, frozen=True, kw_only=True):
    """One transition of an alarm (ISA-18.2)."""

    transition: str
    value_text: str
    reason: str
    until_us: int | None


class AlarmTrace(Value, frozen=True, kw_only=True):
    """One occurrence of an alarm while the unit was in work."""

    alarm_id: str
    source: str
    condition: str
    priority: str
    text: str
    transitions: tuple[AlarmChange, ...]


class Remark(OnRecord, frozen=True, kw_only=True):
    """A person's comment."""

    text: str
    job_id: str


class RuleOverridden(OnRecord, frozen=True, kw_only=True):
    """A rule that was set aside by a permitted person."""

    rule: str
    reason: str
    approved_by: str
    job_id: str


class StationState(OnRecord, frozen=True, kw_only=True):
    """The station's equipment state while it had the unit (IPC-CFX ResourceState number)."""

    state: int
    reason: str


class Unreadable(OnRecord, frozen=True, kw_only=True):
    """A record that this version cannot read; it is counted and named, never dropped."""

    problem: str


class Contradiction(Value, frozen=True, kw_only=True):
    """One rec_id with different contents: the place that counts and the places that do not."""

    rec_id: str
    counted: Place
    others: tuple[Place, ...]


class ChainHead(Value, frozen=True, kw_only=True):
    """The last record of this trace in one chain; ``hash`` (hexadecimal) stands for everything before it."""

    station: str
    chan: str
    epoch: int
    seq: int
    hash: str
