"""Control charts in words and as what the widgets draw: panels, marks, stages, the state of a chart. Makes no widgets."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.quality.chart import Panel
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.run_rules import RunRules
from station_app.domain.records import ControlLimitsSet
from station_app.domain.spc.live import LiveChart, Phase
from station_app.domain.spc.points import ChartPoint, shift_of
from station_app.domain.spc.signals import Signal
from station_app.services.spc import ChartEntry
from station_app.ui.spc_line_words import station_text
from widgets.control_chart_values import PanelValues, PointMark, StageMark
from widgets.step_list import StepMark

translate = QCoreApplication.translate

ZONED = (ChartKind.XBAR_R, ChartKind.XBAR_S, ChartKind.I_MR)
SECOND_WEIGHT = 0.55
SECONDS_A_MINUTE = 60


def kind_text(kind: ChartKind) -> str:
    """What a chart is called."""
    return {
        ChartKind.XBAR_R: translate("spc", "X̄ and R"),
        ChartKind.XBAR_S: translate("spc", "X̄ and s"),
        ChartKind.I_MR: translate("spc", "individuals"),
        ChartKind.P: translate("spc", "p"),
        ChartKind.NP: translate("spc", "np"),
        ChartKind.C: translate("spc", "c"),
        ChartKind.U: translate("spc", "u"),
        ChartKind.EWMA: translate("spc", "EWMA"),
        ChartKind.CUSUM: translate("spc", "CUSUM"),
    }[kind]


def _panel_titles(kind: ChartKind) -> tuple[str, str]:
    mean = translate("spc", "Mean")
    return {
        ChartKind.XBAR_R: (mean, translate("spc", "Range")),
        ChartKind.XBAR_S: (mean, translate("spc", "Standard deviation s")),
        ChartKind.I_MR: (translate("spc", "Individuals"), translate("spc", "Moving range")),
        ChartKind.P: (translate("spc", "Share not in order"), ""),
        ChartKind.NP: (translate("spc", "Not in order"), ""),
        ChartKind.C: (translate("spc", "Defects"), ""),
        ChartKind.U: (translate("spc", "Defects a unit"), ""),
        ChartKind.EWMA: (translate("spc", "Weighted average"), ""),
        ChartKind.CUSUM: (translate("spc", "Sums"), ""),
    }[kind]


def rule_label(rule: str) -> str:
    """A rule's number as it stands at a point: "3" of "nelson-3"; nothing for a warning."""
    _, _, number = rule.rpartition("-")
    return number if rule.startswith(("nelson-", "we-")) else ""


def estimator_word(estimator: str) -> str:
    """How a sigma was found, as people say it; what is not known stays as it is."""
    return {
        "rbar": translate("spc", "mean range"),
        "sbar": translate("spc", "mean standard deviation"),
        "pooled": translate("spc", "pooled"),
        "mr": translate("spc", "moving range"),
        "given": translate("spc", "given"),
        "binomial": translate("spc", "binomial"),
        "poisson": translate("spc", "Poisson"),
        "laney": translate("spc", "Laney"),
    }.get(estimator, estimator)


class LiveMarks:
    """The marks of a panel, made for the points in sight. ``warnings`` gives the text of an early warning by point_id."""

    def __init__(self, live: LiveChart, panel: Panel, warnings: Mapping[str, str] | None = None) -> None:
        self._live, self._panel = live, panel
        self._warnings = warnings or {}
        self._lower = live.settings.chart is ChartKind.CUSUM and live.chart is not None and panel is live.chart.second

    def between(self, first: int, stop: int) -> Sequence[PointMark]:
        """Broken rules and warnings of these points; several rules of a point stand together."""
        marks: list[PointMark] = []
        stop = min(stop, len(self._panel.points))
        if self._live.phase is Phase.COLLECTING or stop <= first:
            return marks
        rules = self._rules()
        words: dict[str, str] = {rule: rules.text(rule) for rule in rules.enabled}
        for place, found in self._panel.violations.grouped(first + 1, stop):
            if self._of_other_sum(place - 1):
                continue
            label = " ".join(rule_label(each.rule) for each in found)
            text = "; ".join(dict.fromkeys(words.get(each.rule, each.rule) for each in found))
            members = tuple(sorted({member - 1 for each in found for member in each.members}))
            marks.append(PointMark(place - 1, label, text, members, lower=self._lower))
        marked = {mark.index for mark in marks}
        for index in range(first, stop) if self._warnings else ():
            text = self._warnings.get(self._live.groups[index][-1].point_id, "")
            if text and index not in marked:
                marks.append(PointMark(index, "", text, warning=True))
        return sorted(marks, key=lambda mark: mark.index)

    def _rules(self) -> RunRules:
        chart = self._live.chart
        assert chart is not None
        return chart.rules

    def _of_other_sum(self, index: int) -> bool:
        """The upper panel of a CUSUM names the violations of both sums."""
        chart = self._live.chart
        if chart is None or self._live.settings.chart is not ChartKind.CUSUM or self._lower:
            return False
        return not float(chart.points[index]) > float(chart.ucl[index])


