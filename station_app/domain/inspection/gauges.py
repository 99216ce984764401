"""Gauges: whether one may be used now, and what was measured with it since it was last known to be good.

The master list says what a gauge is; calibrations and changes of status are records that are only ever added. The newest word
counts: a calibration recorded here is newer than the date in the master list when its validity ends later, and a status set
here holds until the next one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from station_app.domain.chain import Row
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
    """A calibration with its time (UTC microseconds)."""

    fact: GaugeCalibrated
    at_us: int


@dataclass(frozen=True, slots=True)
class GaugeState:
    """A gauge as it stands. ``valid_until_us`` is None where it needs no calibration; ``due`` is that day (ISO date)."""

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

    def fault(self, gauge_class: str, now_us: int) -> str:
        """Why it cannot be used for a characteristic now, as a sentence; empty when it can."""
        name = f"{self.tool.id} {self.tool.title}"
        if self.tool.sort != GAUGE:
            return f"{name} is a {self.tool.sort} and no gauge. Take a gauge."
        if gauge_class and self.tool.tool_class != gauge_class:
            return f"{name} is a {self.tool.tool_class}; this characteristic needs a {gauge_class}."
        if self.status != IN_SERVICE:
            why = f" ({self.reason})" if self.reason else ""
            return f"{name} is {self.status}{why}. Take another one."
        if self.valid_until_us is not None and now_us >= self.valid_until_us:
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
                self.calibrations.setdefault(fact.gauge, []).append(Calibrated(fact, row.wall_us))
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
                valid_until_us = calibrations[-1].at_us if bad else last.valid_until_us
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
        """
        known = self.calibrations.get(gauge, [])
        finding = next((each for each in reversed(known) if not each.fact.found_in_order), None)
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


def end_of_day_us(date: str) -> int | None:
    """The end of a day as UTC microseconds; None without a date."""
    if not date:
        return None
    day = datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time.min, datetime.UTC)
    return round(day.timestamp() * 1e6) + DAY_US


def gauges_of(tools: Iterable[Tool]) -> list[Tool]:
    """The gauges of a master list, by their numbers."""
    return sorted((tool for tool in tools if tool.sort == GAUGE), key=lambda tool: tool.id)
