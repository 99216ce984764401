"""The switching rules of ISO 2859-1, as stories of lots."""

from __future__ import annotations

import pytest

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import Severity, sampling_plan
from station_app.domain.quality.switching import SwitchingState, inspected, irregular, resume

GOOD, BAD = 0, 80


def after(state: SwitchingState, *found: int, lot: int = 1000, aql: str = "1.0", **conditions: bool) -> SwitchingState:
    """The state after lots with so many nonconforming items, each inspected as severely as is due."""
    for nonconforming in found:
        plan = sampling_plan(lot, "II", aql, state.severity)
        state = inspected(state, plan, min(nonconforming, plan.n), **conditions)
    return state


def tightened() -> SwitchingState:
    return after(SwitchingState(), BAD, BAD)


def test_two_of_five_consecutive_lots_tighten() -> None:
    assert after(SwitchingState(), BAD).severity is Severity.NORMAL
    assert tightened().severity is Severity.TIGHTENED
    assert "2 of 2" in tightened().reason
    assert after(SwitchingState(), BAD, GOOD, GOOD, GOOD, BAD).severity is Severity.TIGHTENED
    assert after(SwitchingState(), BAD, GOOD, GOOD, GOOD, GOOD, BAD).severity is Severity.NORMAL


def test_five_accepted_in_a_row_relax() -> None:
    assert after(tightened(), GOOD, GOOD, GOOD, GOOD).severity is Severity.TIGHTENED
    assert after(tightened(), *[GOOD] * 5) == SwitchingState(
        reason="5 consecutive lots were accepted on tightened inspection"
    )
    assert after(tightened(), GOOD, GOOD, GOOD, BAD, GOOD, GOOD).severity is Severity.TIGHTENED


def test_five_failed_on_tightened_discontinue_also_with_good_lots_between() -> None:
    state = after(tightened(), BAD, GOOD, GOOD, BAD, GOOD, BAD, BAD)
    assert not state.discontinued
    state = after(state, GOOD, BAD)
    assert (state.discontinued, state.failed_lots) == (True, 5)
    with pytest.raises(InputError, match="discontinued"):
        after(state, GOOD)
    resumed = resume(state)
    assert (resumed.severity, resumed.discontinued, resumed.failed_lots) == (Severity.TIGHTENED, False, 0)


def test_only_a_discontinued_inspection_is_resumed() -> None:
    with pytest.raises(InputError, match="not discontinued"):
        resume(tightened())


def test_the_score_grows_by_three_where_a_tighter_limit_had_been_met() -> None:
    state = after(SwitchingState(), *[1] * 9)
    assert (state.score, state.severity) == (27, Severity.NORMAL)
    # accepted with 2, but not at 0.65: the score begins again
    assert after(state, 2).score == 0
    assert after(state, 1).severity is Severity.REDUCED


def test_the_score_grows_by_two_where_ac_is_0_or_1() -> None:
    # K at 0.40: Ac 1
    state = after(SwitchingState(), *[1] * 14, lot=2000, aql="0.40")
    assert (state.score, state.severity) == (28, Severity.NORMAL)
    assert after(state, 1, lot=2000, aql="0.40").severity is Severity.REDUCED
    assert after(state, 2, lot=2000, aql="0.40").score == 0


def test_reduced_needs_steady_production_and_consent() -> None:
    waiting = after(SwitchingState(), *[GOOD] * 12, reduced_allowed=False)
    assert (waiting.severity, waiting.score) == (Severity.NORMAL, 36)
    assert after(waiting, GOOD, steady=False).severity is Severity.NORMAL
    assert after(waiting, GOOD).severity is Severity.REDUCED


def test_one_failed_lot_or_irregular_production_ends_reduced() -> None:
    reduced = after(SwitchingState(), *[GOOD] * 10)
    assert reduced.severity is Severity.REDUCED
    assert after(reduced, GOOD, GOOD).severity is Severity.REDUCED
    assert after(reduced, BAD).severity is Severity.NORMAL
    assert after(reduced, GOOD, steady=False).severity is Severity.NORMAL
    assert irregular(reduced).severity is Severity.NORMAL
    assert irregular(tightened()) == tightened()


def test_a_lot_submitted_again_changes_nothing() -> None:
    state = after(SwitchingState(), BAD)
    assert after(state, BAD, original=False) == state


def test_a_plan_of_another_severity_is_refused() -> None:
    with pytest.raises(InputError, match="inspection is normal, the plan is tightened"):
        inspected(SwitchingState(), sampling_plan(1000, "II", "1.0", Severity.TIGHTENED), 0)


def test_counts_that_are_not_possible_are_refused() -> None:
    plan = sampling_plan(1000, "II", "1.0")
    for found in (-1, 81):
        with pytest.raises(InputError, match="not possible"):
            inspected(SwitchingState(), plan, found)
    # above 10 nonconformities are counted, and an item may have many
    many = sampling_plan(1000, "II", "40")
    assert inspected(SwitchingState(), many, many.n + 1).recent == (False,)
