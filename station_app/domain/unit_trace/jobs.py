"""The jobs on a unit: one operation of an order at one station, by one version of a work master."""

from __future__ import annotations

from station_app.domain.outcome import Outcome
from station_app.domain.unit_trace.basis import OnRecord, Value
from station_app.domain.unit_trace.steps import StepTrace


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
    all attempts, also of those that were done again. ``parameters`` are the variant's as "name=value".
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
