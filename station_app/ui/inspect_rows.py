"""The list of an inspection: the checks of its steps and the characteristics that no step measures, by their balloons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.governing import governing
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.inspection.results import Inspection
from station_app.domain.job import Job
from station_app.services.inspecting import InspectionRow, RowState
from station_app.services.inspection_entry import WITHOUT_SIGNATURE
from station_app.services.station import StationServices
from station_app.ui.inspect_drawing import Balloon
from station_app.ui.inspect_words import characteristic_rows, limits_text
from widgets.characteristic_list import CharacteristicRow
from widgets.step_list import StepMark

translate = QCoreApplication.translate

# checks that are no characteristic come after those that are
WITHOUT_BALLOON = 10_000
MARKS = {
    RowState.NOT_DUE: StepMark.SKIPPED,
    RowState.OPEN: StepMark.OPEN,
    RowState.PASSED: StepMark.DONE,
    RowState.FAILED: StepMark.FAILED,
    RowState.CONFIRMED: StepMark.FAILED,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row and what it stands for: the check of a step (``step_no``, ``check_id``), or a characteristic that no step measures.

    ``characteristic`` is empty for a check that is none.
    """

    row: CharacteristicRow
    characteristic: str
    step_no: int = 0
    check_id: str = ""

    @property
    def loose(self) -> bool:
        """Whether no step measures it."""
        return not self.step_no


def plan_row(row: InspectionRow) -> CharacteristicRow:
    """One characteristic of a plan."""
    each = row.characteristic
    value = "" if row.result is None else row.result.text
    if row.state is RowState.NOT_DUE:
        value = translate("inspect", "not due")
    return CharacteristicRow(str(each.balloon), each.title, plan_requirement(each), value, MARKS[row.state])


def plan_requirement(each: Characteristic) -> str:
    """What it must be, as a drawing writes it."""
    if each.type is CharacteristicType.VARIABLE:
        return limits_text(each.limits)
    if each.type is CharacteristicType.COUNT:
        return translate("inspect", "≤ {n} defects").format(n=each.upper if each.upper is not None else 0)
    return translate("inspect", "in order")


def loose_rows(services: StationServices, job: Job, inspection: Inspection | None) -> list[InspectionRow]:
    """The characteristics of the plan that no step measures, by balloon; those that are not due stand there too."""
    if inspection is None:
        return []
    measured = set(_measured(job, inspection))
    rows = services.quality.inspecting.rows(inspection)
    return [row for row in rows if row.characteristic.id not in measured]


def _measured(job: Job, inspection: Inspection) -> Sequence[str]:
    steps = [step for step in job.steps if step.left_out not in WITHOUT_SIGNATURE]
    checks = [progress.check for step in steps for progress in step.checks]
    found = [governing(check, inspection.plan) for check in checks]
    return [each.id for each in found if each is not None]


def listed(
    services: StationServices, job: Job, inspection: Inspection | None, numbers: Mapping[str, int], language: str
) -> list[Listed]:
    """Everything of an inspection, by the balloons' numbers."""
    drawn = iter(characteristic_rows(job, numbers, language))
    rows = []
    for step in job.steps:
        for progress in step.checks:
            check = progress.check
            name = check.characteristic if isinstance(check, MeasureCheck) else ""
            row = next(drawn)
            if inspection is not None and check.id not in numbers:
                # its place in the list could be the number of another balloon
                row = replace(row, balloon="")
            rows.append(Listed(row, name, step.no, check.id))
    rows += [Listed(plan_row(row), row.characteristic.id) for row in loose_rows(services, job, inspection)]
    return sorted(rows, key=lambda each: int(each.row.balloon or WITHOUT_BALLOON))


def listed_summary(rows: Sequence[Listed]) -> str:
    """The sum below the list: "2 of 8 recorded · 0 out of limits"."""
    marks = [each.row.mark for each in rows if each.row.mark is not StepMark.SKIPPED]
    recorded = sum(mark in (StepMark.DONE, StepMark.FAILED) for mark in marks)
    out = sum(each.row.mark is StepMark.FAILED and bool(each.characteristic) for each in rows)
    return translate("inspect", "{n} of {m} recorded · {out} out of limits").format(n=recorded, m=len(marks), out=out)


def balloons_on(
    plan_characteristics: Sequence[Characteristic], rows: Sequence[Listed], file: str, current: str
) -> list[Balloon]:
    """The balloons that stand on one picture, with how their characteristics are."""
    marks = {each.characteristic: each.row.mark for each in rows}
    return [
        Balloon(
            each.id, each.balloon, (each.place.x, each.place.y), marks.get(each.id, StepMark.OPEN), each.id == current
        )
        for each in plan_characteristics
        if each.place is not None and each.place.file == file
    ]
