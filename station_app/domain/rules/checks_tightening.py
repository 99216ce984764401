"""Tightening: every screw judged by its torque and, where it is given, its angle; a failed one is tightened again."""

from __future__ import annotations

from drivers.base import Quality, Sample
from station_app.domain.checks import TighteningCheck
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.records import Fact, TighteningResult
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.readings import judge_sample, limit_text, refuse_decimals, value_text
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance

NO_TIGHTENING = "is no tightening"


def next_screw(check: CheckProgress) -> int:
    """The screw that comes next, from 1: the first that failed, else the first without a result; 0 when all are good."""
    assert isinstance(check.check, TighteningCheck)
    failed = sorted(no for no, screw in check.screws.items() if screw.outcome is not Outcome.PASS)
    if failed:
        return failed[0]
    return next((no for no in range(1, check.check.count + 1) if no not in check.screws), 0)


def tighten(
    job: Job | None, check_id: str, torque_text: str, angle_text: str, mono_ns: int, index: int | None = None
) -> list[Fact]:
    """Record a typed result. A screw that is tightened again supersedes its result before; both are kept."""
    step, check, wanted = open_check(job, check_id, TighteningCheck, NO_TIGHTENING)
    if wanted.torque_tag:
        raise Refusal(f"“{wanted.title}” is taken from the tool. Tighten the screw with it.")
    found, _ = work(job)
    try:
        outcomes = [wanted.torque.judge(parse_reading(torque_text))]
        if wanted.angle is not None:
            outcomes.append(wanted.angle.judge(parse_reading(angle_text)))
    except ReadingError as error:
        raise Refusal(str(error)) from error
    refuse_decimals(torque_text, wanted.decimals)
    fact = _result(
        found,
        step,
        check,
        index,
        torque_text=torque_text.strip(),
        angle_text=angle_text.strip() if wanted.angle is not None else "",
        source="keypad",
        outcome=Outcome.PASS if all(outcome is Outcome.PASS for outcome in outcomes) else Outcome.FAIL,
    )
    return _with_next(found, step, check, fact, mono_ns)


def take_tightening(
    job: Job | None, check_id: str, torque: Sample | None, angle: Sample | None, result_id: str, mono_ns: int
) -> list[Fact]:
    """Record what the tool tells of its newest cycle; ``result_id`` is the cycle's number, each is taken once.

    Without good quality it is an ERROR: the screw is tightened again.
    """
    step, check, wanted = open_check(job, check_id, TighteningCheck, NO_TIGHTENING)
    found, _ = work(job)
    if not wanted.torque_tag:
        raise Refusal(f"“{wanted.title}” has no connected tool. Type the result.")
    if result_id and any(screw.result_id == result_id for screw in check.screws.values()):
        raise Refusal("The tool has made no cycle since the last result. Tighten the next screw.")
    if torque is None or (wanted.angle is not None and wanted.angle_tag and angle is None):
        raise Refusal(f"{wanted.torque_tag} has delivered no value yet. Look at the tool's connection.")
    judged = [(torque, judge_sample(torque, wanted.torque))]
    if wanted.angle is not None and angle is not None:
        judged.append((angle, judge_sample(angle, wanted.angle)))
    bad = next((sample for sample, outcome in judged if outcome is Outcome.ERROR), None)
    failed = any(outcome is Outcome.FAIL for _, outcome in judged)
    fact = _result(
        found,
        step,
        check,
        None,
        torque_text=value_text(torque),
        angle_text="" if angle is None or wanted.angle is None else value_text(angle),
        source=wanted.torque_tag,
        result_id=result_id,
        quality=(bad or torque).quality.value,
        status="" if bad is None else (bad.status if bad.quality is not Quality.GOOD else "no number"),
        outcome=Outcome.ERROR if bad is not None else Outcome.FAIL if failed else Outcome.PASS,
    )
    return _with_next(found, step, check, fact, mono_ns)


def _result(
    job: Job, step: StepProgress, check: CheckProgress, index: int | None, *, outcome: Outcome, **rest: str
) -> TighteningResult:
    wanted = check.check
    assert isinstance(wanted, TighteningCheck)
    number = next_screw(check) if index is None else index
    if number == 0:
        raise Refusal(f"All {wanted.count} screws of “{wanted.title}” are tight already.")
    if not 1 <= number <= wanted.count:
        raise Refusal(f"“{wanted.title}” has screws 1 to {wanted.count}, no screw {number}.")
    if wanted.tool_class and wanted.tool_class not in job.tools:
        raise Refusal(f"Scan the {wanted.tool_class} first, so that it is known which one was used.")
    earlier = check.screws.get(number)
    return TighteningResult(
        **on_step(job, step),
        check_id=wanted.id,
        supersedes="" if earlier is None else earlier.rec_id,
        characteristic=wanted.characteristic,
        index=number,
        count=wanted.count,
        torque_unit=wanted.torque.unit,
        torque_lower=limit_text(wanted.torque.lower),
        torque_upper=limit_text(wanted.torque.upper),
        angle_lower="" if wanted.angle is None else limit_text(wanted.angle.lower),
        angle_upper="" if wanted.angle is None else limit_text(wanted.angle.upper),
        tool=job.tools.get(wanted.tool_class, ""),
        outcome=outcome,
        **rest,
    )


def _with_next(job: Job, step: StepProgress, check: CheckProgress, fact: TighteningResult, mono_ns: int) -> list[Fact]:
    """The result, and what follows when it was the last one that was missing."""
    others = [screw.outcome for no, screw in check.screws.items() if no != fact.index]
    tight = [fact.outcome, *others].count(Outcome.PASS)
    return [fact, *(advance(job, step, check, fact, mono_ns) if tight == fact.count else [])]
