"""A unit's trace for a terminal and for programs.

:func:`trace_text` is for people; its layout may change. :func:`trace_json` is for programs; its names are stable:

* ``serial``, ``order_id``, ``product``, ``state`` (created, component, in_work, passed, failed, on_hold, aborted),
  ``state_text``, ``station``, ``first_at``, ``last_at``, ``record_count``, ``server_reached``
* ``flags[]``: ``code``, ``text``, ``rec_ids[]``
* ``jobs[]``: ``job_id``, ``station``, ``order_id``, ``operation``, ``product``, ``work_master_id``,
  ``work_master_version``, ``work_master_sha256``, ``state``, ``outcome``, ``reason``, ``previous_operation``,
  ``started_at``, ``ended_at``, ``attended_s``, ``people[]``, ``changes[]``, ``steps[]``, ``variant``, ``parameters[]``
  ("name=value"), ``events[]`` (``text``: handed over, sent back for rework; ``people[]``)
* ``steps[]``: ``step_id``, ``step_no``, ``title``, ``outcome``, ``attempts[]`` with ``started_at``,
  ``completed_at``, ``attended_s``, ``outcome``, ``people[]``, ``confirmations[]``, ``measurements[]``,
  ``machine_values[]``, ``events[]`` (``what``, ``text``, ``outcome``: answers, tools, tightenings, timers, signatures and
  the like, in plain words), ``times[]`` (``person_id``, ``wall_s``, ``attended_s``, ``waiting_s``)
* ``measurements[]``: ``characteristic``, ``value_text``, ``unit``, ``nominal``, ``lower_limit``, ``upper_limit``,
  ``source``, ``gauge``, ``quality``, ``outcome``, ``excess``, ``excess_text``; ``machine_values[]`` have ``tag``,
  ``address``, ``status``, ``source_at`` and ``received_at`` in place of nominal, source and gauge
* ``components[]``: ``material``, ``component_serial``, ``lot``, ``quantity``, ``detached``, ``detachments[]``,
  ``uses[]`` (``used_in``, ``station``, ``detached``); ``used_in[]`` likewise for the unit itself
* ``pictures[]``: ``sha256``, ``media_type``, ``size_bytes``, ``camera``, ``view``, ``faults[]``, ``outcome``,
  ``presence`` (``local``, ``server``; null: not known)
* ``nonconformances[]``, ``holds[]``, ``signatures[]``, ``calls[]``, ``alarms[]``, ``comments[]``, ``overrides[]``,
  ``station_states[]``, ``unreadable[]``, ``contradictions[]``, ``heads[]``, ``names``
* every value carries its ``origin``: ``rec_id``, ``kind``, ``station``, ``chan``, ``epoch``, ``seq``, ``actor``,
  ``wall_at`` (the station's clock), ``at`` (corrected), ``utc_offset_min``, ``clock_offset_ms``, ``received_at``,
  ``waiting``; and ``superseded_by``

Times are ISO 8601, UTC, with microseconds. Readings, limits and excesses are text as recorded, with full precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from station_app.domain.counts import counted
from station_app.domain.outcome import Outcome
from station_app.domain.unit_trace import (
    Attempt,
    Component,
    JobTrace,
    MachineRead,
    Measured,
    PictureTaken,
    StepTrace,
    UnitTrace,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_utc(us: int) -> str:
    """UTC microseconds since the epoch as ISO 8601; times beyond the calendar's years as a plain number with its unit."""
    try:
        moment = _EPOCH + timedelta(microseconds=us)
    except OverflowError:
        return f"{us} us since 1970"
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def trace_json(trace: UnitTrace) -> bytes:
    """The trace as JSON, UTF-8; the names are described at the top of this module."""
    return msgspec.json.encode(_timed(msgspec.to_builtins(trace)))


def _timed(value: Any) -> Any:
    """The value with every field of microseconds replaced by its time: ``started_us`` becomes ``started_at``."""
    if isinstance(value, dict):
        return dict(_timed_field(key, item) for key, item in value.items())
    return [_timed(item) for item in value] if isinstance(value, list | tuple) else value


def _timed_field(key: str, item: Any) -> tuple[str, Any]:
    if not key.endswith("_us") or isinstance(item, dict | list | str):
        return key, _timed(item)
    name = key.removesuffix("_us")
    return name if name == "at" else f"{name}_at", None if item is None else iso_utc(item)


