"""What the records of steps and jobs say, in plain words: for those kinds that have no place of their own in a trace."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from station_app.domain.counts import counted
from station_app.domain.outcome import Outcome, machine_text
from station_app.domain.records import (
    AttributeInspected,
    CheckConfirmed,
    ChecklistDone,
    CheckOverridden,
    ChoiceMade,
    ControlSignal,
    EvidenceCaptured,
    Fact,
    HandOver,
    InspectionDecided,
    InspectionStarted,
    JobParameters,
    JobState,
    MachineValue,
    MachineWindow,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    Nonconformance,
    OnStep,
    OnUnit,
    ResultConfirmed,
    ReworkStarted,
    SampleMeasured,
    StepReopened,
    StepSigned,
    StepSkipped,
    StepState,
    TextEntered,
    TighteningResult,
    TimerElapsed,
    TimerStarted,
    ToolUsed,
    WorkTime,
)

SHOWN_ON_STEPS = (
    StepState, CheckConfirmed, Measurement, SampleMeasured, MachineValue, MaterialConsumed, MaterialDetached, EvidenceCaptured,
    Nonconformance, WorkTime,
)  # fmt: skip
SHOWN_ON_JOBS = JobState | JobParameters


class Words(NamedTuple):
    """What something was, what was recorded, and how it was judged."""

    what: str
    text: str
    outcome: Outcome | None = None


def words_of(fact: OnStep) -> Words | None:
    """The words of a step's record; None for the kinds that are shown otherwise."""
    match fact:
        case ToolUsed():
            reason = f": {fact.reason}" if fact.reason else ""
            return Words("tool", f"{fact.tool} as {fact.tool_class}{reason}", fact.outcome)
        case ChoiceMade():
            reason = f" ({fact.reason})" if fact.reason else ""
            return Words("chosen", f"{fact.text}{reason}", fact.outcome)
        case TextEntered():
            return Words("entered", f"{fact.value_text} {fact.unit}{_limits(fact)}".strip(), fact.outcome)
        case ChecklistDone():
            bad = f"; not in order: {', '.join(fact.not_in_order)}" if fact.not_in_order else ""
            return Words("checklist", f"{len(fact.in_order)} in order{bad}", fact.outcome)
        case MachineWindow() | TighteningResult():
            return _machine_words(fact)
        case _:
            return _way_words(fact)


def _machine_words(fact: MachineWindow | TighteningResult) -> Words:
    if isinstance(fact, TighteningResult):
        limits = f"[{fact.torque_lower or '-'} to {fact.torque_upper or '-'}]"
        angle = ""
        if fact.angle_text:
            angle = f", {fact.angle_text}° [{fact.angle_lower or '-'} to {fact.angle_upper or '-'}]"
        tool = f"; {fact.tool or fact.source}"
        text = (
            f"{fact.characteristic} {fact.index} of {fact.count}: {fact.torque_text or 'no value'} {fact.torque_unit}"
        )
        return Words("tightened", f"{text} {limits}{angle}{tool}{_bad(fact)}", fact.outcome)
    seconds = (fact.until_us - fact.from_us) / 1e6
    how = f"held for {seconds:.1f} s" if fact.mode == "held" else f"{fact.statistic} over {seconds:.1f} s"
    missed = f", {fact.bad_s:.1f} s without a good value" if fact.bad_s else ""
    shown = machine_text(fact.value_text, fact.lower_limit, fact.upper_limit) or "no value"
    value = f"{fact.characteristic} {shown} {fact.unit}{_limits(fact)}"
    return Words("machine", f"{value} {how}{missed}; {fact.tag}{_bad(fact)}", fact.outcome)


