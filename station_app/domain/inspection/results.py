"""What was entered, confirmed and decided in inspections: the fold of their records.

Results are kept by characteristic and piece; a re-measurement supersedes the result before, and both stay. Several inspectors
may work on one inspection, leave it and come back: it is open until it is decided, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from station_app.domain.chain import Row
from station_app.domain.inspection.plan import Characteristic, InspectionPlan
from station_app.domain.inspection.sampling import Scheme, pieces_due, scheme_of
from station_app.domain.outcome import Outcome
from station_app.domain.quality.sampling import Severity
from station_app.domain.records import (
    AttributeInspected,
    Fact,
    InspectionDecided,
    InspectionStarted,
    JobState,
    ResultConfirmed,
    SampleMeasured,
)

Entered = SampleMeasured | AttributeInspected
Key = tuple[str, int]
MOST_DECIDED_KEPT = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One entered result: its record with its hash (hexadecimal), who entered it and when (UTC microseconds)."""

    rec_id: str
    fact: Entered
    actor: str
    at_us: int
    hash: str = ""

    @property
    def text(self) -> str:
        """The value as it is shown: what was measured, or how many were not in order."""
        fact = self.fact
        if isinstance(fact, SampleMeasured):
            return fact.value_text
        return str(fact.defects) if fact.defects else ("" if fact.outcome is Outcome.PASS else fact.text)


@dataclass
class Inspection:
    """One inspection. ``history`` holds every result of a characteristic and piece, the valid one last.

    ``confirmed`` are the sample_ids of results that were confirmed as defects.
    """

    started: InspectionStarted
    plan: InspectionPlan
    at_us: int
    history: dict[Key, list[Result]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    decided: list[InspectionDecided] = field(default_factory=list)
    closed: bool = False

    @property
    def inspection_id(self) -> str:
        """Its identity."""
        return self.started.inspection_id

    @property
    def is_lot(self) -> bool:
        """Whether a lot is inspected, instead of the unit of a job."""
        return bool(self.started.lot)

    @property
    def outcome(self) -> Outcome | None:
        """FAIL when any scheme failed; None until it is decided."""
        if not self.decided:
            return None
        failed = any(decided.outcome is not Outcome.PASS for decided in self.decided)
        return Outcome.FAIL if failed else Outcome.PASS

    def severity(self, scheme: Scheme) -> Severity:
        """The severity that was in force for a scheme when the inspection began."""
        for text in self.started.severities:
            key, _, severity = text.rpartition(" ")
            if key == scheme.key:
                return Severity(severity)
        return Severity.NORMAL

    def pieces(self, characteristic: Characteristic) -> range:
        """The pieces (from 1) on which a characteristic is to be inspected; empty where it is not due."""
        if characteristic.id not in self.started.due:
            return range(0)
        if not self.is_lot:
            return range(1, 2)
        scheme = scheme_of(characteristic)
        severity = Severity.NORMAL if scheme is None else self.severity(scheme)
        return pieces_due(characteristic, self.started.lot_size, severity)

    def result(self, characteristic_id: str, piece: int = 1) -> Result | None:
        """The valid result."""
        results = self.history.get((characteristic_id, piece))
        return results[-1] if results else None

    def measured_again(self, characteristic_id: str, piece: int = 1) -> int:
        """How often a result was measured again."""
        return max(0, len(self.history.get((characteristic_id, piece), ())) - 1)

    def missing(self, entering: Iterable[Fact] = ()) -> Iterator[tuple[Characteristic, int]]:
        """What is due and has no result yet, neither here nor among the facts that are about to be recorded."""
        soon = {(f.characteristic, f.sample_no) for f in entering if isinstance(f, SampleMeasured | AttributeInspected)}
        for characteristic in self.plan.characteristics:
            for piece in self.pieces(characteristic):
                if (characteristic.id, piece) not in self.history and (characteristic.id, piece) not in soon:
                    yield characteristic, piece

    def nonconforming(self) -> Iterator[tuple[Characteristic, int, Result]]:
        """The valid results that are not in order."""
        for characteristic in self.plan.characteristics:
            for piece in self.pieces(characteristic):
                found = self.result(characteristic.id, piece)
                if found is not None and found.fact.outcome is not Outcome.PASS:
                    yield characteristic, piece, found

    def unconfirmed(self) -> Iterator[tuple[Characteristic, int, Result]]:
        """The results that are not in order and were neither measured again nor confirmed."""
        for characteristic, piece, found in self.nonconforming():
            if found.fact.sample_id not in self.confirmed:
                yield characteristic, piece, found


class Inspections:
    """The fold of all inspections of a station. ``open_plan`` gives a pinned plan by its content hash, None when it is lost.

    ``lost`` names inspections whose plan is lost: nothing can be entered there before it is back. ``rejected`` are the lots
    that were not accepted, by plan, supplier and number: they are not original any more when they come again.
    """

    def __init__(self) -> None:
        self.by_id: dict[str, Inspection] = {}
        self.of_job: dict[str, str] = {}
        self.lost: dict[str, InspectionStarted] = {}
        self.rejected: set[tuple[str, str, str]] = set()
        self._done: list[str] = []

    def start(self, row: Row, fact: InspectionStarted, plan: InspectionPlan | None) -> None:
        """An inspection began."""
        if plan is None:
            self.lost[fact.inspection_id] = fact
            return
        self.by_id[fact.inspection_id] = Inspection(fact, plan, row.wall_us)
        if fact.job_id:
            self.of_job[fact.job_id] = fact.inspection_id

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record that belongs to an inspection; others are passed over."""
        match fact:
            case SampleMeasured() | AttributeInspected():
                inspection = self.by_id.get(fact.inspection_id)
                if inspection is not None:
                    key = (fact.characteristic, fact.sample_no)
                    inspection.history.setdefault(key, []).append(
                        Result(row.rec_id, fact, row.actor, row.wall_us, row.hash.hex())
                    )
            case ResultConfirmed():
                inspection = self.by_id.get(fact.inspection_id)
                if inspection is not None:
                    inspection.confirmed.add(fact.sample_id)
            case InspectionDecided():
                if fact.lot and fact.outcome is not Outcome.PASS:
                    self.rejected.add((fact.plan_id, fact.supplier, fact.lot))
                inspection = self.by_id.get(fact.inspection_id)
                if inspection is not None:
                    inspection.decided.append(fact)
                    self._close(inspection)
            case JobState() if fact.outcome is not None:
                inspection = self.for_job(fact.job_id)
                if inspection is not None:
                    self._close(inspection)
            case _:
                pass

    def for_job(self, job_id: str) -> Inspection | None:
        """The inspection of a job's unit."""
        return self.by_id.get(self.of_job.get(job_id, ""))

    def open_lots(self) -> list[Inspection]:
        """The lots whose inspection is not decided, oldest first."""
        return [each for each in self.by_id.values() if each.is_lot and not each.closed]

    def _close(self, inspection: Inspection) -> None:
        """Decided, or its job ended another way. The last ones stay to be looked at."""
        if inspection.closed:
            return
        inspection.closed = True
        self._done.append(inspection.inspection_id)
        if len(self._done) > MOST_DECIDED_KEPT:
            gone = self.by_id.pop(self._done.pop(0))
            self.of_job.pop(gone.started.job_id, None)
