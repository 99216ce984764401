"""A unit's overall state, and what a reader must know before relying on its trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from station_app.domain.counts import counted
from station_app.domain.log import ComponentUse
from station_app.domain.outcome import Outcome
from station_app.domain.trace_jobs import ENDED_STATES
from station_app.domain.unit_trace import (
    Component,
    Contradiction,
    Defect,
    Flag,
    FlagCode,
    HoldTrace,
    JobTrace,
    Origin,
    PictureTaken,
    UnitState,
    Unreadable,
)

MAX_CLOCK_OFFSET_MS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What state and flags are decided from: the parts of one unit's trace."""

    serial: str
    jobs: tuple[JobTrace, ...]
    components: tuple[Component, ...]
    used_in: tuple[ComponentUse, ...]
    holds: tuple[HoldTrace, ...]
    defects: tuple[Defect, ...]
    pictures: tuple[PictureTaken, ...]
    origins: tuple[Origin, ...]
    unreadable: tuple[Unreadable, ...]
    contradictions: tuple[Contradiction, ...]
    unattached: tuple[str, ...]
    server_fault: str
    operations: Mapping[str, str]

    def operation(self, job: JobTrace) -> str:
        """The operation of a job as people call it."""
        return self.operations.get(job.operation, job.operation)


def _short(station: str) -> str:
    """A station as people call it: the last part of its path."""
    return station.rsplit("/", 1)[-1]


def state_of(judged: Judged) -> tuple[UnitState, str, str]:
    """The unit's state, a sentence about it, and the station where it is in work.

    An open hold comes first, then work that goes on; otherwise the last job of every operation counts.
    """
    latest = {job.operation: job for job in judged.jobs}
    running = [job for job in latest.values() if job.state not in ENDED_STATES]
    failed = [job for job in latest.values() if job.state == "Ended" and not _passed(job)]
    aborted = [job for job in latest.values() if job.state == "Aborted"]
    remark = "".join(f"; operation {judged.operation(job)} {_outcome(job)}" for job in failed)
    held = next((hold for hold in judged.holds if hold.released is None), None)
    station = running[-1].station if running else ""
    if held is not None:
        return UnitState.ON_HOLD, f"on hold ({held.scope} {held.subject}): {held.reason}{remark}", station
    if running:
        job = running[-1]
        verb = "interrupted" if job.state == "Interrupted" else "in work"
        return UnitState.IN_WORK, f"{verb} at {_short(job.station)}, operation {judged.operation(job)}{remark}", station
    if failed:
        return UnitState.FAILED, remark.removeprefix("; "), ""
    if aborted:
        job = aborted[-1]
        return UnitState.ABORTED, f"operation {judged.operation(job)} aborted at {_short(job.station)}", ""
    if latest:
        return (
            UnitState.PASSED,
            f"passed all operations so far: {', '.join(map(judged.operation, latest.values()))}",
            "",
        )
    if judged.used_in:
        return UnitState.COMPONENT, "known only as a component of other units", ""
    return UnitState.CREATED, "no work recorded yet", ""


def _passed(job: JobTrace) -> bool:
    return job.outcome in (Outcome.PASS, Outcome.SKIPPED)


def _outcome(job: JobTrace) -> str:
    words = {Outcome.FAIL: "failed", Outcome.ERROR: "ended with an equipment error", Outcome.ABORTED: "was aborted"}
    return f"{words.get(job.outcome, 'ended')} at {job.station}" if job.outcome else f"ended unjudged at {job.station}"


def flags_of(judged: Judged) -> tuple[Flag, ...]:
    """Everything that limits how far the trace can be relied on, most general first."""
    return (*_record_flags(judged), *_job_flags(judged), *_part_flags(judged))


