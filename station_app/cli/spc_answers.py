"""What `station spc` answers: each result as a JSON object with every digit, and as a table for a person.

A value that is the same for every point is one number in JSON, else a list; null stands for a missing point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from station_app.cli.output import say
from station_app.domain.counts import counted

if TYPE_CHECKING:
    from station_app.domain.quality.capability import Capability, Histogram, Index
    from station_app.domain.quality.chart import Chart, Panel
    from station_app.domain.quality.constants import FloatArray
    from station_app.domain.quality.gauge_study import GaugeStudy
    from station_app.domain.quality.run_rules import RunRules
    from station_app.domain.quality.sampling import Plan

Json = dict[str, Any]
# a longer chart shows only the points that break a rule
LONGEST_TABLE = 60


def chart_answer(chart: Chart) -> Json:
    """A chart with the conventions it was made by."""
    from dataclasses import asdict

    limits = chart.limits[-1]
    answer: Json = {"chart": str(chart.kind), **_panel(chart)}
    answer["sigma"], answer["estimator"] = _collapsed(chart.sigma), str(chart.estimator)
    if chart.second is not None:
        answer[chart.second.name] = _panel(chart.second)
    answer |= {
        "stable": chart.stable,
        "constants": str(limits.constants),
        "rules": asdict(chart.rules),
        "limits": [asdict(each) for each in chart.limits],
        "settings": {
            name: value if isinstance(value, float | int) else _collapsed(value)
            for name, value in chart.settings.items()
        },
        "incomplete": chart.incomplete,
        "notes": list(chart.notes),
    }
    return answer


def _panel(panel: Panel) -> Json:
    violations = [{"rule": each.rule, "index": each.index, "members": list(each.members)} for each in panel.violations]
    return {
        "center": _collapsed(panel.center),
        "lcl": _collapsed(panel.lcl),
        "ucl": _collapsed(panel.ucl),
        "points": _listed(panel.points),
        "violations": violations,
    }


def _listed(values: FloatArray) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _collapsed(values: FloatArray) -> float | list[float | None] | None:
    """One number when all that are there are equal, else the list."""
    listed = _listed(values)
    different = {value for value in listed if value is not None}
    if len(different) > 1:
        return listed
    return different.pop() if different else None


def capability_answer(found: Capability, bars: Histogram) -> Json:
    """The indices with their intervals, estimator, n, and whether the control chart allows to believe them."""
    indices = {"cp": found.cp, "cpk": found.cpk, "cpm": found.cpm, "pp": found.pp, "ppk": found.ppk}
    return {
        **{name: {"value": each.value, "low": each.low, "high": each.high} for name, each in indices.items()},
        "stable": found.stable,
        "estimator": str(found.within.estimator),
        "sigma_within": found.within.value,
        "degrees_of_freedom": found.within.degrees_of_freedom,
        "sigma_overall": found.overall,
        "mean": found.mean,
        "n": found.n,
        "confidence": found.confidence,
        "lsl": found.specification.lower,
        "usl": found.specification.upper,
        "target": found.specification.aim,
        "histogram": {"edges": bars.edges.tolist(), "counts": bars.counts.tolist()},
        "notes": list(found.notes),
    }


def study_answer(found: GaugeStudy) -> Json:
    """The components by their names, the analysis of variance, and what was decided on the way."""
    from dataclasses import asdict

    answer = asdict(found)
    answer["components"] = {row.pop("source"): row for row in answer["components"]}
    answer["anova"] = {row.pop("source"): row for row in answer["anova"]}
    answer["notes"] = list(found.notes)
    return answer


def plan_answer(found: Plan) -> Json:
    """The plan as it was looked up."""
    from dataclasses import asdict

    return {name: asdict(found)[name] for name in ("code_letter", "n", "ac", "re")} | asdict(found)


def say_chart(chart: Chart) -> None:
    """A chart as a table: limits, points, and in words what is broken."""
    say(f"{chart.kind} chart, {counted(len(chart.points), 'point')}, sigma {_span(chart.sigma)} by {chart.estimator}")
    if chart.settings:
        say(", ".join(f"{name} {_setting(value)}" for name, value in chart.settings.items()))
    _say_panel(chart, str(chart.kind), chart.rules)
    if chart.second is not None:
        _say_panel(chart.second, chart.second.name, chart.rules)
    if chart.incomplete is not None:
        say(f"subgroup {chart.incomplete} is incomplete: it is no point and moves no limit")
    for note in chart.notes:
        say(note)


def _say_panel(panel: Panel, title: str, rules: RunRules) -> None:
    broken: dict[int, list[str]] = {}
    for each in panel.violations:
        broken.setdefault(each.index, []).append(each.rule)
    say()
    say(f"{title}: center {_span(panel.center)}, limits {_span(panel.lcl)} to {_span(panel.ucl)}")
    numbers = range(1, len(panel.points) + 1)
    shown = numbers if len(numbers) <= LONGEST_TABLE else sorted(broken)
    rows = [
        (
            str(at),
            *(_figure(values[at - 1]) for values in (panel.points, panel.lcl, panel.ucl)),
            " ".join(broken.get(at, [])),
        )
        for at in shown
    ]
    _say_table(("point", "value", "lcl", "ucl", "broken"), rows)
    for rule in dict.fromkeys(rule for some in broken.values() for rule in some):
        say(f"{rule}: {rules.text(rule)}")
    if not broken:
        say("no rule is broken")


def say_capability(found: Capability) -> None:
    """The indices as a table, with the mark where the process is not stable."""
    say(f"n {found.n}, mean {found.mean:.6g}, overall s {found.overall:.6g}")
    say(
        f"within sigma {found.within.value:.6g} by {found.within.estimator}, "
        f"{found.within.degrees_of_freedom:.4g} degrees of freedom"
    )
    named: list[tuple[str, Index]] = [
        ("Cp", found.cp), ("Cpk", found.cpk), ("Cpm", found.cpm), ("Pp", found.pp), ("Ppk", found.ppk)
    ]  # fmt: skip
    rows = [(name, *(_figure(value) for value in (each.value, each.low, each.high))) for name, each in named]
    _say_table(("index", "value", f"{found.confidence:.0%} from", "to"), rows)
    if not found.stable:
        say(
            "NOT STABLE: the control chart of these readings breaks a rule; the indices promise nothing for what is made next"
        )
    for note in found.notes:
        say(note)


def say_study(found: GaugeStudy) -> None:
    """The components of variation as a table."""
    rows = [
        (
            each.source,
            *(
                _figure(value)
                for value in (each.sd, each.study_variation_percent, each.contribution_percent, each.tolerance_percent)
            ),
        )
        for each in found.components
    ]
    _say_table(("source", "sd", "% study", "% contribution", "% tolerance"), rows)
    say(f"method {found.method}, number of distinct categories {'-' if found.ndc is None else found.ndc}")
    for note in found.notes:
        say(note)


def say_plan(found: Plan) -> None:
    """The plan in one line, and how it was reached."""
    what = "inspect every unit of the lot" if found.full_inspection else f"inspect {counted(found.n, 'unit')}"
    say(f"{what}; accept with {found.ac} or fewer nonconforming, reject with {found.re} or more")
    arrows = "" if found.plan_letter == found.code_letter else f", by the arrows {found.plan_letter}"
    say(
        f"code letter {found.code_letter}{arrows}, AQL {found.aql}, {found.severity}, level {found.level}, {found.edition}"
    )


def _span(values: FloatArray) -> str:
    """A value, or from where to where it varies."""
    present = [value for value in _listed(values) if value is not None]
    if not present:
        return "-"
    low, high = min(present), max(present)
    return _figure(low) if low == high else f"{_figure(low)}...{_figure(high)}"


def _setting(value: float | FloatArray) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _figure(value) if isinstance(value, float | int) else _span(value)


def _figure(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.6g}"


def _say_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[at]) for row in (names, *rows)) for at in range(len(names))]
    for row in (names, *rows):
        # numbers stand below each other to the right, the words of the last column to the left
        *figures, last = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join([*figures, row[-1] if names[-1] == "broken" else last]).rstrip())
