"""The catalogue of record kinds: every fact a station can state, with its fields.

A kind is a frozen struct; its class name is not stored, :attr:`Fact.kind` and :attr:`Fact.version` are. Facts are small
on purpose: states, times, genealogy and OEE are computed from them, never stored beside them. Readings are
strings as they arrived. A correction is a new record that names the old one in ``supersedes``.

>>> encode_body(Comment(text="new oil filter"))
b'{"text":"new oil filter","serial":"","job_id":"","supersedes":""}'
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from station_app.domain.chain import AUDIT, MAX_BODY_BYTES, REC
from station_app.domain.outcome import Outcome


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a record. Unknown fields of a newer version are ignored when read."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    chan: ClassVar[str] = REC


class OnUnit(Fact, frozen=True, kw_only=True):
    """A fact about one unit in one job. ``serial`` is the unit's serial number."""

    job_id: str
    serial: str
    order_id: str
    operation: str


class OnStep(OnUnit, frozen=True, kw_only=True):
    """A fact that belongs to a step; ``check_id`` is empty where it concerns the whole step.

    ``attempt`` counts from 1 and grows when the step is repeated.
    """

    step_id: str
    check_id: str = ""
    attempt: int = 1
    supersedes: str = ""


class JobState(OnUnit, frozen=True, kw_only=True):
    """A job changed its state (OPC 10031-4 words). The work master is pinned by version and content hash.

    ``state``: Running, Interrupted, Ended, Aborted. ``outcome`` is given when it ends.
    ``previous_operation``: "passed", "first", or "unverified" when the server could not be asked.
    """

    kind: ClassVar[str] = "job_state"
    state: str
    product: str
    work_master_id: str
    work_master_version: str
    work_master_sha256: str
    outcome: Outcome | None = None
    reason: str = ""
    previous_operation: str = ""


class StepState(OnStep, frozen=True, kw_only=True):
    """A step was started, completed or repeated.

    ``state``: started, completed, repeated. ``attended_s`` is work time in seconds without pauses; with completed only.
    """

    kind: ClassVar[str] = "step_state"
    state: str
    step_no: int
    title: str
    outcome: Outcome | None = None
    attended_s: float | None = None


class CheckConfirmed(OnStep, frozen=True, kw_only=True):
    """A person confirmed what the step asked to be confirmed."""

    kind: ClassVar[str] = "check_confirmed"
    text: str


class Measurement(OnStep, frozen=True, kw_only=True):
    """A characteristic measured by hand or gauge. ``value_text`` is the reading as it arrived."""

    kind: ClassVar[str] = "measurement"
    characteristic: str
    value_text: str
    unit: str
    nominal: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    source: str
    gauge: str = ""
    quality: str = "Good"
    outcome: Outcome


class MachineValue(OnStep, frozen=True, kw_only=True):
    """A machine's value captured from a tag, with its quality and times (UTC, microseconds since the epoch).

    A value of bad quality is recorded with outcome ERROR and never passes.
    """

    kind: ClassVar[str] = "machine_value"
    characteristic: str
    tag: str
    address: str
    value_text: str
    unit: str
    lower_limit: str = ""
    upper_limit: str = ""
    quality: str
    status: str
    source_us: int | None = None
    received_us: int
    outcome: Outcome


class MaterialConsumed(OnStep, frozen=True, kw_only=True):
    """A component went into the unit: by serial number (quantity 1) or from a lot."""

    kind: ClassVar[str] = "material_consumed"
    material: str
    component_serial: str = ""
    lot: str = ""
    quantity: float = 1.0


class MaterialDetached(OnStep, frozen=True, kw_only=True):
    """A component was taken out of the unit again and may be used elsewhere."""

    kind: ClassVar[str] = "material_detached"
    material: str
    component_serial: str = ""
    lot: str = ""
    quantity: float = 1.0
    reason: str


class EvidenceCaptured(OnStep, frozen=True, kw_only=True):
    """A file that shows something: named by the SHA-256 of its original bytes, kept untouched.

    ``codes`` are the texts read in the picture; ``faults`` the reasons why the view's rules refused it.
    """

    kind: ClassVar[str] = "evidence_captured"
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    camera: str
    view: str
    sharpness: float | None = None
    codes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    outcome: Outcome


class Nonconformance(OnStep, frozen=True, kw_only=True):
    """A defect was found. The finder does not decide: the disposition is another record."""

    kind: ClassVar[str] = "nonconformance"
    nonconformance_id: str
    defect: str
    description: str = ""


