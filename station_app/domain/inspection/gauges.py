"""Gauges: whether one may be used now, and what was measured with it since it was last known to be good.

The master list says what a gauge is; calibrations and changes of status are records that are only ever added. The newest word
counts: a calibration recorded here is newer than the date in the master list when its validity ends later, and a status set
here holds until the next one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from station_app.domain.chain import Row
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.inspection.units import UnitError, convert
from station_app.domain.master import Tool
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AttributeInspected,
    Fact,
    GaugeCalibrated,
    GaugeStatusChanged,
    Measurement,
    SampleMeasured,
    TighteningResult,
    ToolUsed,
)

IN_SERVICE, HELD, LOST, RETIRED = "in service", "held", "lost", "retired"
STATUSES = (IN_SERVICE, HELD, LOST, RETIRED)
GAUGE = "gauge"
DAY_US = 86_400_000_000
MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class GaugeUse:
    """A value that was measured with a gauge. ``at_us`` is UTC microseconds; ``lot`` and ``serial`` say on what."""

    rec_id: str
    gauge: str
    serial: str
    lot: str
    characteristic: str
    value_text: str
    at_us: int
    actor: str
    station: str = ""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration with its time (UTC microseconds), and the station's local offset at that time."""

    fact: GaugeCalibrated
    at_us: int
    utc_offset_min: int = 0


@dataclass(frozen=True, slots=True)
class GaugeState:
    """A gauge as it stands. ``valid_until_us`` is None where it needs no calibration; ``due`` is that day (ISO date).

    A calibration ends with a day, and a day is the station's: ``valid_until_us`` is the end of that day by the clock on the
    wall, in microseconds since 1970 by the same clock.
    """

    tool: Tool
    status: str
    reason: str
    valid_until_us: int | None
    certificate: str
    calibrations: tuple[Calibrated, ...]

    @property
    def due(self) -> str:
        """The last day on which it may be used; empty where it needs no calibration."""
        if self.valid_until_us is None:
            return ""
        return datetime.datetime.fromtimestamp((self.valid_until_us - 1) / 1e6, datetime.UTC).date().isoformat()

    @property
    def tool_now(self) -> Tool:
        """The entry of the master list with the status and the last day that count now."""
        return msgspec.structs.replace(self.tool, status=self.status, calibration_due=self.due)

    def fault(self, gauge_class: str, local_us: int) -> str:
        """Why it cannot be used for a characteristic now (by the station's local time), as a sentence; empty when it can."""
        name = f"{self.tool.id} {self.tool.title}"
        if self.tool.sort != GAUGE:
            return f"{name} is a {self.tool.sort} and no gauge. Take a gauge."
        if gauge_class and self.tool.tool_class != gauge_class:
            return f"{name} is a {self.tool.tool_class}; this characteristic needs a {gauge_class}."
        if self.status != IN_SERVICE:
            why = f" ({self.reason})" if self.reason else ""
            return f"{name} is {self.status}{why}. Take another one."
        if self.valid_until_us is not None and local_us >= self.valid_until_us:
            return f"{name}: its calibration ended on {self.due}. Take another one and have it calibrated."
        return ""


