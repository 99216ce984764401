"""Facts of inspecting by a plan: units and lots, their results and the decision."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact, OnStep, OnUnit


class SampleMeasured(OnStep, frozen=True, kw_only=True):
    """A characteristic of an inspection plan, measured once or several times on one unit or one piece of a lot.

    ``sample_id`` names it from other records of the same commit. ``readings`` and ``raw_text`` are what arrived;
    ``value_text`` is what was judged (``statistic``: single, mean) by the method ``rounding`` (absolute, rounding; ASTM E29).
    ``sample_no`` counts the pieces of a lot from 1. ``machine`` and ``tool`` are those that made it, where they were told.
    """

    kind: ClassVar[str] = "sample_measured"
    sample_id: str
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    product: str
    characteristic: str
    lot: str = ""
    sample_no: int = 1
    readings: tuple[str, ...]
    statistic: str = "single"
    value_text: str
    range_text: str = ""
    unit: str
    nominal: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    decimals: int
    rounding: str = "absolute"
    source: str
    gauge: str = ""
    gauge_class: str = ""
    raw_text: str = ""
    machine: str = ""
    tool: str = ""
    quality: str = "Good"
    outcome: Outcome


class AttributeInspected(OnStep, frozen=True, kw_only=True):
    """An attribute or count characteristic: how many were looked at, how many were not in order, how many defects.

    ``text`` names the defect. The other fields are those of a measured sample.
    """

    kind: ClassVar[str] = "attribute_inspected"
    sample_id: str
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    product: str
    characteristic: str
    lot: str = ""
    sample_no: int = 1
    inspected: int = 1
    nonconforming: int = 0
    defects: int = 0
    text: str = ""
    source: str = "keypad"
    gauge: str = ""
    raw_text: str = ""
    machine: str = ""
    tool: str = ""
    outcome: Outcome


class InspectionStarted(OnUnit, frozen=True, kw_only=True):
    """An inspection began: of the unit of a job, or of a lot (then ``job_id`` and ``serial`` are empty). It pins its plan.

    ``due`` are the characteristics that the plan's sampling asks for. ``severities`` pins for every sampling scheme of a lot
    what is in force, as "level aql severity". ``supplier`` is whose lots form a series for switching, empty: our own.
    """

    kind: ClassVar[str] = "inspection_started"
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    product: str
    lot: str = ""
    lot_size: int = 1
    supplier: str = ""
    original: bool = True
    due: tuple[str, ...]
    severities: tuple[str, ...] = ()


class ResultConfirmed(OnUnit, frozen=True, kw_only=True):
    """A result out of limits was confirmed as a defect instead of being measured again: ``sample_id`` names it."""

    kind: ClassVar[str] = "result_confirmed"
    inspection_id: str
    sample_id: str
    characteristic: str
    lot: str = ""
    sample_no: int = 1
    nonconformance_id: str
    defect: str


class SamplingResumed(Fact, frozen=True, kw_only=True):
    """A discontinued acceptance inspection goes on, tightened: the improvement was confirmed by a signed decision."""

    kind: ClassVar[str] = "sampling_resumed"
    plan_id: str
    supplier: str = ""
    level: str
    aql: str
    reason: str
    approved_by: str
    printed_name: str
    method: str


class InspectionDecided(OnUnit, frozen=True, kw_only=True):
    """An inspection of a unit or lot was decided by its plan; for a lot with the sampling plan's figures.

    A lot has one record for each sampling scheme in its plan (``level`` and ``aql`` of ISO 2859-1, both empty for what is
    inspected without sampling tables; ``edition`` is the standard's). ``supplier`` is whose lots form a series, empty: our
    own. ``original`` is False for a lot that was submitted again, which does not count for switching.
    """

    kind: ClassVar[str] = "inspection_decided"
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    lot: str = ""
    supplier: str = ""
    original: bool = True
    lot_size: int = 1
    sample_size: int = 1
    level: str = ""
    aql: str = ""
    edition: str = ""
    code_letter: str = ""
    severity: str = ""
    acceptance_number: int | None = None
    rejection_number: int | None = None
    nonconforming: int = 0
    outcome: Outcome
