"""Gauge studies (Gauge R&R) with data entry at the station: begin, one reading after the other, compute.

A study may be left and taken up again; which part comes next is said by the study. Main thread; verbs may raise Refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from station_app.domain.chain import Row
from station_app.domain.counts import counted
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.permissions import Permission
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.gauge_study import GaugeStudy, Method
from station_app.domain.records import GaugeStudyEnded, GaugeStudyReading, GaugeStudyStarted
from station_app.domain.rules import Refusal
from station_app.domain.spc.studies import StudyInWork, figures_of
from station_app.services.governing import PlanRules
from station_app.services.ledger import Ledger

Saving = Future[list[Row]]
MOST_PARTS, MOST_OPERATORS, MOST_TRIALS = 50, 10, 10


class GaugeStudies:
    """The gauge studies of a station."""

    def __init__(self, ledger: Ledger, plans: PlanRules, new_id: Callable[[], str]) -> None:
        self._ledger = ledger
        self._plans = plans
        self._new_id = new_id

    @property
    def in_work(self) -> list[StudyInWork]:
        """The studies that have not ended, oldest first."""
        return self._ledger.fold.quality.studies.in_work()

    def study(self, study_id: str) -> StudyInWork:
        """One study. Raises Refusal."""
        found = self._ledger.fold.quality.studies.by_id.get(study_id)
        if found is None:
            raise Refusal("There is no such gauge study at this station.")
        return found

    def start(
        self,
        gauge: str,
        characteristic: str,
        parts: Sequence[str],
        operators: Sequence[str],
        trials: int,
        *,
        unit: str = "",
        tolerance: str = "",
    ) -> Saving:
        """Begin a study; ``tolerance`` (upper less lower limit) as text, empty without one."""
        self._ready()
        self._plans.entries.refuse_gauge(gauge, "")
        names = [tuple(name.strip() for name in each) for each in (parts, operators)]
        sizes = ((2, MOST_PARTS, "parts"), (2, MOST_OPERATORS, "operators"))
        for given, (fewest, most, what) in zip(names, sizes, strict=True):
            if not fewest <= len(given) <= most or len(set(given)) < len(given) or "" in given:
                raise Refusal(f"A study needs {fewest} to {most} {what}, each once.")
        if not 2 <= trials <= MOST_TRIALS:
            raise Refusal(f"A study needs 2 to {MOST_TRIALS} trials.")
        if tolerance.strip():
            try:
                width = parse_reading(tolerance)
            except ReadingError as error:
                raise Refusal(str(error)) from error
            if width <= 0:
                raise Refusal("The tolerance is the upper less the lower limit: it must be greater than 0.")
        fact = GaugeStudyStarted(
            study_id=self._new_id(),
            gauge=gauge,
            characteristic=characteristic.strip(),
            unit=unit.strip(),
            parts=names[0],
            operators=names[1],
            trials=trials,
            tolerance=tolerance.strip(),
        )
        return self._ledger.commit([fact])

    def record(
        self,
        study_id: str,
        part: str,
        operator: str,
        trial: int,
        text: str,
        *,
        source: str = "keypad",
        raw_text: str = "",
    ) -> Saving:
        """One reading; of one that was taken already, a new one that supersedes it."""
        study = self.study(study_id)
        self._ready()
        if study.ended is not None:
            raise Refusal("This study has ended.")
        started = study.started
        if part not in started.parts or operator not in started.operators or not 1 <= trial <= started.trials:
            raise Refusal(f"Part {part}, operator {operator}, trial {trial} do not belong to this study.")
        self._plans.entries.refuse_gauge(started.gauge, "")
        try:
            parse_reading(text)
        except ReadingError as error:
            raise Refusal(str(error)) from error
        before = study.readings.get((part, operator, trial))
        fact = GaugeStudyReading(
            study_id=study_id,
            gauge=started.gauge,
            characteristic=started.characteristic,
            part=part,
            operator=operator,
            trial=trial,
            value_text=text.strip(),
            raw_text=raw_text or text,
            source=source,
            supersedes="" if before is None else before[0],
        )
        return self._ledger.commit([fact])

    def compute(self, study_id: str, method: Method = Method.ANOVA) -> GaugeStudy:
        """The result of what is measured. Raises Refusal while readings are missing."""
        study = self.study(study_id)
        missing = study.missing()
        if missing:
            part, operator, trial = missing[0]
            left = counted(len(missing), "reading is", "readings are")
            raise Refusal(f"{left} missing; next: part {part}, operator {operator}, trial {trial}.")
        try:
            return study.compute(method)
        except InputError as error:
            raise Refusal(f"The study cannot be computed: {error}.") from error

    def finish(self, study_id: str, method: Method = Method.ANOVA) -> Saving:
        """Compute and end a study; its figures are recorded with their conventions."""
        found = self.compute(study_id, method)
        self._ready()
        return self._end(study_id, str(method), figures_of(found), Outcome.PASS)

    def abandon(self, study_id: str) -> Saving:
        """End a study without a result; its readings are kept."""
        self._ready()
        return self._end(study_id, "", (), Outcome.SKIPPED)

    def _end(self, study_id: str, method: str, figures: tuple[str, ...], outcome: Outcome) -> Saving:
        study = self.study(study_id)
        if study.ended is not None:
            raise Refusal("This study has ended.")
        started = study.started
        ended = GaugeStudyEnded(
            study_id=study_id,
            gauge=started.gauge,
            characteristic=started.characteristic,
            method=method,
            figures=figures,
            outcome=outcome,
        )
        return self._ledger.commit([ended])

    def _ready(self) -> None:
        self._ledger.refuse_while_busy()
        self._ledger.permit(Permission.CALIBRATE_GAUGE)
