"""The dossier's sections about work: each job with its steps, attempts, and what was confirmed, measured and read."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer, Table

from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading
from station_app.domain.unit_trace import Attempt, Happened, JobEvent, JobTrace, MachineRead, Measured, StepTrace
from station_app.storage.dossier.marks import ALARM, MUTED, PAPER, SECOND, TEXT, LimitBar, OutcomeMark
from station_app.storage.dossier.style import GAP, WIDTH, Cell, Style, quiet_table
from station_app.storage.dossier.typeface import NO_BREAK

WIDTHS = (47 * mm, 25 * mm, 40 * mm, 43 * mm, WIDTH - 155 * mm)
WARNING_TEXT = HexColor(0x7A5600)  # the warning colour, dark enough to be read as text
NO_WORK_RECORDED = "No work on this unit is recorded."


def job_section(job: JobTrace, style: Style) -> Iterator[Flowable]:
    """One job: its head, then a table for every step."""
    name = style.trace.names.operations.get(job.operation, "")
    yield CondPageBreak(62 * mm)
    yield style.heading(f"Operation {job.operation}{' · ' + name if name else ''}")
    yield _job_head(job, style)
    yield Spacer(0, 4)
    for step in job.steps:
        yield CondPageBreak(26 * mm)
        yield _step_table(step, job.job_id, style)
        yield Spacer(0, 5)


def _job_head(job: JobTrace, style: Style) -> Table:
    checked = {
        "passed": "passed",
        "first": "none (first operation)",
        "unverified": "not verified",
        "": "not recorded",
    }.get(job.previous_operation, job.previous_operation)
    pinned = f"{job.work_master_id} version {job.work_master_version}" if job.work_master_id else "not recorded"
    facts = [
        ("Station", job.station),
        ("Time", style.span(job.started_us, job.ended_us)),
        ("Attended", f"{job.attended_s:.1f} s by {style.people(job.people)}"),
        ("Instruction", pinned),
        ("Content hash", job.work_master_sha256),
        ("Previous operation", checked),
    ]
    if job.variant:
        facts.append(("Variant", f"{job.variant}{GAP}{', '.join(job.parameters)}".strip()))
    facts += [("Remark", f"{style.time(event.origin.at_us)}  {_event_text(event, style)}") for event in job.events]
    if job.order_id != style.trace.order_id:
        facts.append(("Order", job.order_id))
    facts += [
        (change.state, f"{style.time(change.origin.at_us)}  {change.reason}") for change in job.changes if change.reason
    ]
    unverified = job.previous_operation == "unverified"
    rows: list[list[Cell]] = [
        [
            style.text(title, 8, SECOND),
            style.text(text, 8, WARNING_TEXT if unverified and title == "Previous operation" else TEXT),
            "",
        ]
        for title, text in facts
    ]
    rows[0][2] = OutcomeMark(job.outcome, style.typeface, size=10)
    if job.outcome is None:
        rows[0][2] = style.text(job.state or "state not recorded", 9, bold=True)
    extra = [("TOPPADDING", (0, 0), (-1, -1), 0.6),
             ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6), ("LEFTPADDING", (0, 0), (0, -1), 0),
             ("SPAN", (2, 0), (2, -1))]  # fmt: skip
    return quiet_table(rows, (31 * mm, WIDTH - 31 * mm - WIDTHS[4], WIDTHS[4]), extra, lines=False)


def _step_table(step: StepTrace, job_id: str, style: Style) -> Table:
    many = len(step.attempts) > 1
    last = step.attempts[-1]
    title = step.title or step.step_id
    timing = "" if many else _timing(last, style)
    head = style.mixed([(f"{step.step_no}  {title}", True, TEXT), (f"{GAP}{timing}" if timing else "", False, SECOND)])
    rows: list[list[Cell]] = [[head, "", "", "", OutcomeMark(step.outcome, style.typeface)]]
    spans: list[int] = [0]
    wide: list[int] = []
    for attempt in step.attempts:
        if many:
            spans.append(len(rows))
            label = style.mixed(
                [(f"Attempt {attempt.attempt}", True, SECOND), (f"{GAP}{_timing(attempt, style)}", False, SECOND)], 8
            )
            rows.append([label, "", "", "", ""])
        for confirmed in attempt.confirmations:
            text = f"Confirmed: {confirmed.text}"
            rows.append([style.text(text, color=MUTED if confirmed.superseded_by else TEXT), "", "", "", ""])
            spans.append(len(rows) - 1)
        for event in attempt.events:
            rows.append(_event_row(event, style))
            wide.append(len(rows) - 1)
        beside = _beside_rows(attempt, step.step_id, job_id, style)
        wide += range(len(rows), len(rows) + len(beside))
        rows += beside
        values: list[Measured | MachineRead] = [*attempt.measurements, *attempt.machine_values]
        rows += [_value_row(value, style) for value in sorted(values, key=_place)]
    extra: list[tuple[object, ...]] = [("BACKGROUND", (0, 0), (-1, 0), PAPER)]
    extra += [("SPAN", (0, row), (3, row)) for row in spans] + [("SPAN", (0, row), (2, row)) for row in wide]
    return quiet_table(rows, WIDTHS, extra)


def _event_text(event: JobEvent, style: Style) -> str:
    return f"{event.text} {' to '.join(style.trace.names.person(person) for person in event.people)}".rstrip()


def _event_row(event: Happened, style: Style) -> list[Cell]:
    """What was recorded in plain words, with its outcome where it was judged."""
    muted = bool(event.superseded_by)
    words = style.text(f"{event.what[:1].upper()}{event.what[1:]}: {event.text}", color=MUTED if muted else TEXT)
    when = style.text(style.time(event.origin.at_us)[11:], 8, SECOND)
    mark = OutcomeMark(event.outcome, style.typeface, muted) if event.outcome is not None else ""
    return [words, "", "", when, mark]


def _beside_rows(attempt: Attempt, step_id: str, job_id: str, style: Style) -> list[list[Cell]]:
    """What has a section of its own: components put in and pictures taken, one line each."""
    here = (job_id, step_id, attempt.attempt)
    rows: list[list[Cell]] = []
    for part in style.trace.components:
        if (part.job_id, part.step_id, part.attempt) == here:
            put = "Put in and taken out again" if part.detached else "Put in"
            text = f"{put}: {part.material} {part.component_serial or part.lot}"
            color = MUTED if part.detached or part.superseded_by else TEXT
            rows.append([style.text(text, color=color), "", "", style.text(f"× {part.quantity:g}", 8, SECOND), ""])
    for number, picture in enumerate(style.trace.pictures, 1):
        if (picture.job_id, picture.step_id, picture.attempt) == here:
            camera = style.text(" ".join(part for part in (picture.camera, picture.view) if part), 8, SECOND)
            mark = OutcomeMark(picture.outcome, style.typeface, bool(picture.superseded_by))
            rows.append([style.text(f"Picture {number}"), "", "", camera, mark])
    return rows


def _place(value: Measured | MachineRead) -> tuple[int, int, int]:
    return (value.origin.at_us, value.origin.epoch, value.origin.seq)


def _timing(attempt: Attempt, style: Style) -> str:
    who = style.people(attempt.people)
    if attempt.started_us is None and attempt.outcome is Outcome.SKIPPED:
        return "left out"
    if attempt.completed_us is None:
        return f"{style.time(attempt.started_us)} · not completed · {who}"
    attended = "" if attempt.attended_s is None else f" · {attempt.attended_s:.1f} s attended"
    when = style.span(attempt.started_us, attempt.completed_us).replace(" ", NO_BREAK)
    return f"{when}{attended} · {who}"


def _value_row(value: Measured | MachineRead, style: Style) -> list[Cell]:
    muted = bool(value.superseded_by)
    color = MUTED if muted else TEXT
    bad = isinstance(value, MachineRead) and value.quality == "Bad"
    shown = f"{value.value_text or 'no value'} {value.unit}".strip()
    number = style.text(shown, 9, MUTED if muted or bad else TEXT, bold=not (muted or bad))
    if bad and value.value_text:
        number = style.struck(shown, 9)
    what: list[Flowable] = [style.text(value.characteristic, color=color)]
    if value.excess_text and not muted:
        what.append(style.text(value.excess_text, 8, ALARM, bold=True))
    if muted:
        what.append(style.note(f"replaced by record {value.superseded_by}"))
    bar: list[Flowable] = []
    if value.lower_limit or value.upper_limit:
        bar = [
            LimitBar("" if bad else value.value_text, value.lower_limit, value.upper_limit, 36 * mm, muted),
            style.note(_limits_text(value)),
        ]
    return [what, number, bar, _source(value, style), OutcomeMark(value.outcome, style.typeface, muted)]


def _limits_text(value: Measured | MachineRead) -> str:
    try:
        bounds = [parse_reading(text) if text.strip() else None for text in (value.lower_limit, value.upper_limit)]
    except ReadingError:
        return f"{value.lower_limit} to {value.upper_limit} {value.unit}"
    return Limits(unit=value.unit, lower=bounds[0], upper=bounds[1]).text()


def _source(value: Measured | MachineRead, style: Style) -> list[Flowable]:
    if isinstance(value, Measured):
        source = f"gauge {value.gauge}" if value.gauge else value.source
        return [style.text(source, 8, SECOND), style.note(style.time(value.origin.at_us)[11:] or "–")]
    moment = style.time(value.source_us if value.source_us is not None else value.received_us)
    clock = "at the machine" if value.source_us is not None else "received"
    quality = value.quality if value.status == value.quality else value.status
    tag, when = style.text(value.tag, 8, SECOND), f"{moment[11:] or moment} {clock}"
    if value.quality == "Good":
        return [tag, style.note(f"{when} · {quality}")]
    return [tag, style.note(when), style.text(quality, 8, WARNING_TEXT, bold=True)]