class Hold(Fact, frozen=True, kw_only=True):
    """A stop placed on a unit, lot or order (``scope``); ``subject`` is its identifier."""

    kind: ClassVar[str] = "hold"
    hold_id: str
    scope: str
    subject: str
    reason: str


class HoldReleased(Fact, frozen=True, kw_only=True):
    """A hold was lifted."""

    kind: ClassVar[str] = "hold_released"
    hold_id: str
    reason: str


class Signature(Fact, frozen=True, kw_only=True):
    """A person signed (21 CFR 11.50): printed name, meaning, what was signed by id and hash, and how."""

    kind: ClassVar[str] = "signature"
    person_id: str
    printed_name: str
    meaning: str
    signed_ids: tuple[str, ...]
    signed_hashes: tuple[str, ...]
    method: str
    serial: str = ""
    job_id: str = ""


class EquipmentState(Fact, frozen=True, kw_only=True):
    """The station entered a state (IPC-CFX ResourceState number), with a reason from the reason tree."""

    kind: ClassVar[str] = "equipment_state"
    state: int
    reason: str = ""
    job_id: str = ""
    serial: str = ""


class AlarmTransition(Fact, frozen=True, kw_only=True):
    """An alarm changed (ISA-18.2). ``transition``: raised, cleared, acknowledged, shelved, unshelved.

    ``alarm_id`` names one occurrence; ``source`` the tag or device. ``until_us`` is the end of shelving, UTC.
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


class ApplicationState(Fact, frozen=True, kw_only=True):
    """The application started or stopped in good order. ``state``: started, stopped."""

    kind: ClassVar[str] = "application_state"
    chan: ClassVar[str] = AUDIT
    state: str
    application_version: str
    computer: str
    remark: str = ""


class PersonSession(Fact, frozen=True, kw_only=True):
    """A person signed in or out. ``state``: signed_in, signed_out, refused, locked."""

    kind: ClassVar[str] = "person_session"
    chan: ClassVar[str] = AUDIT
    state: str
    person_id: str
    method: str
    reason: str = ""


class Override(Fact, frozen=True, kw_only=True):
    """A rule was set aside by a permitted person."""

    kind: ClassVar[str] = "override"
    chan: ClassVar[str] = AUDIT
    rule: str
    reason: str
    approved_by: str
    serial: str = ""
    job_id: str = ""


class SettingChanged(Fact, frozen=True, kw_only=True):
    """A setting or a master-data revision took effect at the station."""

    kind: ClassVar[str] = "setting_changed"
    chan: ClassVar[str] = AUDIT
    setting: str
    old: str
    new: str
    reason: str = ""


KINDS: dict[str, type[Fact]] = {
    fact.kind: fact
    for fact in (
        JobState, StepState, CheckConfirmed, Measurement, MachineValue, MaterialConsumed, MaterialDetached,
        EvidenceCaptured, Nonconformance, Hold, HoldReleased, Signature, EquipmentState, AlarmTransition, CallRaised,
        CallAnswered, Comment, EpochStart, Checkpoint, ApplicationState, PersonSession, Override, SettingChanged,
    )
}  # fmt: skip


class RecordError(ValueError):
    """A record that cannot be written or read: says which and why."""


def encode_body(fact: Fact) -> bytes:
    """The body as it is hashed and stored: UTF-8 JSON in the order of the fields.

    Raises RecordError over 1 MiB, and for NaN, infinities and lone surrogates, which JSON cannot carry.
    """
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if isinstance(value, float) and not (-1.7e308 < value < 1.7e308):
            raise RecordError(f"{fact.kind}.{name}: {value} is not a number that can be recorded")
    try:
        body = msgspec.json.encode(fact)
    except UnicodeError as error:
        raise RecordError(f"{fact.kind}: a text contains a character that cannot be recorded ({error})") from error
    if len(body) > MAX_BODY_BYTES:
        raise RecordError(f"{fact.kind}: {len(body)} bytes; at most {MAX_BODY_BYTES} are recorded")
    return body


def decode_body(kind: str, body: bytes) -> Fact:
    """The fact in a stored body. Raises RecordError for an unknown kind or a body that does not fit it."""
    struct = KINDS.get(kind)
    if struct is None:
        raise RecordError(f"record kind {kind!r} is not known to this version")
    try:
        return msgspec.json.decode(body, type=struct)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
        raise RecordError(f"record of kind {kind}: {error}") from error
