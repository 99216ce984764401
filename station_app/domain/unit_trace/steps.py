"""What was done in the steps of a job: measured, read, built in, photographed, confirmed, in every attempt.

Readings, limits and excesses are text with their full resolution.
"""

from __future__ import annotations

from station_app.domain.log import ComponentUse
from station_app.domain.outcome import Outcome
from station_app.domain.unit_trace.basis import OfStep, OnRecord, Origin, Value


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
    """One pass through a step. ``attended_s`` is what everybody spent on it without pauses; None while none is recorded."""

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