def _record_flags(judged: Judged) -> Iterator[Flag]:
    if judged.server_fault:
        yield Flag(code=FlagCode.SERVER_NOT_REACHED, text=judged.server_fault)
    waiting = tuple(origin.rec_id for origin in judged.origins if origin.waiting)
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        text = f"{counted(len(waiting), 'record')} {verb} for delivery to the shared database."
        yield Flag(code=FlagCode.WAITING, text=text, rec_ids=waiting)
    drifted = [
        o for o in judged.origins if o.clock_offset_ms is not None and abs(o.clock_offset_ms) > MAX_CLOCK_OFFSET_MS
    ]
    if drifted:
        worst = max(drifted, key=lambda o: abs(o.clock_offset_ms or 0))
        seconds = (worst.clock_offset_ms or 0) / 1000
        side = "behind" if seconds > 0 else "ahead of"
        text = (
            f"The station's clock was more than 2 s off for {counted(len(drifted), 'record')}: up to {abs(seconds):.1f} s "
            f"{side} the server's at {worst.station}. Times are shown corrected."
        )
        yield Flag(code=FlagCode.CLOCK_OFFSET, text=text, rec_ids=tuple(o.rec_id for o in drifted))
    if judged.contradictions:
        ids = tuple(item.rec_id for item in judged.contradictions)
        text = f"{counted(len(ids), 'record')} exist with different contents under one identity; the first received counts."
        yield Flag(code=FlagCode.CONTRADICTED, text=text, rec_ids=ids)
    if judged.unreadable:
        ids = tuple(item.origin.rec_id for item in judged.unreadable)
        text = f"{counted(len(ids), 'record')} cannot be read by this version of the application."
        yield Flag(code=FlagCode.UNREADABLE, text=text, rec_ids=ids)


def _job_flags(judged: Judged) -> Iterator[Flag]:
    stations: dict[str, dict[str, str]] = {}
    for job in judged.jobs:
        ids = tuple(change.origin.rec_id for change in job.changes)
        stations.setdefault(job.operation, {})[job.station] = ids[0] if ids else ""
        if job.previous_operation == "unverified":
            text = (
                f"Operation {job.operation} at {job.station} began without knowing that the one before it had passed."
            )
            yield Flag(code=FlagCode.UNVERIFIED_PREVIOUS, text=text, rec_ids=ids[:1])
        if job.work_masters > 1:
            text = f"Job {job.job_id} names {job.work_masters} different work master contents; a job keeps one."
            yield Flag(code=FlagCode.WORK_MASTER_CHANGED, text=text, rec_ids=ids)
    for operation, places in stations.items():
        if len(places) > 1:
            text = f"Operation {operation} was done at {len(places)} stations: {', '.join(sorted(places))}."
            ids = tuple(rec_id for rec_id in places.values() if rec_id)
            yield Flag(code=FlagCode.OPERATION_AT_TWO_STATIONS, text=text, rec_ids=ids)


def _part_flags(judged: Judged) -> Iterator[Flag]:
    for part in judged.components:
        elsewhere = sorted({use.used_in for use in part.uses if not use.detached} - {judged.serial})
        if elsewhere and not part.detached and not part.superseded_by:
            text = f"Component {part.material} {part.component_serial} is also in {', '.join(elsewhere)}."
            yield Flag(code=FlagCode.COMPONENT_USED_TWICE, text=text, rec_ids=(part.origin.rec_id,))
    if judged.unattached:
        text = f"{counted(len(judged.unattached), 'removed component')} had not been recorded as put in."
        yield Flag(code=FlagCode.DETACHED_UNATTACHED, text=text, rec_ids=judged.unattached)
    defects = tuple(item.origin.rec_id for item in judged.defects if not item.superseded_by)
    if defects:
        text = f"{counted(len(defects), 'nonconformance')} recorded without a disposition."
        yield Flag(code=FlagCode.NONCONFORMANCE, text=text, rec_ids=defects)
    lost = tuple(p.origin.rec_id for p in judged.pictures if not p.presence.local and p.presence.server is not True)
    if lost:
        text = f"{counted(len(lost), 'picture')} not stored at this station, and not known to be on the server."
        yield Flag(code=FlagCode.EVIDENCE_MISSING, text=text, rec_ids=lost)