def panels_of(live: LiveChart, decimals: int, signals: Sequence[Signal] = ()) -> list[PanelValues]:
    """The panels of a chart; nothing while nothing can be computed. Before there are limits none are drawn."""
    chart, kind = live.chart, live.settings.chart
    if chart is None:
        return []
    places = {ChartKind.P: 3, ChartKind.NP: 1, ChartKind.C: 1, ChartKind.U: 2}.get(kind, decimals + 1)
    titles = _panel_titles(kind)
    warnings = {signal.fact.point_id: signal.fact.rule_text for signal in signals if signal.fact.warning}
    if kind is ChartKind.CUSUM:
        return [_cusum_panel(live, titles[0], places)]
    panels = [_panel(live, chart, titles[0], places, zones=kind in ZONED, warnings=warnings)]
    if chart.second is not None:
        panels.append(_panel(live, chart.second, titles[1], places, weight=SECOND_WEIGHT))
    return panels


def _panel(
    live: LiveChart,
    panel: Panel,
    title: str,
    decimals: int,
    *,
    zones: bool = False,
    weight: float = 1.0,
    warnings: Mapping[str, str] | None = None,
) -> PanelValues:
    limits = (panel.center, panel.lcl, panel.ucl)
    if live.phase is Phase.COLLECTING:
        nothing = np.full(len(panel.points), math.nan)
        limits, zones = (nothing, nothing, nothing), False
    return PanelValues(
        title,
        panel.points,
        *limits,
        deviation=panel.deviation if zones else None,
        marks=LiveMarks(live, panel, warnings),
        decimals=decimals,
        weight=weight,
    )


class _BothSums:
    """The marks of both sums of a CUSUM."""

    def __init__(self, upper: LiveMarks, lower: LiveMarks) -> None:
        self._sides = (upper, lower)

    def between(self, first: int, stop: int) -> Sequence[PointMark]:
        """Those of a range of points."""
        return [mark for side in self._sides for mark in side.between(first, stop)]


def _cusum_panel(live: LiveChart, title: str, decimals: int) -> PanelValues:
    chart = live.chart
    assert chart is not None and chart.second is not None
    collecting = live.phase is Phase.COLLECTING
    nothing = np.full(len(chart.points), math.nan)
    return PanelValues(
        title,
        chart.points,
        chart.center,
        nothing if collecting else chart.lcl,
        nothing if collecting else chart.ucl,
        lower=chart.second.points,
        marks=_BothSums(LiveMarks(live, chart), LiveMarks(live, chart.second)),
        decimals=decimals,
        names=("h", "", "−h"),
    )


def stages_of(live: LiveChart, limits: Sequence[ControlLimitsSet]) -> list[StageMark]:
    """Phase I and phase II: the baseline that the limits come from, and what is judged by them."""
    if live.phase is Phase.PROVISIONAL:
        baseline = live.settings.baseline
        marks = [StageMark(0, translate("spc", "baseline"))]
        if len(live.groups) > baseline:
            marks.append(StageMark(baseline, translate("spc", "provisional limits")))
        return marks
    if live.phase is not Phase.FROZEN:
        return []
    fact = max(limits, key=lambda each: each.limits_version)
    text = translate("spc", "limits {n}").format(n=fact.limits_version)
    after = next((at for at, group in enumerate(live.groups) if group[-1].at_us > fact.baseline_until_us), None)
    if not after:
        return [StageMark(0, text)]
    return [
        StageMark(0, translate("spc", "baseline of limits {n}").format(n=fact.limits_version)),
        StageMark(after, text),
    ]


