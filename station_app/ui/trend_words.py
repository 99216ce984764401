"""What stands beside the curves of the trends page: units and steps as bands, alarms and values as marks, pens as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt

from drivers.base import Quality
from station_app.domain.alarm import URGENT
from station_app.domain.checks import MachineValueCheck
from station_app.domain.outcome import Outcome
from station_app.domain.recent_work import EventKind, RecentEvent, RecentWork, WorkSpan
from station_app.services.station import StationServices
from station_app.ui.station_bar import device_title
from station_app.ui.wording import age_text, clock_text, sample_text
from widgets.mark_list import MarkRow
from widgets.pen_list import PenRow
from widgets.shapes import Shape
from widgets.trend_canvas import Band, Mark

translate = QCoreApplication.translate

HISTORY_S = 1800.0
MOST_MARKS = 60


def unit_bands(recent: RecentWork) -> list[Band]:
    """Which unit was in work when; the present one stands out."""
    return [_band(span, span.serial) for span in recent.unit_spans]


def step_bands(recent: RecentWork) -> list[Band]:
    """Which step was in work when."""
    return [_band(span, f"{span.step_no} {span.title}") for span in recent.step_spans]


def _band(span: WorkSpan, text: str) -> Band:
    end = None if span.end_us is None else span.end_us / 1e6
    return Band(span.start_us / 1e6, end, text, strong=span.end_us is None)


def recent_events(recent: RecentWork, now_us: int) -> list[RecentEvent]:
    """The events of the last 30 minutes, newest first."""
    since = now_us - int(HISTORY_S * 1e6)
    found = [event for event in reversed(recent.events) if event.at_us >= since]
    return found[:MOST_MARKS]


def mark_of(event: RecentEvent) -> Mark:
    """An event on the marks' row of the trend."""
    shape, color = _sign(event)
    return Mark(event.at_us / 1e6, event.text, shape, color)


def mark_row(services: StationServices, event: RecentEvent) -> MarkRow:
    """An event in the list at the right."""
    shape, color = _sign(event)
    time = clock_text(event.at_us, services.ledger.clock.utc_offset_min(), seconds=True)
    if event.kind is EventKind.ALARM:
        return MarkRow(event.text, " · ".join(part for part in (time, event.serial) if part), shape, color)
    view = services.tag_views.get(event.source)
    title = view.title if view is not None else _title_of(services, event)
    what = (
        event.text
        if event.outcome is not Outcome.FAIL
        else translate("trends", "{value}, out of limits").format(value=event.text)
    )
    text = f"{title} {what}"
    return MarkRow(text, " · ".join(part for part in (time, event.serial) if part), shape, color)


def _title_of(services: StationServices, event: RecentEvent) -> str:
    job = services.execution.job
    if job is not None:
        for step in job.work_master.steps:
            for check in step.checks:
                if getattr(check, "characteristic", "") == event.source:
                    return check.title
    return event.source.replace("_", " ")


def _sign(event: RecentEvent) -> tuple[Shape, str]:
    if event.kind is EventKind.ALARM:
        return (Shape.DIAMOND, "alarm") if event.priority in URGENT else (Shape.WARNING, "warning")
    if event.outcome is Outcome.PASS:
        return Shape.SQUARE, "running"
    return Shape.DIAMOND, "alarm"


def pen_rows(
    services: StationServices,
    tags: Sequence[str],
    shown: Sequence[str],
    colors: Mapping[str, str],
    styles: Mapping[str, Qt.PenStyle],
    now_s: float,
) -> list[PenRow]:
    """The pens with their values now; a bad one is struck through, with its status and its age."""
    rows = []
    drawn = set(shown)
    for tag in tags:
        view = services.tag_views.get(tag)
        sample = services.tags.latest(tag)
        good = sample is not None and sample.quality is Quality.GOOD
        unit = f" {view.unit}" if view is not None and view.unit else ""
        value, fault = f"{sample_text(sample)}{unit}", ""
        if not good:
            value, fault = _last_value(services, tag, unit), _fault_text(services, tag, now_s)
        rows.append(
            PenRow(
                tag,
                view.title if view is not None else tag,
                device_title(view.device) if view is not None else "",
                value,
                colors[tag],
                styles.get(tag, Qt.PenStyle.SolidLine),
                fault,
                tag in drawn,
            )
        )
    return rows


def _last_value(services: StationServices, tag: str, unit: str) -> str:
    history = services.tags.history(tag)
    last = history.last_good() if history is not None else None
    return "–" if last is None else f"{last:.4g}{unit}"


def _fault_text(services: StationServices, tag: str, now_s: float) -> str:
    sample = services.tags.latest(tag)
    if sample is None:
        return translate("trends", "no value yet")
    history = services.tags.history(tag)
    spans = history.bad_spans if history is not None else []
    if not spans or spans[-1].end is not None:
        return sample.status
    return translate("trends", "{status} · {age}").format(status=sample.status, age=age_text(now_s - spans[-1].start))


def limits_of(services: StationServices, tag: str) -> tuple[float | None, float | None]:
    """The limits drawn behind a pen: those of the current step's check of this tag, else the alarm limits."""
    job = services.execution.job
    step = job.current if job is not None else None
    for check in step.step.checks if step is not None else ():
        if isinstance(check, MachineValueCheck) and check.tag == tag:
            lower, upper = check.limits.lower, check.limits.upper
            return None if lower is None else float(lower), None if upper is None else float(upper)
    view = services.tag_views.get(tag)
    return (view.low, view.high) if view is not None else (None, None)
