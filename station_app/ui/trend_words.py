"""What stands beside the curves of the trends page: units and steps as bands, alarms and values as marks, pens as rows."""

from __future__ import annotations

import bisect
import dataclasses
import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt

from drivers.base import Quality, Sample
from station_app.domain.alarm import URGENT
from station_app.domain.alarm_rule import device_title
from station_app.domain.outcome import Outcome
from station_app.domain.recent_work import EventKind, RecentEvent, WorkSpan
from station_app.services.station import StationServices
from station_app.ui.trend_tags import is_state, state_names, title_of, unit_of
from station_app.ui.wording import age_text, sample_text
from widgets import trend_time
from widgets.cursor_table import CursorRow
from widgets.mark_list import MarkRow
from widgets.pen_list import PenRow
from widgets.shapes import Shape
from widgets.trend_canvas import Band, Mark
from widgets.trend_readout import difference_text, number_text, reading_text
from widgets.trend_view import TrendView

translate = QCoreApplication.translate

TOGETHER = 6.0


def unit_bands(spans: Sequence[WorkSpan], narrowest_s: float) -> list[Band]:
    """Which unit of which order was in work when; the present one stands out.

    Those too narrow to be told apart stand together as their number.
    """
    bands: list[Band] = []
    together: list[WorkSpan] = []
    for span in spans:
        if together and (not _shorter(span, narrowest_s) or _pause_s(together[-1], span) > TOGETHER * narrowest_s):
            bands.append(_units_band(together))
            together = []
        if _shorter(span, narrowest_s):
            together.append(span)
        else:
            bands.append(_band(span, " · ".join(part for part in (span.serial, span.order_id) if part)))
    return [*bands, _units_band(together)] if together else bands


def _units_band(spans: Sequence[WorkSpan]) -> Band:
    if len(spans) == 1:
        return _band(spans[0], spans[0].serial)
    end_us = spans[-1].end_us
    text = translate("trends", "{n} units").format(n=len(spans))
    return Band(spans[0].start_us / 1e6, None if end_us is None else end_us / 1e6, text)


def _pause_s(before: WorkSpan, after: WorkSpan) -> float:
    return 0.0 if before.end_us is None else (after.start_us - before.end_us) / 1e6


def step_bands(spans: Sequence[WorkSpan], narrowest_s: float, shift_s: float = 0.0, name: str = "") -> list[Band]:
    """Which step was in work when, moved by ``shift_s`` and with a ``name`` before it for a unit that is compared."""
    return [
        _band(span, f"{name}  {span.step_no} {span.title}" if name else f"{span.step_no} {span.title}", shift_s)
        for span in spans
        if not _shorter(span, narrowest_s)
    ]


def _shorter(span: WorkSpan, narrowest_s: float) -> bool:
    return span.end_us is not None and (span.end_us - span.start_us) / 1e6 < narrowest_s


def _band(span: WorkSpan, text: str, shift_s: float = 0.0) -> Band:
    end = None if span.end_us is None else span.end_us / 1e6 + shift_s
    return Band(span.start_us / 1e6 + shift_s, end, text, strong=span.end_us is None, key=span.serial)


def apart(events: Sequence[RecentEvent], least_s: float) -> list[RecentEvent]:
    """The events that are drawn as marks: those in order only where they cover no other one."""
    must = [event for event in events if not _in_order(event)]
    taken_s = [event.at_us / 1e6 for event in must]
    last_s, kept = -math.inf, []
    for event in events:
        at_s = event.at_us / 1e6
        if _in_order(event):
            place = bisect.bisect(taken_s, at_s)
            near = any(abs(at_s - taken_s[n]) < least_s for n in (place - 1, place) if 0 <= n < len(taken_s))
            if near or at_s - last_s < least_s:
                continue
            last_s = at_s
        kept.append(event)
    return kept


def _in_order(event: RecentEvent) -> bool:
    return event.kind is not EventKind.PICTURE and event.outcome is Outcome.PASS


def moment_text(at_us: int, now_us: int) -> str:
    """A time of day with seconds; with its day where it is not today."""
    at_s = at_us / 1e6
    clock = trend_time.clock_text(at_s)
    day = trend_time.day_text(at_s)
    return clock if day == trend_time.day_text(now_us / 1e6) else f"{day} {clock}"


def mark_of(event: RecentEvent) -> Mark:
    """An event on the marks' row of the trend."""
    shape, color = sign_of(event)
    return Mark(event.at_us / 1e6, event.text, shape, color)


