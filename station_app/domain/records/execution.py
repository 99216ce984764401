"""Facts of execution: jobs, steps and what their checks record besides measurements."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact, OnStep, OnUnit


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


class JobParameters(OnUnit, frozen=True, kw_only=True):
    """What the job's work master became for this unit: the variant and every parameter as "name=value"."""

    kind: ClassVar[str] = "job_parameters"
    variant: str
    parameters: tuple[str, ...] = ()


class ToolUsed(OnStep, frozen=True, kw_only=True):
    """A tool or fixture was scanned for a step: ``tool_class`` is what the step asks for, ``due_us`` its calibration, UTC.

    One that is expired, held or of another class is recorded with outcome FAIL and the reason, and passes nothing.
    """

    kind: ClassVar[str] = "tool_used"
    tool: str
    tool_class: str
    due_us: int | None = None
    reason: str = ""
    outcome: Outcome


class ChoiceMade(OnStep, frozen=True, kw_only=True):
    """A person chose an answer: ``choice`` is its id, ``text`` what was read, ``reason`` why, where the answer asks for one."""

    kind: ClassVar[str] = "choice_made"
    choice: str
    text: str
    reason: str = ""
    outcome: Outcome


class TextEntered(OnStep, frozen=True, kw_only=True):
    """A person typed a text, or a number that is no characteristic of the product (``entry``: text, number)."""

    kind: ClassVar[str] = "text_entered"
    entry: str
    value_text: str
    unit: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    outcome: Outcome


class ChecklistDone(OnStep, frozen=True, kw_only=True):
    """Every item of a checklist was answered: the ids of those that are in order and of those that are not."""

    kind: ClassVar[str] = "checklist_done"
    in_order: tuple[str, ...]
    not_in_order: tuple[str, ...] = ()
    outcome: Outcome


class TimerStarted(OnStep, frozen=True, kw_only=True):
    """A waiting time began (cure, cool-down): ``required_s`` seconds from this record's time."""

    kind: ClassVar[str] = "timer_started"
    required_s: float


class TimerElapsed(OnStep, frozen=True, kw_only=True):
    """A waiting time was ended by a person: ``waited_s`` seconds after it began; too early is outcome FAIL."""

    kind: ClassVar[str] = "timer_elapsed"
    required_s: float
    waited_s: float
    outcome: Outcome


class StepSigned(OnStep, frozen=True, kw_only=True):
    """A person of a role signed a step (21 CFR 11.50): printed name, meaning, what was signed by id and hash, and how."""

    kind: ClassVar[str] = "step_signed"
    role: str
    person_id: str
    printed_name: str
    meaning: str
    method: str
    signed_ids: tuple[str, ...] = ()
    signed_hashes: tuple[str, ...] = ()


class StepSkipped(OnStep, frozen=True, kw_only=True):
    """A step was left out. ``cause``: condition (its condition did not hold), optional, or override (by a signature)."""

    kind: ClassVar[str] = "step_skipped"
    step_no: int
    title: str
    cause: str
    reason: str
    approved_by: str = ""
    printed_name: str = ""
    method: str = ""


class CheckOverridden(OnStep, frozen=True, kw_only=True):
    """A check that is open or failed was set aside by a permitted person's signature; it counts as SKIPPED, never as PASS."""

    kind: ClassVar[str] = "check_overridden"
    reason: str
    approved_by: str
    printed_name: str
    method: str


class StepReopened(OnStep, frozen=True, kw_only=True):
    """A completed step is done again: ``attempt`` is the new one, ``from_step`` where the work stood. Both are kept."""

    kind: ClassVar[str] = "step_reopened"
    from_step: str
    reason: str


class ReworkStarted(OnUnit, frozen=True, kw_only=True):
    """The work jumps back to correct a failure: from the step that failed to the step it names for rework."""

    kind: ClassVar[str] = "rework_started"
    rework_id: str
    from_step: str
    to_step: str
    reason: str
    nonconformance_id: str = ""


class HandOver(OnUnit, frozen=True, kw_only=True):
    """A running job went from one person to another, at a change of shift for example."""

    kind: ClassVar[str] = "hand_over"
    from_person: str
    to_person: str
    note: str = ""


class WorkTime(OnStep, frozen=True, kw_only=True):
    """One person's time in one attempt of a step, in seconds: by the clock on the wall, at work, and waiting.

    Dialogs for choosing people, pauses, and the time from a crash to the restart are in ``wall_s`` only.
    """

    kind: ClassVar[str] = "work_time"
    person_id: str
    wall_s: float
    attended_s: float
    waiting_s: float


class ChangeSuggested(Fact, frozen=True, kw_only=True):
    """Somebody on the floor suggests a change of an instruction: where (fractions of a picture), what, and a photo."""

    kind: ClassVar[str] = "change_suggested"
    suggestion_id: str
    work_master_id: str
    work_master_version: str
    work_master_sha256: str
    step_id: str
    text: str
    media_file: str = ""
    x: float | None = None
    y: float | None = None
    evidence_sha256: str = ""
    serial: str = ""
    job_id: str = ""
