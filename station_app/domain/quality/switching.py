"""The switching rules of ISO 2859-1, 9.3: how severe the inspection of the next lot is, as a state that each lot
changes.

Normal to tightened: two of five or fewer consecutive lots not accepted. Tightened to normal: five consecutive lots
accepted. Discontinued: five lots not accepted while tightened. Normal to reduced: a switching score of 30 or more,
production steady, and the responsible authority agrees. Reduced to normal: a lot not accepted, or production
irregular. Only original inspection counts: lots that are submitted again are not told to these functions' rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import Plan, Severity, accepted_one_step_tighter

WINDOW = 5
FAILED_TO_TIGHTEN = 2
ACCEPTED_TO_RELAX = 5
FAILED_TO_DISCONTINUE = 5
SCORE_TO_REDUCE = 30


@dataclass(frozen=True, slots=True)
class SwitchingState:
    """Where a series of lots stands. It begins with normal inspection.

    ``recent`` tells, newest last, which of the last lots on normal inspection were accepted; ``score`` is the
    switching score; ``accepted_run`` and ``failed_lots`` count on tightened inspection. ``discontinued``: no lot is
    accepted by sampling until the supplier's improvement is confirmed (`resume`). ``reason`` says why the severity
    last changed.
    """

    severity: Severity = Severity.NORMAL
    discontinued: bool = False
    recent: tuple[bool, ...] = ()
    score: int = 0
    accepted_run: int = 0
    failed_lots: int = 0
    reason: str = ""


def inspected(
    state: SwitchingState,
    plan: Plan,
    nonconforming: int,
    *,
    original: bool = True,
    steady: bool = True,
    reduced_allowed: bool = True,
) -> SwitchingState:
    """The state after a lot with so many nonconforming items in its sample.

    ``original``: not a lot submitted again, which changes nothing. ``steady``: production is regular.
    ``reduced_allowed``: the responsible authority wants reduced inspection. Raises InputError when inspection is
    discontinued, or the plan is of another severity.
    """
    if nonconforming < 0 or nonconforming > plan.n:
        _refuse_count(plan, nonconforming)
    if not original:
        return state
    if state.discontinued:
        raise InputError("inspection is discontinued: confirm the supplier's improvement before the next lot")
    if plan.severity is not state.severity:
        raise InputError(f"inspection is {state.severity}, the plan is {plan.severity}")
    accepted = nonconforming <= plan.ac
    if state.severity is Severity.NORMAL:
        return _after_normal(state, plan, nonconforming, accepted, steady and reduced_allowed)
    if state.severity is Severity.TIGHTENED:
        return _after_tightened(state, accepted)
    if not accepted:
        return SwitchingState(reason="a lot was not accepted on reduced inspection")
    return state if steady else SwitchingState(reason="production became irregular")


def irregular(state: SwitchingState) -> SwitchingState:
    """Production became irregular or was delayed, or another condition calls for normal inspection: reduced ends."""
    if state.severity is Severity.REDUCED:
        return SwitchingState(reason="production became irregular")
    return state


def resume(state: SwitchingState) -> SwitchingState:
    """The supplier's improvement was confirmed.

    A discontinued inspection goes on, tightened. Raises InputError when it is not discontinued.
    """
    if not state.discontinued:
        raise InputError("inspection is not discontinued")
    return SwitchingState(Severity.TIGHTENED, reason="resumed after the supplier's improvement was confirmed")


def _after_normal(
    state: SwitchingState, plan: Plan, nonconforming: int, accepted: bool, may_reduce: bool
) -> SwitchingState:
    recent = (*state.recent, accepted)[-WINDOW:]
    if recent.count(False) >= FAILED_TO_TIGHTEN:
        reason = f"{FAILED_TO_TIGHTEN} of {len(recent)} consecutive lots were not accepted"
        return SwitchingState(Severity.TIGHTENED, reason=reason)
    score = _score(state.score, plan, nonconforming, accepted)
    if score >= SCORE_TO_REDUCE and may_reduce:
        return SwitchingState(Severity.REDUCED, reason=f"the switching score reached {score}")
    return replace(state, recent=recent, score=score)


def _score(score: int, plan: Plan, nonconforming: int, accepted: bool) -> int:
    """9.3.3.2 for single sampling.

    3 more when the lot had passed a tighter AQL too, 2 more where Ac is 0 or 1; else 0 again.
    """
    if plan.ac >= 2:
        return score + 3 if accepted_one_step_tighter(plan, nonconforming) else 0
    return score + 2 if accepted else 0


def _after_tightened(state: SwitchingState, accepted: bool) -> SwitchingState:
    if accepted:
        if state.accepted_run + 1 >= ACCEPTED_TO_RELAX:
            return SwitchingState(reason=f"{ACCEPTED_TO_RELAX} consecutive lots were accepted on tightened inspection")
        return replace(state, accepted_run=state.accepted_run + 1)
    failed = state.failed_lots + 1
    if failed >= FAILED_TO_DISCONTINUE:
        reason = f"{FAILED_TO_DISCONTINUE} lots were not accepted on tightened inspection"
        return replace(state, accepted_run=0, failed_lots=failed, discontinued=True, reason=reason)
    return replace(state, accepted_run=0, failed_lots=failed)


def _refuse_count(plan: Plan, nonconforming: int) -> None:
    """AQLs above 10 count nonconformities, of which an item may have many; up to 10 they are items of the sample."""
    if nonconforming < 0 or float(plan.aql) <= 10:
        raise InputError(f"{nonconforming} nonconforming items in a sample of {plan.n} are not possible")
