"""What would be recorded of imported results: which characteristics match, what is out of limits, what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from station_app.domain.inspection.entry import judge_readings
from station_app.domain.inspection.importing import Imported, find, grouped_readings
from station_app.domain.inspection.plan import Characteristic, InspectionPlan
from station_app.domain.inspection.qif import QifResults
from station_app.domain.inspection.qif_units import ANGULAR, unit_kind
from station_app.domain.outcome import Outcome, ReadingError

IMPORTED_DECIMALS = 12
"""A machine that measures coordinates sends more decimals than a gauge shows."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One characteristic: the readings in its unit, the text that arrived, what is judged and the verdict.

    ``fault`` says why nothing of it can be recorded; ``outcome`` is None then. ``part`` is whose results the file says it is.
    """

    characteristic: Characteristic
    texts: tuple[str, ...]
    raw_text: str
    value_text: str
    outcome: Outcome | None
    fault: str = ""
    part: str = ""


def preview(values: Iterable[Imported]) -> list[PreviewRow]:
    """The characteristics of one part in the order of the file, each with its verdict by the plan."""
    rows = []
    for wanted, part, texts, raw_text in grouped_readings(values):
        try:
            judged = judge_readings(wanted, texts, IMPORTED_DECIMALS)
        except ReadingError as error:
            rows.append(PreviewRow(wanted, texts, raw_text, ", ".join(texts), None, str(error), part))
        else:
            rows.append(PreviewRow(wanted, texts, raw_text, judged.value_text, judged.outcome, part=part))
    return rows


def units_missing(results: QifResults, plan: InspectionPlan) -> tuple[bool, bool]:
    """Whether a unit of lengths, and one of angles, has to be told: the file declares none for values that the plan has."""
    kinds = {
        unit_kind(value.type) == ANGULAR
        for value in results.values
        if not value.unit and (wanted := find(plan, value.characteristic, value.designator)) is not None and wanted.unit
    }
    return False in kinds, True in kinds