def limits_note(live: LiveChart, limits: Sequence[ControlLimitsSet]) -> str:
    """Where the limits come from: "limits 4, frozen · baseline to 2026-11-02"."""
    if live.phase is Phase.FROZEN:
        fact = max(limits, key=lambda each: each.limits_version)
        until = datetime.datetime.fromtimestamp(fact.baseline_until_us / 1e6, datetime.UTC).date().isoformat()
        return translate("spc", "limits {n}, frozen · baseline to {date}").format(n=fact.limits_version, date=until)
    if live.phase is Phase.PROVISIONAL:
        return translate("spc", "provisional limits from the first {n}").format(n=live.settings.baseline)
    return translate("spc", "no limits yet")


@dataclass(frozen=True, slots=True)
class ChartState:
    """How a chart stands: its mark and a word or two."""

    mark: StepMark
    text: str
    warning: bool = False


def state_of(entry: ChartEntry, live: LiveChart) -> ChartState:
    """A broken rule without a cause, a rule that the newest point breaks, a warning, no limits yet, or all is well."""
    if entry.open_signals:
        text = translate("spc", "{n} open").format(n=entry.open_signals)
        return ChartState(StepMark.FAILED, text)
    found = live.newest_signals()
    if any(not signal.warning for signal in found):
        return ChartState(StepMark.FAILED, translate("spc", "rule broken"))
    if found:
        return ChartState(StepMark.CURRENT, translate("spc", "early warning"), warning=True)
    if live.phase is Phase.COLLECTING:
        made = translate("spc", "{n} of {m}").format(n=len(live.groups), m=live.settings.baseline)
        return ChartState(StepMark.OPEN, made)
    return ChartState(StepMark.DONE, translate("spc", "stable"))


def description_of(entry: ChartEntry, live: LiveChart) -> str:
    """The chart for who does not see it."""
    broken = len(live.chart.violations) if live.chart is not None and live.phase is not Phase.COLLECTING else 0
    return translate("spc", "{title}, {kind}: {points}, {rules}").format(
        title=entry.characteristic.title,
        kind=kind_text(entry.settings.chart),
        points=points_text(len(live.groups)),
        rules=translate("spc", "1 broken rule")
        if broken == 1
        else translate("spc", "{n} broken rules").format(n=broken),
    )


def points_text(count: int) -> str:
    """How many points a chart has."""
    return translate("spc", "1 point") if count == 1 else translate("spc", "{n} points").format(n=count)


def signal_title(signal: Signal) -> str:
    """A signal as a headline: "Rule 3: six points in a row steadily rising"."""
    label, words = rule_label(signal.fact.rule), signal.fact.rule_text
    if not label:
        return translate("spc", "Early warning: {text}").format(text=words)
    return translate("spc", "Rule {label}: {text}").format(label=label, text=words)


def point_lines(
    characteristic: Characteristic, group: Sequence[ChartPoint], name_of: Callable[[str], str] = str
) -> list[tuple[str, str]]:
    """What stands behind a plotted point, as label and value. ``name_of``: a person by the id."""
    newest = group[-1]
    serials = list(dict.fromkeys(point.serial or point.lot for point in group))
    values = ", ".join(_value_text(characteristic, point) for point in group)
    times = datetime.datetime.fromtimestamp(
        newest.at_us / 1e6 + newest.utc_offset_min * SECONDS_A_MINUTE, datetime.UTC
    ).strftime("%Y-%m-%d %H:%M:%S")
    found = [
        (translate("spc", "Unit"), ", ".join(serials)),
        (translate("spc", "Value"), f"{values} {characteristic.unit}".strip()),
        (translate("spc", "Time"), f"{times} · {shift_of(newest)}".rstrip(" ·")),
        (translate("spc", "Station"), station_text(newest.station) if newest.station else ""),
        (translate("spc", "Person"), name_of(newest.operator) if newest.operator else ""),
        (translate("spc", "Gauge"), newest.gauge),
        (translate("spc", "Machine"), newest.machine),
        (translate("spc", "Tool"), newest.tool),
        (translate("spc", "Lot"), newest.lot if newest.serial else ""),
    ]
    return [(label, value) for label, value in found if value]


def _value_text(characteristic: Characteristic, point: ChartPoint) -> str:
    if characteristic.type is CharacteristicType.VARIABLE:
        return point.value_text
    return translate("spc", "{count} of {size}").format(count=point.count, size=point.size)
