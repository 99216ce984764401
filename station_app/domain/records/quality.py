"""Facts of quality: measurements, machine values, evidence, nonconformances, holds, gauges and control charts."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.chain import AUDIT
from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact, OnStep, OnUnit


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


class MachineWindow(OnStep, frozen=True, kw_only=True):
    """A machine's value over a time: held within limits (``mode`` held) or summed up over the step (``mode`` window).

    ``statistic`` says what ``value_text`` is: minimum, maximum, mean, last. ``bad_s`` are the seconds without a good
    value; times are UTC microseconds.
    """

    kind: ClassVar[str] = "machine_window"
    characteristic: str
    tag: str
    address: str
    mode: str
    statistic: str
    value_text: str
    unit: str
    lower_limit: str = ""
    upper_limit: str = ""
    from_us: int
    until_us: int
    samples: int
    bad_s: float
    quality: str
    status: str
    outcome: Outcome


class TighteningResult(OnStep, frozen=True, kw_only=True):
    """One tightening: torque and angle as the tool or the person gave them, ``index`` of ``count`` screws (from 1)."""

    kind: ClassVar[str] = "tightening_result"
    characteristic: str
    index: int
    count: int
    torque_text: str
    torque_unit: str
    torque_lower: str = ""
    torque_upper: str = ""
    angle_text: str = ""
    angle_lower: str = ""
    angle_upper: str = ""
    tool: str = ""
    result_id: str = ""
    source: str
    quality: str = "Good"
    status: str = ""
    outcome: Outcome


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


class GaugeCalibrated(Fact, frozen=True, kw_only=True):
    """A gauge was calibrated: the certificate, how it was found and left, and until when it is valid (UTC).

    ``found_in_order`` judges it before any adjustment: when it is False, what was measured since the last good calibration is
    in doubt. ``outcome`` is PASS when it may be used from now on.
    """

    kind: ClassVar[str] = "gauge_calibrated"
    gauge: str
    certificate: str
    as_found: str
    as_left: str = ""
    found_in_order: bool
    valid_until_us: int
    performed_by: str = ""
    evidence_sha256: str = ""
    outcome: Outcome


class GaugeStatusChanged(Fact, frozen=True, kw_only=True):
    """A gauge's status was set. ``status``: in service, held, lost, retired."""

    kind: ClassVar[str] = "gauge_status_changed"
    gauge: str
    status: str
    reason: str


class ControlLimitsSet(Fact, frozen=True, kw_only=True):
    """A signed decision froze the limits of a control chart (phase II); the newest ``limits_version`` of a chart is in force.

    ``center`` is the mean (p for p and np, defects a unit for u), ``sigma`` the standard deviation of one reading, or of one
    item, ``dispersion`` Laney's sigma z. ``lcl``, ``ucl`` and those of the second panel (range, s, moving range) are as drawn
    for the usual subgroup. The baseline is named by its times (UTC) and how many subgroups and readings it had.
    """

    kind: ClassVar[str] = "control_limits_set"
    chart_id: str
    limits_version: int
    characteristic: str
    chart: str
    subgroup_size: int = 1
    center: float
    sigma: float
    lcl: float
    ucl: float
    second_center: float | None = None
    second_lcl: float | None = None
    second_ucl: float | None = None
    estimator: str
    constants: str = "exact"
    dispersion: float = 1.0
    rules: tuple[str, ...]
    baseline_from_us: int
    baseline_until_us: int
    baseline_points: int
    baseline_readings: int
    reason: str
    approved_by: str
    printed_name: str
    method: str


class ControlSignal(OnStep, frozen=True, kw_only=True):
    """A rule of a control chart was broken by a point: which chart and limits, which rule, the point and its members.

    Points are named by the ``sample_id`` of the measured sample, or by the ``rec_id`` of a measurement. ``panel``: main, or
    the second one (range, s, mr). ``rule_text`` says the rule as it was set. ``limits_version`` 0: provisional limits of the
    baseline. ``warning`` is True for a trend towards a limit before anything is out. ``action``: none, hold, stop.
    """

    kind: ClassVar[str] = "control_signal"
    signal_id: str
    chart_id: str
    limits_version: int
    panel: str = "main"
    rule: str
    rule_text: str
    point_id: str
    member_ids: tuple[str, ...]
    value_text: str
    warning: bool = False
    action: str = "none"


class SignalCause(Fact, frozen=True, kw_only=True):
    """The cause of a broken rule, chosen from a list or typed, and what was done."""

    kind: ClassVar[str] = "signal_cause"
    signal_id: str
    cause: str
    text: str = ""
    serial: str = ""


class GaugeStudyReading(Fact, frozen=True, kw_only=True):
    """One reading of a gauge study (Gauge R&R): part, operator and trial (from 1). A second one of the same supersedes it."""

    kind: ClassVar[str] = "gauge_study_reading"
    study_id: str
    gauge: str
    characteristic: str
    part: str
    operator: str
    trial: int
    value_text: str
    raw_text: str = ""
    source: str = "keypad"
    supersedes: str = ""


class GaugeStudyStarted(Fact, frozen=True, kw_only=True):
    """A gauge study begins: every operator measures every part so many times. ``tolerance`` is upper less lower limit."""

    kind: ClassVar[str] = "gauge_study_started"
    study_id: str
    gauge: str
    characteristic: str
    unit: str = ""
    parts: tuple[str, ...]
    operators: tuple[str, ...]
    trials: int
    tolerance: str = ""


class GaugeStudyEnded(Fact, frozen=True, kw_only=True):
    """A gauge study was computed: method (anova, range) and every figure as "name=value"; abandoned ones are SKIPPED."""

    kind: ClassVar[str] = "gauge_study_ended"
    study_id: str
    gauge: str
    characteristic: str
    method: str
    figures: tuple[str, ...]
    outcome: Outcome


class EvidenceDerived(OnStep, frozen=True, kw_only=True):
    """A copy made from an original that stays untouched: with an overlay, callouts, cropped or turned."""

    kind: ClassVar[str] = "evidence_derived"
    original_sha256: str
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    overlay: tuple[str, ...] = ()


class EvidenceRemoved(Fact, frozen=True, kw_only=True):
    """A file was removed from this station by its retention rule: it is sealed at the server and its record is delivered."""

    kind: ClassVar[str] = "evidence_removed"
    chan: ClassVar[str] = AUDIT
    sha256: str
    size_bytes: int
    reason: str