def _way_words(fact: OnStep) -> Words | None:
    """What happened on the way: timers, signatures, what was left out or done again."""
    match fact:
        case TimerStarted():
            return Words("timer", f"started, {fact.required_s:g} s")
        case TimerElapsed():
            return Words("timer", f"ended after {fact.waited_s:g} of {fact.required_s:g} s", fact.outcome)
        case StepSigned():
            count = counted(len(fact.signed_ids), "record")
            return Words("signed", f"{fact.printed_name}: {fact.meaning} ({fact.method}; {count})", Outcome.PASS)
        case StepSkipped():
            return Words("left out", _why_left_out(fact), Outcome.SKIPPED)
        case CheckOverridden():
            return Words("set aside", f"{fact.reason}; {fact.printed_name} ({fact.method})", Outcome.SKIPPED)
        case StepReopened():
            return Words("done again", fact.reason)
        case ControlSignal():
            what = "early warning" if fact.warning else "control chart"
            # the name of a chart is a path: product, operation, characteristic
            title = fact.chart_id.rsplit("/", 1)[-1].replace("_", " ")
            limits = f"limits {fact.limits_version}" if fact.limits_version else "provisional limits"
            return Words(what, f"{title}: {fact.rule_text} ({fact.rule}, {limits})")
        case AttributeInspected():
            found = fact.text or ("in order" if fact.outcome is Outcome.PASS else "not in order")
            defects = counted(fact.defects, "defect")
            return Words(
                "inspected",
                f"{fact.characteristic}: {found} ({fact.nonconforming} of {fact.inspected}, {defects})",
                fact.outcome,
            )
        case _ if isinstance(fact, SHOWN_ON_STEPS):
            return None
        case _:
            return Words(_kind(fact), _fields(fact), getattr(fact, "outcome", None))


def _why_left_out(fact: StepSkipped) -> str:
    """Why a step was left out, as a person would say it."""
    reason = fact.reason.strip()
    if fact.cause == "condition":
        reason = reason.removesuffix(".")
        return f"not needed, {reason[:1].lower()}{reason[1:]}" if reason else "not needed"
    if fact.approved_by:
        return f"{reason}; allowed by {fact.printed_name} ({fact.method})"
    return f"optional, {reason}" if reason else "optional"


def job_event_text(fact: Fact, steps: Mapping[str, str] = MappingProxyType({})) -> str:
    """The words of a record about a whole job; empty for those that are shown otherwise.

    ``steps``: what people call the steps, by id.
    """
    match fact:
        case HandOver():
            return f"handed over: {fact.note}" if fact.note else "handed over"
        case ReworkStarted():
            failed, again = (steps.get(step, step) for step in (fact.from_step, fact.to_step))
            return f"sent back for rework from {failed} to {again}: {fact.reason}"
        case InspectionStarted():
            return f"inspection by plan {fact.plan_id} {fact.plan_version} began"
        case ResultConfirmed():
            return f"{fact.characteristic} confirmed as a defect: {fact.defect}"
        case InspectionDecided():
            return f"inspection decided: {fact.outcome}, {fact.nonconforming} not in order"
        case _ if isinstance(fact, OnUnit) and not isinstance(fact, OnStep | SHOWN_ON_JOBS):
            return f"{_kind(fact)}: {_fields(fact)}"
        case _:
            return ""


def job_event_people(fact: Fact) -> tuple[str, ...]:
    """The people of such a record: who gave and who took a job."""
    return (fact.from_person, fact.to_person) if isinstance(fact, HandOver) else ()


def _kind(fact: Fact) -> str:
    return fact.kind.replace("_", " ")


def _fields(fact: Fact) -> str:
    """What a record says besides its place, for kinds without words of their own: nothing is left out of a trace."""
    said = {name: getattr(fact, name) for name in fact.__struct_fields__ if name not in OnStep.__struct_fields__}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said.items() if value not in ("", None, ()))


def _limits(fact: TextEntered | MachineWindow) -> str:
    if not fact.lower_limit and not fact.upper_limit:
        return ""
    return f" [{fact.lower_limit or '-'} to {fact.upper_limit or '-'}]"


def _bad(fact: MachineWindow | TighteningResult) -> str:
    return "" if fact.quality == "Good" else f"; {fact.status or fact.quality}"