def mark_row(services: StationServices, event: RecentEvent) -> MarkRow:
    """An event in the list at the right."""
    shape, color = sign_of(event)
    time = moment_text(event.at_us, services.ledger.clock.wall_us())
    if event.kind is EventKind.ALARM:
        return MarkRow(event.text, " · ".join(part for part in (time, event.serial) if part), shape, color)
    if event.kind is EventKind.COMMENT:
        person = services.library.book.people.get(event.author)
        by = person.name if person is not None else event.author
        return MarkRow(f"“{event.text}”", " · ".join(part for part in (time, by, event.serial) if part), shape, color)
    if event.kind is EventKind.PICTURE:
        return MarkRow(
            picture_text(event.text), " · ".join(part for part in (time, event.serial) if part), shape, color
        )
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


def sign_of(event: RecentEvent) -> tuple[Shape, str]:
    """The shape and the palette's colour that an event is marked with."""
    if event.kind is EventKind.ALARM:
        return (Shape.DIAMOND, "alarm") if event.priority in URGENT else (Shape.WARNING, "warning")
    if event.kind is EventKind.COMMENT:
        return Shape.BUBBLE, "primary"
    if event.kind is EventKind.PICTURE and event.outcome is Outcome.PASS:
        return Shape.CAMERA, "running"
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
        sample = services.tags.latest(tag)
        good = sample is not None and sample.quality is Quality.GOOD
        named = unit_of(services, tag)
        unit = f" {named}" if named and not is_state(services, tag) else ""
        value, fault = f"{_value_text(services, tag, sample)}{unit}", ""
        if not good:
            value, fault = _last_value(services, tag, unit), _fault_text(services, tag, now_s)
        rows.append(
            PenRow(
                tag,
                title_of(services, tag),
                device_of(services, tag),
                value,
                colors[tag],
                styles.get(tag, Qt.PenStyle.SolidLine),
                fault,
                tag in drawn,
            )
        )
    return rows


def device_of(services: StationServices, tag: str) -> str:
    """The device that a tag's value comes from, as people know it."""
    view = services.tag_views.get(tag)
    return device_title(view.device) if view is not None else ""


def cursor_rows(view: TrendView, first_s: float, second_s: float) -> list[CursorRow]:
    """What two cursors read, pen by pen."""
    first, second = view.values_at(first_s), view.values_at(second_s)
    start_s, end_s = min(first_s, second_s), max(first_s, second_s)
    rows = []
    for pen in view.pens:
        bare = dataclasses.replace(pen, unit="")
        extremes = None if pen.states else view.extremes_between(pen.key, start_s, end_s)
        rows.append(
            CursorRow(
                f"{pen.name} {pen.unit}".strip(),
                view.color_of(pen.key),
                reading_text(bare, first[pen.key], view.state_names(pen.key)),
                reading_text(bare, second[pen.key], view.state_names(pen.key)),
                difference_text(bare, first[pen.key], second[pen.key]),
                "" if extremes is None else f"{number_text(extremes[0])} … {number_text(extremes[1])}",
                view.style_of(pen.key),
            )
        )
    return rows


def _value_text(services: StationServices, tag: str, sample: Sample | None) -> str:
    """A value for the eye; a state by its name."""
    if sample is not None and isinstance(sample.value, int) and is_state(services, tag):
        return state_names(services, tag).get(int(sample.value), str(sample.value))
    return sample_text(sample)


def _last_value(services: StationServices, tag: str, unit: str) -> str:
    history = services.tags.history(tag)
    last = history.last_good() if history is not None else None
    if last is None or history is None:
        return "–"
    return history.texts.get(round(last), "–") if history.texts else f"{last:.4g}{unit}"


def _fault_text(services: StationServices, tag: str, now_s: float) -> str:
    sample = services.tags.latest(tag)
    if sample is None:
        return translate("trends", "no value yet")
    history = services.tags.history(tag)
    spans = history.bad_spans if history is not None else []
    if not spans or spans[-1].end is not None:
        return sample.status
    return translate("trends", "{status} · {age}").format(status=sample.status, age=age_text(now_s - spans[-1].start))


def picture_text(view: str) -> str:
    """A picture in the list of events, by the name of its view; those that the station takes by itself by their reason."""
    why = {
        "failure": translate("trends", "Picture of a failed check"),
        "remark": translate("trends", "Picture of a remark"),
    }
    return why.get(view) or translate("trends", "Picture {view}").format(view=view)
