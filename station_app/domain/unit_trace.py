"""Everything known about one unit, as values: what :func:`station_app.domain.trace.trace_unit` folds records into.

Times end in ``_us`` and are UTC microseconds since the epoch; readings, limits and excesses are text with their full
resolution. Nothing is left out: superseded values stay, marked with the record that replaced them.
"""

from __future__ import annotations

import enum

import msgspec

from station_app.domain.log import ComponentUse, Place
from station_app.domain.outcome import Outcome


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


class Confirmed(OfStep, frozen=True, kw_only=True):
    """What a person confirmed."""

    text: str


class Measured(OfStep, frozen=True, kw_only=True):
    """A measured characteristic. ``excess`` is how far outside the limits, signed, empty inside or when unknown."""

    characteristic: str
    value_text: str
    unit: str
    nominal: str
    lower_limit: str
    upper_limit: str
    source: str
    gauge: str
    quality: str
    outcome: Outcome
    excess: str
    excess_text: str


class MachineRead(OfStep, frozen=True, kw_only=True):
    """A machine's value with its quality, the status code's name and both times."""

    characteristic: str
    tag: str
    address: str
    value_text: str
    unit: str
    lower_limit: str
    upper_limit: str
    quality: str
    status: str
    source_us: int | None
    received_us: int
    outcome: Outcome
    excess: str
    excess_text: str


class Detachment(Value, frozen=True, kw_only=True):
    """A component was taken out again."""

    origin: Origin
    quantity: float
    reason: str


class Component(OfStep, frozen=True, kw_only=True):
    """What went into the unit; ``detached`` when all of it was taken out again.

    ``uses`` are the units a component's serial number is known to have been used in, this one included.
    """

    material: str
    component_serial: str
    lot: str
    quantity: float
    detached: bool
    detachments: tuple[Detachment, ...] = ()
    uses: tuple[ComponentUse, ...] = ()


class EvidencePresence(Value, frozen=True, kw_only=True):
    """Where a file is: at this station, in the shared database (None: not known)."""

    local: bool
    server: bool | None


class PictureTaken(OfStep, frozen=True, kw_only=True):
    """A picture that was captured, whether the view's rules took it or refused it, and where its bytes are.

    A copy made of another picture names it in ``original_sha256``, and in ``overlay`` what was drawn and written on it.
    """

    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    camera: str
    view: str
    sharpness: float | None
    codes: tuple[str, ...]
    faults: tuple[str, ...]
    outcome: Outcome
    presence: EvidencePresence
    original_sha256: str = ""
    overlay: tuple[str, ...] = ()


class Defect(OfStep, frozen=True, kw_only=True):
    """A nonconformance that was found."""

    nonconformance_id: str
    defect: str
    description: str


class Happened(OfStep, frozen=True, kw_only=True):
    """Something else that a step recorded, in plain words: ``what`` it was, ``text`` what was recorded.

    ``outcome`` is None where nothing was judged.
    """

    what: str
    text: str
    outcome: Outcome | None


class PersonTime(OnRecord, frozen=True, kw_only=True):
    """What one person spent on an attempt, seconds: by the clock on the wall, at work, and waiting."""

    person_id: str
    wall_s: float
    attended_s: float
    waiting_s: float


class Attempt(Value, frozen=True, kw_only=True):
    """One pass through a step. ``attended_s`` is work time without pauses; None while it is not completed."""

    attempt: int
    started_us: int | None
    completed_us: int | None
    attended_s: float | None
    outcome: Outcome | None
    people: tuple[str, ...]
    confirmations: tuple[Confirmed, ...] = ()
    measurements: tuple[Measured, ...] = ()
    machine_values: tuple[MachineRead, ...] = ()
    events: tuple[Happened, ...] = ()
    times: tuple[PersonTime, ...] = ()


class StepTrace(Value, frozen=True, kw_only=True):
    """A step with all its attempts, oldest first; ``outcome`` is the last attempt's."""

    step_id: str
    step_no: int
    title: str
    outcome: Outcome | None
    attempts: tuple[Attempt, ...]


class JobChange(OnRecord, frozen=True, kw_only=True):
    """One change of a job's state."""

    state: str
    outcome: Outcome | None
    reason: str


class JobEvent(OnRecord, frozen=True, kw_only=True):
    """Something that happened to a whole job, in plain words: it was handed over (from and to whom), sent back for rework."""

    text: str
    people: tuple[str, ...] = ()


class JobTrace(Value, frozen=True, kw_only=True):
    """One job: an operation of the order at one station, by one version of a work master.

    ``previous_operation``: passed, first or unverified; empty where it was not recorded. ``attended_s`` is the sum of
    the completed attempts. ``parameters`` are the variant's as "name=value".
    ``work_masters`` counts the different contents its records name: 1 in a sound job.
    """

    job_id: str
    station: str
    order_id: str
    operation: str
    product: str
    work_master_id: str
    work_master_version: str
    work_master_sha256: str
    work_masters: int
    state: str
    outcome: Outcome | None
    reason: str
    previous_operation: str
    started_us: int
    ended_us: int | None
    attended_s: float
    people: tuple[str, ...]
    changes: tuple[JobChange, ...]
    steps: tuple[StepTrace, ...]
    variant: str = ""
    parameters: tuple[str, ...] = ()
    events: tuple[JobEvent, ...] = ()


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


class Names(Value, frozen=True, kw_only=True):
    """How people read the identities of a trace: person ids, part numbers (products too) and operations."""

    people: dict[str, str] = {}
    materials: dict[str, str] = {}
    operations: dict[str, str] = {}

    def person(self, person_id: str) -> str:
        """The printed name, or the id where none is known."""
        return self.people.get(person_id, person_id)


class UnitTrace(Value, frozen=True, kw_only=True):
    """Everything the given records say about one unit.

    ``state_text`` says the state in a sentence; ``station`` is where it is in work, else empty. ``order_id`` and
    ``product`` are those of the first job. ``used_in`` are the units this one went into. ``names`` holds those of the
    identities that occur. ``server_reached`` False: this station's records only.
    """

    serial: str
    order_id: str
    product: str
    state: UnitState
    state_text: str
    station: str
    first_us: int | None
    last_us: int | None
    record_count: int
    server_reached: bool
    flags: tuple[Flag, ...]
    jobs: tuple[JobTrace, ...]
    components: tuple[Component, ...]
    used_in: tuple[ComponentUse, ...]
    pictures: tuple[PictureTaken, ...]
    nonconformances: tuple[Defect, ...]
    holds: tuple[HoldTrace, ...]
    signatures: tuple[Signed, ...]
    calls: tuple[CallTrace, ...]
    alarms: tuple[AlarmTrace, ...]
    comments: tuple[Remark, ...]
    overrides: tuple[RuleOverridden, ...]
    station_states: tuple[StationState, ...]
    unreadable: tuple[Unreadable, ...]
    contradictions: tuple[Contradiction, ...]
    heads: tuple[ChainHead, ...]
    names: Names = Names()

    def flag(self, code: FlagCode) -> Flag | None:
        """The flag of that code, or None."""
        return next((flag for flag in self.flags if flag.code is code), None)

    def measurements(self) -> list[Measured]:
        """Every measurement of every attempt, in the order of jobs and steps."""
        return [m for job in self.jobs for step in job.steps for a in step.attempts for m in a.measurements]

    def machine_values(self) -> list[MachineRead]:
        """Every machine value of every attempt, in the order of jobs and steps."""
        return [m for job in self.jobs for step in job.steps for a in step.attempts for m in a.machine_values]
