"""What a record means for the check it belongs to."""

from __future__ import annotations

from drivers.base import Quality
from station_app.domain.chain import Row
from station_app.domain.checks import TighteningCheck
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    CheckConfirmed,
    ChecklistDone,
    CheckOverridden,
    ChoiceMade,
    EvidenceCaptured,
    MachineValue,
    MachineWindow,
    MaterialConsumed,
    Measurement,
    OnStep,
    SampleMeasured,
    StepSigned,
    TextEntered,
    TighteningResult,
    TimerElapsed,
    TimerStarted,
    ToolUsed,
)
from station_app.domain.step_progress import CheckProgress, Mark, Screw, TimerRun
from station_app.domain.work_clock import moment_of


def apply_result(progress: CheckProgress, row: Row, fact: OnStep) -> None:
    """Fold a record of a check; kinds that judge nothing are passed over."""
    if isinstance(fact, TimerStarted):
        progress.timer = TimerRun(fact.required_s, moment_of(row), row.rec_id)
        progress.mark, progress.text, progress.note = Mark.OPEN, "", ""
        return
    if isinstance(fact, TighteningResult):
        _tightened(progress, row, fact)
        return
    text, outcome = _result(fact)
    if outcome is None:
        return
    progress.mark = Mark.SKIPPED if outcome is Outcome.SKIPPED else _mark(outcome is Outcome.PASS)
    progress.text = text
    if not isinstance(fact, CheckOverridden):  # what was answered before stays the answer: the reason is none
        progress.answer = answer_of(fact)
    progress.rec_id = row.rec_id
    progress.note = _note(fact)
    if isinstance(fact, EvidenceCaptured):
        progress.evidence_sha256 = fact.sha256


def answer_of(fact: OnStep) -> str:
    """What a condition compares with its answers: the id of a choice, else the text that was recorded."""
    return fact.choice if isinstance(fact, ChoiceMade) else _result(fact)[0]


def _mark(passed: bool) -> Mark:
    return Mark.DONE if passed else Mark.FAILED


def _tightened(progress: CheckProgress, row: Row, fact: TighteningResult) -> None:
    progress.screws[fact.index] = Screw(fact.torque_text, fact.angle_text, fact.outcome, row.rec_id, fact.result_id)
    progress.rec_id = row.rec_id
    progress.text = fact.torque_text
    progress.note = fact.status if fact.outcome is Outcome.ERROR else ""
    count = progress.check.count if isinstance(progress.check, TighteningCheck) else fact.count
    if any(screw.outcome is not Outcome.PASS for screw in progress.screws.values()):
        progress.mark = Mark.FAILED
    else:
        progress.mark = Mark.DONE if len(progress.screws) >= count else Mark.OPEN


def _note(fact: OnStep) -> str:
    match fact:
        case EvidenceCaptured():
            return " ".join(fact.faults)
        case MachineValue() | MachineWindow() if fact.outcome is Outcome.ERROR:
            return fact.status if fact.quality != Quality.GOOD else "no number"
        case Measurement() if fact.outcome is Outcome.ERROR:
            return fact.quality
        case ToolUsed() | ChoiceMade():
            return fact.reason
        case ChecklistDone():
            return ", ".join(fact.not_in_order)
        case TimerElapsed() if fact.outcome is Outcome.FAIL:
            return "too early" if fact.waited_s < fact.required_s else "too late"
        case CheckOverridden():
            return f"{fact.reason} ({fact.printed_name})"
        case _:
            return ""


def _result(fact: OnStep) -> tuple[str, Outcome | None]:
    match fact:
        case CheckConfirmed():
            return fact.text, Outcome.PASS
        case Measurement() | SampleMeasured() | MachineValue() | MachineWindow() | TextEntered():
            return fact.value_text, fact.outcome
        case MaterialConsumed():
            return fact.component_serial or fact.lot, Outcome.PASS
        case EvidenceCaptured():
            return fact.sha256, fact.outcome
        case ToolUsed():
            return fact.tool, fact.outcome
        case ChoiceMade():
            return fact.text, fact.outcome
        case ChecklistDone():
            return f"{len(fact.in_order)} of {len(fact.in_order) + len(fact.not_in_order)}", fact.outcome
        case TimerElapsed():
            return f"{fact.waited_s:g}", fact.outcome
        case StepSigned():
            return fact.printed_name, Outcome.PASS
        case CheckOverridden():
            return fact.reason, Outcome.SKIPPED
        case _:
            return "", None
