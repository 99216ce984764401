"""Facts of gauges: calibrations, status, and studies of what they can do."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact


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
