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

    ``readings`` and ``raw_text`` are what arrived; ``value_text`` is what was judged (``statistic``: single, mean), rounded by
    ``rounding`` (absolute, rounding; ASTM E29). ``sample_no`` counts the pieces of a lot from 1.
    """

    kind: ClassVar[str] = "sample_measured"
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
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
    quality: str = "Good"
    outcome: Outcome


class AttributeInspected(OnStep, frozen=True, kw_only=True):
    """An attribute or count characteristic: how many were looked at, how many were not in order, how many defects."""

    kind: ClassVar[str] = "attribute_inspected"
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    characteristic: str
    lot: str = ""
    sample_no: int = 1
    inspected: int = 1
    nonconforming: int = 0
    defects: int = 0
    text: str = ""
    outcome: Outcome


class InspectionDecided(OnUnit, frozen=True, kw_only=True):
    """An inspection of a unit or lot was decided by its plan; for a lot with the sampling plan's figures (ISO 2859-1)."""

    kind: ClassVar[str] = "inspection_decided"
    inspection_id: str
    plan_id: str
    plan_version: str
    plan_sha256: str
    lot: str = ""
    lot_size: int = 1
    sample_size: int = 1
    code_letter: str = ""
    severity: str = ""
    acceptance_number: int | None = None
    rejection_number: int | None = None
    nonconforming: int = 0
    outcome: Outcome


class GaugeCalibrated(Fact, frozen=True, kw_only=True):
    """A gauge was calibrated: the certificate, how it was found and left, and until when it is valid (UTC)."""

    kind: ClassVar[str] = "gauge_calibrated"
    gauge: str
    certificate: str
    as_found: str
    as_left: str = ""
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

    ``second_*`` are those of its range, s or moving-range panel. The baseline is named by its times (UTC) and number of points.
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
    rules: tuple[str, ...]
    baseline_from_us: int
    baseline_until_us: int
    baseline_points: int
    reason: str
    approved_by: str
    printed_name: str


class ControlSignal(OnStep, frozen=True, kw_only=True):
    """A rule of a control chart was broken by a point: which chart and limits, which rule, the point's record and its members.

    ``warning`` is True for a trend towards a limit before anything is out. ``action``: none, hold, stop.
    """

    kind: ClassVar[str] = "control_signal"
    signal_id: str
    chart_id: str
    limits_version: int
    rule: str
    point_rec_id: str
    member_rec_ids: tuple[str, ...]
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
    """One reading of a gauge study (Gauge R&R): part, operator and trial (from 1)."""

    kind: ClassVar[str] = "gauge_study_reading"
    study_id: str
    gauge: str
    characteristic: str
    part: str
    operator: str
    trial: int
    value_text: str
    supersedes: str = ""


class GaugeStudyEnded(Fact, frozen=True, kw_only=True):
    """A gauge study was computed: method (anova, average and range) and every figure as "name=value"."""

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
