"""The part of a unit's trace beside its jobs: components, pictures, holds, calls, alarms and single records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from station_app.domain.log import ComponentUse, Entry
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AlarmTransition,
    CallAnswered,
    CallRaised,
    EvidenceCaptured,
    EvidenceDerived,
    Hold,
    HoldReleased,
    MaterialConsumed,
    MaterialDetached,
)
from station_app.domain.trace_jobs import Marks
from station_app.domain.unit_trace import (
    AlarmChange,
    AlarmTrace,
    CallTrace,
    Component,
    Detachment,
    EvidencePresence,
    HoldTrace,
    PictureTaken,
)

NOT_HERE = EvidencePresence(local=False, server=None)
COPY_VIEW = "copy with marks"
_OF_A_COPY: dict[str, Any] = {
    "camera": "", "view": COPY_VIEW, "sharpness": None, "codes": (), "faults": (), "outcome": Outcome.PASS,
}  # fmt: skip


def trace_components(
    serial: str, entries: Sequence[Entry], marks: Marks, uses: Mapping[str, Sequence[ComponentUse]]
) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """What went into the unit, with what was taken out again; and the rec_ids of detachments that fit nothing."""
    parts: list[Component] = []
    unattached: list[str] = []
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, MaterialConsumed) and fact.serial == serial:
            used = trace_used_in(fact.component_serial, entries, marks, uses) if fact.component_serial else ()
            parts.append(marks.value(Component, entry, fact, detached=False, uses=used))
        elif isinstance(fact, MaterialDetached) and fact.serial == serial:
            if entry.row.rec_id in marks.superseded:
                continue
            index = _attached(parts, fact)
            if index is None:
                unattached.append(entry.row.rec_id)
                continue
            removed = Detachment(origin=marks.origin(entry), quantity=fact.quantity, reason=fact.reason)
            part = msgspec.structs.replace(parts[index], detachments=(*parts[index].detachments, removed))
            parts[index] = msgspec.structs.replace(part, detached=_remaining(part) <= 0)
    return tuple(parts), tuple(unattached)


def _attached(parts: list[Component], fact: MaterialDetached) -> int | None:
    """The newest part of that identity that is still in the unit."""
    identity = (fact.material, fact.component_serial, fact.lot)
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        same = (part.material, part.component_serial, part.lot) == identity
        if same and not part.detached and not part.superseded_by:
            return index
    return None


def _remaining(part: Component) -> float:
    return part.quantity - sum(removed.quantity for removed in part.detachments)


def _sorted(uses: Iterable[ComponentUse]) -> tuple[ComponentUse, ...]:
    return tuple(sorted(set(uses), key=lambda u: (u.used_in, u.station, u.material, u.component_serial, u.detached)))


def trace_used_in(
    serial: str, entries: Iterable[Entry], marks: Marks, uses: Mapping[str, Sequence[ComponentUse]]
) -> tuple[ComponentUse, ...]:
    """The units this one went into: from the records, and from what the shared database answered.

    The records decide where both speak of the same use.
    """
    seen: dict[tuple[str, str], ComponentUse] = {(use.used_in, use.material): use for use in uses.get(serial, ())}
    for entry in entries:
        fact = entry.fact
        if not isinstance(fact, MaterialConsumed | MaterialDetached) or fact.component_serial != serial:
            continue
        if entry.row.rec_id in marks.superseded:
            continue
        key = (fact.serial, fact.material)
        if isinstance(fact, MaterialConsumed):
            seen[key] = ComponentUse(fact.material, serial, fact.serial, entry.station, False)
        elif key in seen:
            seen[key] = replace(seen[key], detached=True)
    return _sorted(seen.values())


def trace_pictures(
    serial: str, entries: Iterable[Entry], marks: Marks, evidence: Mapping[str, EvidencePresence]
) -> tuple[PictureTaken, ...]:
    """Every picture of the unit and every copy made of one, with where its bytes are."""
    return tuple(
        marks.value(
            PictureTaken,
            entry,
            entry.fact,
            presence=evidence.get(entry.fact.sha256, NOT_HERE),
            **(_OF_A_COPY if isinstance(entry.fact, EvidenceDerived) else {}),
        )
        for entry in entries
        if isinstance(entry.fact, EvidenceCaptured | EvidenceDerived) and entry.fact.serial == serial
    )


def trace_holds(entries: Sequence[Entry], marks: Marks, subjects: Collection[tuple[str, str]]) -> tuple[HoldTrace, ...]:
    """Holds on any of the ``subjects`` (scope, identifier), each with its first release."""
    released: dict[str, tuple[Entry, HoldReleased]] = {}
    for entry in entries:
        if isinstance(entry.fact, HoldReleased):
            released.setdefault(entry.fact.hold_id, (entry, entry.fact))
    holds: dict[str, HoldTrace] = {}
    for entry in entries:
        fact = entry.fact
        if not isinstance(fact, Hold) or (fact.scope, fact.subject) not in subjects or fact.hold_id in holds:
            continue
        lifted, release = released.get(fact.hold_id, (None, None))
        holds[fact.hold_id] = HoldTrace(
            hold_id=fact.hold_id,
            scope=fact.scope,
            subject=fact.subject,
            reason=fact.reason,
            placed=marks.origin(entry),
            released=marks.origin(lifted) if lifted else None,
            release_reason=release.reason if release else "",
        )
    return tuple(holds.values())


def trace_calls(serial: str, entries: Sequence[Entry], marks: Marks) -> tuple[CallTrace, ...]:
    """Calls raised about the unit, each with its first answer."""
    answers: dict[str, tuple[Entry, CallAnswered]] = {}
    for entry in entries:
        if isinstance(entry.fact, CallAnswered):
            answers.setdefault(entry.fact.call_id, (entry, entry.fact))
    calls: dict[str, CallTrace] = {}
    for entry in entries:
        fact = entry.fact
        if not isinstance(fact, CallRaised) or fact.serial != serial or fact.call_id in calls:
            continue
        answered, answer = answers.get(fact.call_id, (None, None))
        calls[fact.call_id] = marks.value(
            CallTrace,
            entry,
            fact,
            raised=marks.origin(entry),
            answered=marks.origin(answered) if answered else None,
            answer=answer.text if answer else "",
        )
    return tuple(calls.values())


def trace_alarms(entries: Iterable[Entry], marks: Marks, alarm_ids: Collection[str]) -> tuple[AlarmTrace, ...]:
    """The alarms of ``alarm_ids`` with all their transitions."""
    by_id: dict[str, list[tuple[Entry, AlarmTransition]]] = {}
    for entry in entries:
        if isinstance(entry.fact, AlarmTransition) and entry.fact.alarm_id in alarm_ids:
            by_id.setdefault(entry.fact.alarm_id, []).append((entry, entry.fact))
    return tuple(
        marks.value(
            AlarmTrace,
            members[0][0],
            members[0][1],
            transitions=tuple(marks.value(AlarmChange, entry, fact) for entry, fact in members),
        )
        for members in by_id.values()
    )
