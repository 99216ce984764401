"""The last values of every characteristic, as this station measured them: what a run chart shows.

Fed record by record from the journal. Values stand together only when they were judged by the same limits in the same unit:
after a change of the limits a chart begins anew. A re-measurement replaces the reading that it supersedes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from station_app.domain.chain import Row
from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading
from station_app.domain.records import Measurement, SampleMeasured

MOST_READINGS: Final = 50
Requirement = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value; ``at_us`` is UTC microseconds."""

    rec_id: str
    serial: str
    value: Decimal
    outcome: Outcome
    at_us: int


class CharacteristicHistory:
    """The newest readings by operation, characteristic, unit and limits; at most 50 of each."""

    def __init__(self) -> None:
        self._readings: dict[Requirement, deque[Reading]] = {}

    def add(self, row: Row, fact: Measurement | SampleMeasured) -> None:
        """Take in one measurement; one that is no number is no point of a chart."""
        try:
            value = parse_reading(fact.value_text)
        except ReadingError:
            return
        key = (fact.operation, fact.characteristic, fact.unit, fact.lower_limit, fact.upper_limit)
        readings = self._readings.setdefault(key, deque(maxlen=MOST_READINGS))
        reading = Reading(row.rec_id, fact.serial, value, fact.outcome, row.wall_us)
        for place, earlier in enumerate(readings):
            if fact.supersedes and earlier.rec_id == fact.supersedes:
                readings[place] = reading
                return
        readings.append(reading)

    def of(self, operation: str, characteristic: str, limits: Limits) -> tuple[Reading, ...]:
        """The readings of a characteristic under these limits, oldest first."""
        key = (operation, characteristic, limits.unit, _text(limits.lower), _text(limits.upper))
        return tuple(self._readings.get(key, ()))


def _text(limit: Decimal | None) -> str:
    return "" if limit is None else str(limit)
