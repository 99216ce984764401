"""Everything known about one unit, as values: what :func:`station_app.domain.trace.trace_unit` folds records into.

Times end in ``_us`` and are UTC microseconds since the epoch; readings, limits and excesses are text with their full
resolution. Nothing is left out: superseded values stay, marked with the record that replaced them.
"""

from __future__ import annotations

from station_app.domain.log import ComponentUse
from station_app.domain.unit_trace.basis import Flag, FlagCode, Names, OfStep, OnRecord, Origin, UnitState, Value
from station_app.domain.unit_trace.beside import (
    AlarmChange,
    AlarmTrace,
    CallTrace,
    ChainHead,
    Contradiction,
    HoldTrace,
    Remark,
    RuleOverridden,
    Signed,
    StationState,
    Unreadable,
)
from station_app.domain.unit_trace.jobs import JobChange, JobEvent, JobTrace
from station_app.domain.unit_trace.steps import (
    Attempt,
    Component,
    Confirmed,
    Defect,
    Detachment,
    EvidencePresence,
    Happened,
    MachineRead,
    Measured,
    PersonTime,
    PictureTaken,
    StepTrace,
)

__all__ = [
    "AlarmChange",
    "AlarmTrace",
    "Attempt",
    "CallTrace",
    "ChainHead",
    "Component",
    "Confirmed",
    "Contradiction",
    "Defect",
    "Detachment",
    "EvidencePresence",
    "Flag",
    "FlagCode",
    "Happened",
    "HoldTrace",
    "JobChange",
    "JobEvent",
    "JobTrace",
    "MachineRead",
    "Measured",
    "Names",
    "OfStep",
    "OnRecord",
    "Origin",
    "PersonTime",
    "PictureTaken",
    "Remark",
    "RuleOverridden",
    "Signed",
    "StationState",
    "StepTrace",
    "UnitState",
    "UnitTrace",
    "Unreadable",
    "Value",
]


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