@dataclass(frozen=True, slots=True)
class Affected:
    """What is in doubt: measured with the gauge after ``since_us`` (None: ever) and up to ``until_us`` (None: now).

    ``reason`` says why: found out of order by a certificate, held, or only asked for.
    """

    gauge: str
    since_us: int | None
    until_us: int | None
    reason: str
    uses: tuple[GaugeUse, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The serial numbers, or lots, each once, in the order of their first measurement."""
        return tuple(dict.fromkeys(use.serial or use.lot for use in self.uses if use.serial or use.lot))


@dataclass
class GaugeRegister:
    """Calibrations, status and uses of every gauge, folded from records. Records may come from several stations."""

    calibrations: dict[str, list[Calibrated]] = field(default_factory=dict)
    statuses: dict[str, tuple[GaugeStatusChanged, int]] = field(default_factory=dict)
    uses: dict[str, list[GaugeUse]] = field(default_factory=dict)

    def apply(self, row: Row, fact: Fact, station: str = "") -> None:
        """Fold one record; others are passed over."""
        match fact:
            case GaugeCalibrated():
                self.calibrations.setdefault(fact.gauge, []).append(Calibrated(fact, row.wall_us, row.utc_offset_min))
                self.calibrations[fact.gauge].sort(key=lambda each: each.at_us)
            case GaugeStatusChanged():
                known = self.statuses.get(fact.gauge)
                if known is None or known[1] <= row.wall_us:
                    self.statuses[fact.gauge] = (fact, row.wall_us)
            case _:
                use = use_of(row, fact, station)
                if use is not None:
                    self.uses.setdefault(use.gauge, []).append(use)

    def state(self, tool: Tool) -> GaugeState:
        """A gauge of the master list as it stands."""
        calibrations = tuple(self.calibrations.get(tool.id, ()))
        valid_until_us = end_of_day_us(tool.calibration_due)
        certificate = tool.certificate
        if calibrations:
            last = calibrations[-1].fact
            bad = last.outcome is not Outcome.PASS
            # a newer date in the master list is a calibration that was recorded elsewhere
            if bad or valid_until_us is None or last.valid_until_us > valid_until_us:
                # left unusable, it may not be used on that day any more: what counts days only must say so too
                found_us = calibrations[-1].at_us + calibrations[-1].utc_offset_min * MINUTE_US
                valid_until_us = found_us // DAY_US * DAY_US if bad else last.valid_until_us
                certificate = last.certificate
        changed = self.statuses.get(tool.id)
        status, reason = (tool.status, "") if changed is None else (changed[0].status, changed[0].reason)
        # the master list may take a gauge out of service, whatever a station says of it
        if tool.status != IN_SERVICE:
            status, reason = tool.status, reason if status == tool.status else ""
        return GaugeState(tool, status, reason, valid_until_us, certificate, calibrations)

    def affected(self, gauge: str) -> Affected:
        """What was measured since the last good calibration.

        When the gauge was found out of order, up to that finding; otherwise up to now: what would be in doubt if it were.
        A gauge that was taken out of service after such a finding is in doubt anew, up to now.
        """
        known = self.calibrations.get(gauge, [])
        finding = next((each for each in reversed(known) if not each.fact.found_in_order), None)
        status = self.statuses.get(gauge)
        if finding is not None and status is not None and status[0].status != IN_SERVICE and status[1] > finding.at_us:
            # found good again since then, that calibration is where the doubt begins; else where it began before
            later = known[known.index(finding) + 1 :]
            known = later if any(each.fact.outcome is Outcome.PASS for each in later) else known[: known.index(finding)]
            finding = None
        before = known if finding is None else known[: known.index(finding)]
        good = next((each for each in reversed(before) if each.fact.outcome is Outcome.PASS), None)
        since_us = None if good is None else good.at_us
        until_us = None if finding is None else finding.at_us
        uses = sorted(self.uses.get(gauge, ()), key=lambda use: (use.at_us, use.rec_id))
        return Affected(
            gauge,
            since_us,
            until_us,
            _reason(gauge, finding, self.statuses.get(gauge)),
            tuple(
                use
                for use in uses
                if (since_us is None or use.at_us > since_us) and (until_us is None or use.at_us <= until_us)
            ),
        )


def _reason(gauge: str, finding: Calibrated | None, status: tuple[GaugeStatusChanged, int] | None) -> str:
    if finding is not None:
        return f"found out of order ({finding.fact.as_found}), certificate {finding.fact.certificate}"
    if status is not None and status[0].status != IN_SERVICE:
        return f"{status[0].status}: {status[0].reason}"
    return f"{gauge} was not found out of order"


def use_of(row: Row, fact: Fact, station: str = "") -> GaugeUse | None:
    """The use of a gauge that a record states, if any."""
    gauge = value = lot = ""
    match fact:
        case SampleMeasured():
            gauge, value, lot = fact.gauge, fact.value_text, fact.lot
        case AttributeInspected():
            gauge, value, lot = fact.gauge, fact.outcome, fact.lot
        case Measurement():
            gauge, value = fact.gauge, fact.value_text
        case TighteningResult():
            gauge, value = fact.tool, fact.torque_text
        case ToolUsed() if fact.outcome is Outcome.PASS:
            return GaugeUse(
                row.rec_id, fact.tool, fact.serial, "", fact.tool_class, "", row.wall_us, row.actor, station
            )
        case _:
            return None
    if not gauge:
        return None
    characteristic = getattr(fact, "characteristic", "")
    serial = getattr(fact, "serial", "")
    return GaugeUse(row.rec_id, gauge, serial, lot, characteristic, value, row.wall_us, row.actor, station)


def too_coarse(tool: Tool, wanted: Characteristic) -> str:
    """That a gauge shows fewer places than a characteristic is measured to, as a sentence; empty when it is fine enough."""
    if not tool.resolution or wanted.type is not CharacteristicType.VARIABLE:
        return ""
    step = Decimal(tool.resolution)
    try:
        in_plan = convert(step, tool.unit, wanted.unit) if tool.unit and wanted.unit else step
    except UnitError:
        in_plan = step  # a class may be shared by gauges of other units; what they show is checked with each reading
    exponent = in_plan.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places >= wanted.decimals:
        return ""
    finest = Decimal((0, (1,), -wanted.decimals))
    return (
        f"{tool.id} {tool.title} shows steps of {step:f} {tool.unit}".rstrip()
        + f"; “{wanted.title}” is measured to {finest:f} {wanted.unit}".rstrip()
        + ". Take a finer one."
    )


def end_of_day_us(date: str) -> int | None:
    """The end of a day by a clock on the wall, in microseconds since 1970 by that clock; None without a date."""
    if not date:
        return None
    day = datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time.min, datetime.UTC)
    return round(day.timestamp() * 1e6) + DAY_US


def gauges_of(tools: Iterable[Tool]) -> list[Tool]:
    """The gauges of a master list, by their numbers."""
    return sorted((tool for tool in tools if tool.sort == GAUGE), key=lambda tool: tool.id)
