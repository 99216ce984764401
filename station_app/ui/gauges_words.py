"""Gauges and gauge studies in words: rows, sections, figures. No widgets."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QCoreApplication

from station_app.domain.inspection.gauges import IN_SERVICE, Affected, GaugeState
from station_app.domain.outcome import Outcome
from station_app.domain.quality.gauge_study import Component, GaugeStudy, Method
from station_app.domain.spc.studies import StudyInWork
from widgets.characteristic_list import CharacteristicRow
from widgets.record_table import RecordRow, RecordSection
from widgets.step_list import StepMark

translate = QCoreApplication.translate

GOOD_PERCENT, BAD_PERCENT = 10.0, 30.0
FEWEST_CATEGORIES = 5
SOON_DAYS = 30
DAY_US = 86_400_000_000
MOST_LISTED = 200


def gauge_row(state: GaugeState, local_us: int) -> CharacteristicRow:
    """A gauge in the list: what it is and until when it may be used, by the station's local time."""
    fault = state.fault("", local_us)
    value = state.due or translate("gauges", "no date")
    if state.status != IN_SERVICE:
        value = state.status
    soon = state.valid_until_us is not None and 0 < state.valid_until_us - local_us < SOON_DAYS * DAY_US
    mark = StepMark.FAILED if fault else StepMark.OPEN
    return CharacteristicRow(
        "", f"{state.tool.id} {state.tool.title}", state.tool.tool_class, value, mark, warning=soon and not fault
    )


def gauge_sections(state: GaugeState, local_us: int) -> list[RecordSection]:
    """Everything known about a gauge."""
    tool, fault = state.tool, state.fault("", local_us)
    usable = fault or translate("gauges", "may be used")
    rows = [
        RecordRow(translate("gauges", "Now"), usable, mark=StepMark.FAILED if fault else StepMark.DONE),
        RecordRow(translate("gauges", "Class"), tool.tool_class),
        RecordRow(translate("gauges", "Resolution"), f"{tool.resolution or '–'} {tool.unit}".strip()),
        RecordRow(translate("gauges", "Status"), state.status, state.reason),
        RecordRow(translate("gauges", "Last day"), state.due or "–"),
        RecordRow(translate("gauges", "Certificate"), state.certificate or "–"),
    ]
    sections = [RecordSection(f"{tool.id} {tool.title}", tuple(rows))]
    calibrations = tuple(
        RecordRow(
            _day(each.at_us),
            translate("gauges", "certificate {number} · found: {found}").format(
                number=each.fact.certificate, found=each.fact.as_found
            ),
            translate("gauges", "left: {left} · until {date} · {who}").format(
                left=each.fact.as_left or "–",
                date=_day(each.fact.valid_until_us - 1),
                who=each.fact.performed_by or "–",
            ),
            mark=StepMark.DONE if each.fact.found_in_order and each.fact.outcome is Outcome.PASS else StepMark.FAILED,
        )
        for each in reversed(state.calibrations)
    )
    if calibrations:
        sections.append(RecordSection(translate("gauges", "Calibrations recorded here"), calibrations))
    return sections


def affected_section(affected: Affected) -> RecordSection:
    """What was measured since the last good calibration, unit by unit; each leads to its record."""
    since = _day(affected.since_us) if affected.since_us is not None else translate("gauges", "the beginning")
    until = _day(affected.until_us) if affected.until_us is not None else translate("gauges", "now")
    last = {use.serial or use.lot: use for use in affected.uses}
    rows = tuple(
        RecordRow(
            translate("gauges", "Unit") if use.serial else translate("gauges", "Lot"),
            name,
            f"{use.characteristic} {use.value_text} · {_day(use.at_us)} · {use.actor}",
            link_id=use.serial,
        )
        for name, use in list(last.items())[:MOST_LISTED]
        if name
    )
    count = len(affected.units)
    title = (
        translate("gauges", "Measured since the last good calibration: 1 unit")
        if count == 1
        else translate("gauges", "Measured since the last good calibration: {n} units").format(n=count)
    )
    reason = RecordRow(translate("gauges", "From {since} to {until}").format(since=since, until=until), affected.reason)
    return RecordSection(title, (reason, *rows))


def study_row(study: StudyInWork) -> CharacteristicRow:
    """A study in the list."""
    started = study.started
    total = len(started.parts) * len(started.operators) * started.trials
    return CharacteristicRow(
        "",
        f"{started.gauge} {started.characteristic}".strip(),
        f"{len(started.parts)} × {len(started.operators)} × {started.trials}",
        translate("gauges", "{n} of {m}").format(n=total - len(study.missing()), m=total),
    )


def study_sections(found: GaugeStudy) -> list[RecordSection]:
    """The result of a study by one method."""
    gauge = found.component("gauge_rr")
    share = gauge.study_variation_percent
    ndc = "–" if found.ndc is None else str(found.ndc)
    poor = found.ndc is None or found.ndc < FEWEST_CATEGORIES
    rows = [
        RecordRow(
            translate("gauges", "Verdict"),
            verdict_text(share),
            mark=StepMark.FAILED if share is not None and share > BAD_PERCENT else StepMark.DONE,
        ),
        RecordRow(
            translate("gauges", "Distinct categories"),
            ndc,
            translate("gauges", "at least {n} are asked for").format(n=FEWEST_CATEGORIES),
            mark=StepMark.FAILED if poor else StepMark.DONE,
        ),
    ]
    rows += [_component_row(each) for each in found.components]
    if found.pooled:
        rows.append(
            RecordRow(
                translate("gauges", "Interaction"),
                translate("gauges", "pooled into repeatability (p > {alpha})").format(alpha=found.alpha),
            )
        )
    rows += [RecordRow(translate("gauges", "Note"), note) for note in found.notes]
    title = (
        translate("gauges", "Analysis of variance")
        if found.method is Method.ANOVA
        else translate("gauges", "Average and range")
    )
    return [RecordSection(title, tuple(rows), translate("gauges", "% of study variation · % of tolerance"))]


def verdict_text(share: float | None) -> str:
    """What a share of the study variation means, by AIAG's usual bounds."""
    if share is None:
        return translate("gauges", "nothing varies: there is no verdict")
    word = (
        translate("gauges", "acceptable")
        if share < GOOD_PERCENT
        else translate("gauges", "may be acceptable, depending on the use")
        if share <= BAD_PERCENT
        else translate("gauges", "not acceptable")
    )
    return translate("gauges", "{share} % of the study variation: {word}").format(share=f"{share:.1f}", word=word)


def _component_row(each: Component) -> RecordRow:
    names = {
        "gauge_rr": translate("gauges", "Gauge R&R"),
        "repeatability": translate("gauges", "Repeatability"),
        "reproducibility": translate("gauges", "Reproducibility"),
        "operator": translate("gauges", "Operator"),
        "interaction": translate("gauges", "Operator × part"),
        "part": translate("gauges", "Part to part"),
        "total": translate("gauges", "Total"),
    }
    study = "–" if each.study_variation_percent is None else f"{each.study_variation_percent:.1f} %"
    tolerance = "" if each.tolerance_percent is None else f" · {each.tolerance_percent:.1f} %"
    note = f"σ {each.sd:.3g}"
    if each.negative:
        note = translate("gauges", "{note} · the estimate {estimate} is negative: taken as 0").format(
            note=note, estimate=f"{each.estimate:.3g}"
        )
    return RecordRow(names.get(each.source, each.source), f"{study}{tolerance}", note)


def _day(at_us: int) -> str:
    return datetime.datetime.fromtimestamp(at_us / 1e6, datetime.UTC).date().isoformat()
