"""Gauge studies (Gauge R&R) with data entry at the station: readings taken one by one, in an order that nobody can foresee.

A study is parts x operators x trials. The order of the next reading is random within a trial but fixed by the study's id, so
that a restart goes on with the same one. A reading may be taken again; the newest of a part, operator and trial counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from station_app.domain.chain import Row
from station_app.domain.outcome import parse_reading
from station_app.domain.quality.gauge_study import GaugeStudy, Method, Study, gauge_rr, study_of
from station_app.domain.records import Fact, GaugeStudyEnded, GaugeStudyReading, GaugeStudyStarted

Cell = tuple[str, str, int]
MOST_STUDIES = 100


@dataclass
class StudyInWork:
    """One study. ``readings`` maps (part, operator, trial) to the valid reading and its record."""

    started: GaugeStudyStarted
    at_us: int
    readings: dict[Cell, tuple[str, GaugeStudyReading]] = field(default_factory=dict)
    ended: GaugeStudyEnded | None = None

    def missing(self) -> list[Cell]:
        """What is still to be measured, in the order in which to do it."""
        return [cell for cell in self._order() if cell not in self.readings]

    def next_for(self, operator: str) -> Cell | None:
        """What an operator measures next; None when the operator is done."""
        return next((cell for cell in self.missing() if cell[1] == operator), None)

    def study(self) -> Study:
        """The readings for computing. Raises InputError while one is missing."""
        return study_of(
            (part, operator, float(parse_reading(self.readings[part, operator, trial][1].value_text)))
            for trial in range(1, self.started.trials + 1)
            for part in self.started.parts
            for operator in self.started.operators
            if (part, operator, trial) in self.readings
        )

    def compute(self, method: Method = Method.ANOVA, alpha: float = 0.05) -> GaugeStudy:
        """The components of variation. Raises InputError."""
        tolerance = float(parse_reading(self.started.tolerance)) if self.started.tolerance else None
        return gauge_rr(self.study(), tolerance, method, alpha)

    def _order(self) -> Iterator[Cell]:
        for trial in range(1, self.started.trials + 1):
            for operator in self.started.operators:
                cells = [(part, operator, trial) for part in self.started.parts]
                yield from sorted(
                    cells, key=lambda cell: hashlib.sha256(repr((self.started.study_id, cell)).encode()).digest()
                )


@dataclass
class Studies:
    """The studies of a station by id, oldest first; at most 100."""

    by_id: dict[str, StudyInWork] = field(default_factory=dict)

    def apply(self, row: Row, fact: Fact) -> None:
        """Fold one record; others are passed over."""
        match fact:
            case GaugeStudyStarted():
                self.by_id[fact.study_id] = StudyInWork(fact, row.wall_us)
                if len(self.by_id) > MOST_STUDIES:
                    self.by_id.pop(next(iter(self.by_id)))
            case GaugeStudyReading():
                study = self.by_id.get(fact.study_id)
                if study is not None:
                    study.readings[fact.part, fact.operator, fact.trial] = (row.rec_id, fact)
            case GaugeStudyEnded():
                study = self.by_id.get(fact.study_id)
                if study is not None:
                    study.ended = fact
            case _:
                pass

    def in_work(self) -> list[StudyInWork]:
        """The studies that have not ended."""
        return [study for study in self.by_id.values() if study.ended is None]


def figures_of(found: GaugeStudy) -> tuple[str, ...]:
    """Every figure of a study as "name=value" with full precision, and its conventions."""
    figures = [f"method={found.method}", f"ndc={'' if found.ndc is None else found.ndc}"]
    if found.alpha is not None:
        figures += [f"alpha={found.alpha!r}", f"interaction_pooled={str(found.pooled).lower()}"]
    if found.tolerance is not None:
        figures.append(f"tolerance={found.tolerance!r}")
    for each in found.components:
        figures.append(f"{each.source}.variance={each.variance!r}")
        figures.append(f"{each.source}.sd={each.sd!r}")
        shares = {
            "contribution_percent": each.contribution_percent,
            "study_variation_percent": each.study_variation_percent,
            "tolerance_percent": each.tolerance_percent,
        }
        figures += [f"{each.source}.{name}={share!r}" for name, share in shares.items() if share is not None]
        if each.negative:
            figures.append(f"{each.source}.negative_estimate={each.estimate!r}")
    return tuple(figures)
