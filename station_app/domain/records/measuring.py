"""Facts of measuring: by hand or gauge, from a machine, of a tightening."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.outcome import Outcome
from station_app.domain.records.base import OnStep


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