def trace_text(trace: UnitTrace) -> str:
    """The trace for a terminal, one fact a line; control characters in recorded texts are shown escaped."""
    return "\n".join(_safe(line) for line in _lines(trace)) + "\n"


def _safe(line: str) -> str:
    """What a terminal may be given: recorded texts must not move its cursor."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)


def _lines(trace: UnitTrace) -> Iterator[str]:
    product = _named(trace.product, trace.names.materials)
    yield f"Unit {trace.serial}" + (f", product {product}, order {trace.order_id}" if trace.jobs else "")
    yield f"{trace.state.replace('_', ' ').upper()}: {trace.state_text}"
    if trace.first_us is not None and trace.last_us is not None:
        yield f"{counted(trace.record_count, 'record')}, {iso_utc(trace.first_us)} to {iso_utc(trace.last_us)}"
    for flag in trace.flags:
        yield f"! {flag.text}"
    for job in trace.jobs:
        yield ""
        yield from _job_lines(job, trace)
    for title, lines in _sections(trace):
        if lines:
            yield ""
            yield title
            yield from (f"  {line}" for line in lines)


def _job_lines(job: JobTrace, trace: UnitTrace) -> Iterator[str]:
    operation = _named(job.operation, trace.names.operations)
    yield f"Operation {operation} at {job.station}: {job.state or 'state unknown'} {job.outcome or ''}".rstrip()
    until = iso_utc(job.ended_us) if job.ended_us is not None else "now"
    yield f"  {iso_utc(job.started_us)} to {until}, attended {job.attended_s:g} s, by {_people(job.people, trace)}"
    yield f"  instruction {job.work_master_id} version {job.work_master_version}, sha256 {job.work_master_sha256}"
    yield f"  previous operation: {job.previous_operation or 'not recorded'}; job {job.job_id}"
    if job.variant:
        yield f"  variant {job.variant}" + (f": {', '.join(job.parameters)}" if job.parameters else "")
    for event in job.events:
        people = " to ".join(trace.names.person(person) for person in event.people)
        yield f"  {iso_utc(event.origin.at_us)} {event.text} {people}".rstrip()
    for change in job.changes:
        if change.reason:
            yield f"  {iso_utc(change.origin.at_us)} {change.state}: {change.reason}"
    for step in job.steps:
        yield from _step_lines(step, trace)


def _step_lines(step: StepTrace, trace: UnitTrace) -> Iterator[str]:
    yield f"  Step {step.step_no} {step.title or step.step_id}: {step.outcome or 'open'}"
    for attempt in step.attempts:
        yield f"    {_attempt_text(attempt, trace)}"
        for confirmed in attempt.confirmations:
            yield f"      confirmed {confirmed.text}{_replaced(confirmed.superseded_by)}"
        for measured in attempt.measurements:
            yield f"      measured {_reading(measured)}; {measured.source} {measured.gauge}".rstrip()
        for read in attempt.machine_values:
            source = iso_utc(read.source_us) if read.source_us is not None else "no source time"
            quality = read.quality if read.status == read.quality else f"{read.quality} {read.status}"
            yield f"      machine {_reading(read)}; {quality}; {read.tag}, {source}"
        for event in attempt.events:
            judged = f" {event.outcome}" if event.outcome is not None else ""
            yield f"      {event.what}: {event.text}{judged}{_replaced(event.superseded_by)}"
        for time in attempt.times:
            waited = f", waiting {time.waiting_s:g} s" if time.waiting_s else ""
            yield f"      {trace.names.person(time.person_id)} at work {time.attended_s:g} s{waited} of {time.wall_s:g} s"


def _attempt_text(attempt: Attempt, trace: UnitTrace) -> str:
    begun = iso_utc(attempt.started_us) if attempt.started_us is not None else "start not recorded"
    who = _people(attempt.people, trace)
    if attempt.started_us is None and attempt.outcome is Outcome.SKIPPED:
        return f"attempt {attempt.attempt}: left out"
    if attempt.completed_us is None:
        return f"attempt {attempt.attempt}: {begun}, not completed, by {who}"
    attended = f"attended {attempt.attended_s:g} s, " if attempt.attended_s is not None else ""
    return f"attempt {attempt.attempt}: {begun} to {iso_utc(attempt.completed_us)}, {attended}by {who}"


def _reading(value: Measured | MachineRead) -> str:
    limits = f"{value.lower_limit or '-'} to {value.upper_limit or '-'}"
    out = f", {value.excess_text.rstrip('.')}" if value.excess_text else ""
    text = f"{value.characteristic} {value.value_text or 'no value'} {value.unit} [{limits}] {value.outcome}{out}"
    return text + _replaced(value.superseded_by)


def _replaced(rec_id: str) -> str:
    return f" (superseded by {rec_id})" if rec_id else ""


def _named(identity: str, names: dict[str, str]) -> str:
    return f"{identity} {names[identity]}" if identity in names else identity


def _people(people: tuple[str, ...], trace: UnitTrace) -> str:
    return ", ".join(trace.names.person(person) for person in people) or "nobody"


def _sections(trace: UnitTrace) -> Iterator[tuple[str, list[str]]]:
    yield "Components", [_component(part, trace) for part in trace.components]
    yield "Used in", [f"{u.used_in} at {u.station}{' (detached)' if u.detached else ''}" for u in trace.used_in]
    yield "Pictures", [_picture(picture) for picture in trace.pictures]
    defects = trace.nonconformances
    yield "Nonconformances", [f"{iso_utc(d.origin.at_us)} {d.defect}: {d.description}" for d in defects]
    yield (
        "Holds",
        [
            f"{iso_utc(h.placed.at_us)} {h.scope} {h.subject}: {h.reason}; "
            + (f"released {iso_utc(h.released.at_us)}: {h.release_reason}" if h.released else "open")
            for h in trace.holds
        ],
    )
    yield (
        "Signatures",
        [f"{iso_utc(s.origin.at_us)} {s.printed_name}: {s.meaning} ({s.method})" for s in trace.signatures],
    )
    yield (
        "Calls",
        [
            f"{iso_utc(c.raised.at_us)} {c.call}: {c.reason} {c.text}; "
            + (f"answered {iso_utc(c.answered.at_us)}: {c.answer}" if c.answered else "open")
            for c in trace.calls
        ],
    )
    yield (
        "Alarms",
        [
            f"{iso_utc(change.origin.at_us)} {alarm.source} {change.transition}: {alarm.text} {change.value_text}".rstrip()
            for alarm in trace.alarms
            for change in alarm.transitions
        ],
    )
    yield (
        "Rules set aside",
        [
            f"{iso_utc(o.origin.at_us)} {o.rule}: {o.reason}, approved by {trace.names.person(o.approved_by)}"
            for o in trace.overrides
        ],
    )
    yield (
        "Comments",
        [f"{iso_utc(c.origin.at_us)} {trace.names.person(c.origin.actor)}: {c.text}" for c in trace.comments],
    )
    yield (
        "Not readable",
        [f"{u.origin.station} {u.origin.chan}/{u.origin.epoch}/{u.origin.seq}: {u.problem}" for u in trace.unreadable],
    )
    yield "Chains", [f"{h.station} {h.chan}/{h.epoch}/{h.seq} {h.hash}" for h in trace.heads]


def _component(part: Component, trace: UnitTrace) -> str:
    what = f"serial {part.component_serial}" if part.component_serial else f"lot {part.lot}"
    text = f"{_named(part.material, trace.names.materials)}, {what}, {part.quantity:g}"
    text += "".join(f"; {d.quantity:g} taken out: {d.reason}" for d in part.detachments)
    elsewhere = [use for use in part.uses if use.used_in != trace.serial]
    text += "".join(f"; also in {use.used_in}{' (detached)' if use.detached else ''}" for use in elsewhere)
    return text + _replaced(part.superseded_by)


def _picture(picture: PictureTaken) -> str:
    places = ["this station"] if picture.presence.local else []
    places += ["server"] if picture.presence.server else []
    words = (picture.sha256, picture.camera, picture.view, str(picture.outcome))
    shot = " ".join(word for word in words if word or not picture.original_sha256)
    return "; ".join([f"{shot}, on {', '.join(places) or 'no known store'}", *picture.faults])
