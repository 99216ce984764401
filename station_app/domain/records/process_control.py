"""Facts of control charts: frozen limits, broken rules and their causes."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.records.base import Fact, OnStep


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
