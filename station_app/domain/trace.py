"""The trace of one unit: a deterministic, pure fold of records into :class:`UnitTrace`.

The same records give the same trace in whatever order and however often they arrive (see
:mod:`station_app.domain.log`). What is computed here is never stored: it can be folded again at any time, at a station
from its own journal or from what the shared database has of all stations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from station_app.domain.log import ComponentUse, Entry, LoggedRow, in_order
from station_app.domain.records import (
    AlarmTransition,
    CallAnswered,
    CallRaised,
    Comment,
    EquipmentState,
    Fact,
    Hold,
    HoldReleased,
    MaterialConsumed,
    MaterialDetached,
    Nonconformance,
    OnUnit,
    Override,
    Signature,
    StepSigned,
)
from station_app.domain.trace_flags import Judged, flags_of, state_of
from station_app.domain.trace_jobs import Marks, trace_jobs
from station_app.domain.trace_parts import (
    trace_alarms,
    trace_calls,
    trace_components,
    trace_holds,
    trace_pictures,
    trace_used_in,
)
from station_app.domain.unit_trace import (
    ChainHead,
    Component,
    Contradiction,
    Defect,
    EvidencePresence,
    JobTrace,
    Names,
    OnRecord,
    Origin,
    Remark,
    RuleOverridden,
    Signed,
    StationState,
    UnitTrace,
    Unreadable,
)

V = TypeVar("V", bound=OnRecord)


class UnknownUnit(LookupError):
    """No record concerns that serial number."""


def trace_unit(
    serial: str,
    rows: Iterable[LoggedRow],
    *,
    uses: Mapping[str, Sequence[ComponentUse]] | None = None,
    evidence: Mapping[str, EvidencePresence] | None = None,
    waiting: Collection[str] = (),
    server_fault: str = "",
    names: Names | None = None,
) -> UnitTrace:
    """Everything ``rows`` say about a unit; rows that do not concern it are ignored.

    ``uses`` tells for a component's serial number where it was used, ``evidence`` for a picture's SHA-256 where its
    bytes are, ``waiting`` which rec_ids are not delivered yet, ``names`` how people read identities. ``server_fault``
    is a sentence when the shared database could not be asked for all of it. Raises UnknownUnit when no record
    concerns the serial.
    """
    known = in_order(rows)
    marks = Marks(_superseded(known), frozenset(waiting))
    jobs = trace_jobs(serial, known, marks)
    components, unattached = trace_components(serial, known, marks, uses or {})
    subjects = hold_subjects(serial, jobs, components)
    entries = _concerning(serial, known, subjects)
    if not entries:
        raise UnknownUnit(serial)
    fields = _parts(serial, entries, marks, subjects) | {
        "serial": serial,
        "jobs": jobs,
        "components": components,
        "used_in": trace_used_in(serial, entries, marks, uses or {}),
        "pictures": trace_pictures(serial, entries, marks, evidence or {}),
    }
    origins = tuple(marks.origin(entry) for entry in entries)
    return UnitTrace(
        **fields,
        **_judgement(fields, origins, unattached, server_fault, (names or Names()).operations),
        **_extent(entries),
        order_id=next((job.order_id for job in jobs if job.order_id), ""),
        product=next((job.product for job in jobs if job.product), ""),
        server_reached=not server_fault,
        names=_used(names or Names(), entries, jobs, components),
    )


def _judgement(
    fields: Mapping[str, Any],
    origins: tuple[Origin, ...],
    unattached: tuple[str, ...],
    server_fault: str,
    operations: Mapping[str, str],
) -> dict[str, Any]:
    """The fields of the trace that say how the unit stands, decided from the others."""
    judged = Judged(
        serial=fields["serial"],
        jobs=fields["jobs"],
        components=fields["components"],
        used_in=fields["used_in"],
        holds=fields["holds"],
        defects=fields["nonconformances"],
        pictures=fields["pictures"],
        origins=origins,
        unreadable=fields["unreadable"],
        contradictions=fields["contradictions"],
        unattached=unattached,
        server_fault=server_fault,
        operations=operations,
    )
    state, state_text, station = state_of(judged)
    return {"state": state, "state_text": state_text, "station": station, "flags": flags_of(judged)}


def _extent(entries: Sequence[Entry]) -> dict[str, Any]:
    """The fields of the trace that say how much there is: from when to when, how many records, of which chains."""
    times = [entry.at_us for entry in entries]
    return {
        "first_us": min(times),
        "last_us": max(times),
        "record_count": len(entries),
        "heads": _heads(entries),
    }


def _superseded(entries: Iterable[Entry]) -> dict[str, str]:
    """Which rec_id was replaced by which; the last correction in the common order counts."""
    replaced: dict[str, str] = {}
    for entry in entries:
        old = getattr(entry.fact, "supersedes", "")
        if old and old != entry.row.rec_id:
            replaced[old] = entry.row.rec_id
    return replaced


def _names(serial: str, entry: Entry) -> bool:
    """Whether the record itself names the unit: as its subject, as a component, or unreadably."""
    fact = entry.fact
    if fact is None:
        return msgspec.json.encode(serial) in entry.row.body
    if isinstance(fact, MaterialConsumed | MaterialDetached) and fact.component_serial == serial:
        return True
    if isinstance(fact, Hold):
        return (fact.scope, fact.subject) == ("unit", serial)
    return getattr(fact, "serial", "") == serial


def hold_subjects(serial: str, jobs: Iterable[JobTrace], components: Iterable[Component]) -> frozenset[tuple[str, str]]:
    """What a hold on this unit may be placed on: itself, its orders, and the serials and lots that are in it."""
    subjects = {("unit", serial)} | {("order", job.order_id) for job in jobs if job.order_id}
    for part in components:
        if not part.detached and not part.superseded_by:
            subjects |= {("unit", part.component_serial)} if part.component_serial else set()
            subjects |= {("lot", part.lot)} if part.lot else set()
    return frozenset(subjects)


def _concerning(serial: str, entries: Sequence[Entry], subjects: Collection[tuple[str, str]]) -> list[Entry]:
    """The records about the unit, in order: those that name it and those that follow from them."""
    named = {entry.row.rec_id for entry in entries if _names(serial, entry)}
    if not named:
        return []
    own = [entry.fact for entry in entries if entry.row.rec_id in named]
    jobs = {fact.job_id for fact in own if isinstance(fact, OnUnit) and fact.serial == serial} - {""}
    calls = {fact.call_id for fact in own if isinstance(fact, CallRaised)}
    alarms = {fact.alarm_id for fact in own if isinstance(fact, AlarmTransition)}
    holds = {
        entry.fact.hold_id
        for entry in entries
        if isinstance(entry.fact, Hold) and (entry.fact.scope, entry.fact.subject) in subjects
    }

    def follows(fact: Fact | None) -> bool:
        if isinstance(fact, Hold | HoldReleased):
            return fact.hold_id in holds
        if isinstance(fact, CallAnswered):
            return fact.call_id in calls
        if isinstance(fact, AlarmTransition):
            return fact.alarm_id in alarms
        if isinstance(fact, Signature):
            return (not fact.serial and fact.job_id in jobs) or not named.isdisjoint(fact.signed_ids)
        return isinstance(fact, Comment | Override | EquipmentState) and not fact.serial and fact.job_id in jobs

    return [entry for entry in entries if entry.row.rec_id in named or follows(entry.fact)]


def _single(
    kind: type[Fact] | tuple[type[Fact], ...], target: type[V], entries: Iterable[Entry], marks: Marks
) -> tuple[V, ...]:
    """Records of a kind that stand for themselves."""
    return tuple(marks.value(target, entry, entry.fact) for entry in entries if isinstance(entry.fact, kind))


def _parts(
    serial: str, entries: Sequence[Entry], marks: Marks, subjects: Collection[tuple[str, str]]
) -> dict[str, Any]:
    """The fields of the trace that stand beside jobs, components and pictures."""
    alarm_ids = {entry.fact.alarm_id for entry in entries if isinstance(entry.fact, AlarmTransition)}
    return {
        "nonconformances": _single(Nonconformance, Defect, entries, marks),
        "holds": trace_holds(entries, marks, subjects),
        "signatures": _single((Signature, StepSigned), Signed, entries, marks),
        "calls": trace_calls(serial, entries, marks),
        "alarms": trace_alarms(entries, marks, alarm_ids),
        "comments": _single(Comment, Remark, entries, marks),
        "overrides": _single(Override, RuleOverridden, entries, marks),
        "station_states": _single(EquipmentState, StationState, entries, marks),
        "unreadable": tuple(
            Unreadable(origin=marks.origin(entry), problem=entry.unreadable) for entry in entries if entry.fact is None
        ),
        "contradictions": tuple(
            Contradiction(
                rec_id=entry.row.rec_id,
                counted=(entry.station, entry.row.chan, entry.row.epoch, entry.row.seq),
                others=entry.contradicted,
            )
            for entry in entries
            if entry.contradicted
        ),
    }


def _used(names: Names, entries: Iterable[Entry], jobs: Iterable[JobTrace], components: Iterable[Component]) -> Names:
    """The names of those identities that occur in the trace."""
    people = {entry.row.actor for entry in entries}
    materials = {job.product for job in jobs} | {part.material for part in components}
    operations = {job.operation for job in jobs}
    return Names(
        people={key: names.people[key] for key in sorted(people) if key in names.people},
        materials={key: names.materials[key] for key in sorted(materials) if key in names.materials},
        operations={key: names.operations[key] for key in sorted(operations) if key in names.operations},
    )


def _heads(entries: Iterable[Entry]) -> tuple[ChainHead, ...]:
    """The last record of every chain that the trace touches."""
    last: dict[tuple[str, str, int], Entry] = {}
    for entry in entries:
        key = (entry.station, entry.row.chan, entry.row.epoch)
        if key not in last or last[key].row.seq < entry.row.seq:
            last[key] = entry
    return tuple(
        ChainHead(station=station, chan=chan, epoch=epoch, seq=entry.row.seq, hash=entry.row.hash.hex())
        for (station, chan, epoch), entry in sorted(last.items(), key=lambda item: item[0])
    )
