"""The catalogue of record kinds: every fact a station can state, with its fields.

A kind is a frozen struct; its class name is not stored, :attr:`Fact.kind` and :attr:`Fact.version` are. Facts are small
on purpose: states, times, genealogy and OEE are computed from them, never stored beside them. Readings are
strings as they arrived. A correction is a new record that names the old one in ``supersedes``.

>>> encode_body(Comment(text="new oil filter"))
b'{"text":"new oil filter","serial":"","job_id":"","supersedes":""}'
"""

from __future__ import annotations

import msgspec

from station_app.domain.chain import MAX_BODY_BYTES
from station_app.domain.records.base import Fact, OnStep, OnUnit
from station_app.domain.records.evidence import EvidenceCaptured, EvidenceDerived, EvidenceRemoved
from station_app.domain.records.execution import (
    ChangeSuggested,
    CheckConfirmed,
    ChecklistDone,
    CheckOverridden,
    ChoiceMade,
    HandOver,
    JobParameters,
    JobState,
    MaterialConsumed,
    MaterialDetached,
    ReworkStarted,
    StepReopened,
    StepSigned,
    StepSkipped,
    StepState,
    TextEntered,
    TimerElapsed,
    TimerStarted,
    ToolUsed,
    WorkTime,
)
from station_app.domain.records.floor import (
    AlarmTransition,
    CallAnswered,
    CallRaised,
    Checkpoint,
    Comment,
    EpochStart,
    EquipmentState,
    LineTrendComment,
    MaintenanceRequested,
    TagWritten,
    TrendComment,
)
from station_app.domain.records.gauges import (
    GaugeCalibrated,
    GaugeStatusChanged,
    GaugeStudyEnded,
    GaugeStudyReading,
    GaugeStudyStarted,
)
from station_app.domain.records.inspection import (
    AttributeInspected,
    InspectionDecided,
    InspectionStarted,
    ResultConfirmed,
    SampleMeasured,
    SamplingResumed,
)
from station_app.domain.records.measuring import MachineValue, MachineWindow, Measurement, TighteningResult
from station_app.domain.records.people import (
    ApplicationState,
    EsdTested,
    Override,
    PersonSession,
    SettingChanged,
    Signature,
)
from station_app.domain.records.process_control import ControlLimitsSet, ControlSignal, SignalCause
from station_app.domain.records.quality import Hold, HoldReleased, Nonconformance

__all__ = [
    "KINDS",
    "AlarmTransition",
    "ApplicationState",
    "AttributeInspected",
    "CallAnswered",
    "CallRaised",
    "ChangeSuggested",
    "CheckConfirmed",
    "CheckOverridden",
    "ChecklistDone",
    "Checkpoint",
    "ChoiceMade",
    "Comment",
    "ControlLimitsSet",
    "ControlSignal",
    "EpochStart",
    "EquipmentState",
    "EsdTested",
    "EvidenceCaptured",
    "EvidenceDerived",
    "EvidenceRemoved",
    "Fact",
    "GaugeCalibrated",
    "GaugeStatusChanged",
    "GaugeStudyEnded",
    "GaugeStudyReading",
    "GaugeStudyStarted",
    "HandOver",
    "Hold",
    "HoldReleased",
    "InspectionDecided",
    "InspectionStarted",
    "JobParameters",
    "JobState",
    "LineTrendComment",
    "MachineValue",
    "MachineWindow",
    "MaintenanceRequested",
    "MaterialConsumed",
    "MaterialDetached",
    "Measurement",
    "Nonconformance",
    "OnStep",
    "OnUnit",
    "Override",
    "PersonSession",
    "RecordError",
    "ResultConfirmed",
    "ReworkStarted",
    "SampleMeasured",
    "SamplingResumed",
    "SettingChanged",
    "SignalCause",
    "Signature",
    "StepReopened",
    "StepSigned",
    "StepSkipped",
    "StepState",
    "TagWritten",
    "TextEntered",
    "TighteningResult",
    "TimerElapsed",
    "TimerStarted",
    "ToolUsed",
    "TrendComment",
    "WorkTime",
    "decode_body",
    "encode_body",
]  # fmt: skip

KINDS: dict[str, type[Fact]] = {
    fact.kind: fact
    for fact in (
        JobState, StepState, CheckConfirmed, Measurement, MachineValue, MaterialConsumed, MaterialDetached,
        EvidenceCaptured, Nonconformance, Hold, HoldReleased, Signature, EquipmentState, AlarmTransition,
        CallRaised, CallAnswered, Comment, EpochStart, Checkpoint, ApplicationState, PersonSession, Override,
        SettingChanged,
        JobParameters, ToolUsed, ChoiceMade, TextEntered, ChecklistDone, TimerStarted, TimerElapsed, StepSigned,
        StepSkipped, CheckOverridden, StepReopened, ReworkStarted, HandOver, WorkTime, ChangeSuggested,
        MachineWindow, TighteningResult, SampleMeasured, AttributeInspected, InspectionDecided, GaugeCalibrated,
        GaugeStatusChanged, ControlLimitsSet, ControlSignal, SignalCause, GaugeStudyReading, GaugeStudyEnded,
        InspectionStarted, ResultConfirmed, SamplingResumed, GaugeStudyStarted,
        EvidenceDerived, EvidenceRemoved, TrendComment, MaintenanceRequested, TagWritten, EsdTested,
        LineTrendComment,
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
