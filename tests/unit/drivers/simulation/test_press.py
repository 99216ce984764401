"""The press model behaves like a press."""

from __future__ import annotations

import itertools

import pytest

from drivers.simulation.press import Press, PressState


def cycle(press: Press) -> list[tuple[float, float, PressState]]:
    """One cycle at 50 ms a scan: (position, force, state) at each."""
    assert press.start()
    seen: list[tuple[float, float, PressState]] = []
    for _ in range(400):
        press.step(0.05)
        seen.append((press.position_mm, press.force_kn, press.state))
        if press.state is PressState.IDLE:
            return seen
    raise AssertionError("the cycle does not end")


def test_a_cycle_goes_through_its_states_in_order() -> None:
    press = Press()
    states = [state for _, _, state in cycle(press)]
    assert list(dict.fromkeys(states)) == [
        PressState.APPROACH,
        PressState.PRESS,
        PressState.HOLD,
        PressState.RETURN,
        PressState.IDLE,
    ]
    assert press.cycle_count == 1
    assert press.position_mm == 0.0


@pytest.mark.parametrize(("peak_kn", "result"), [(12.4, "OK"), (14.86, "NOK"), (5.0, "NOK")])
def test_the_directed_peak_is_reached_exactly(peak_kn: float, result: str) -> None:
    press = Press()
    press.direct_next_peak(peak_kn)
    forces = [force for _, force, _ in cycle(press)]
    assert press.peak_force_kn == peak_kn
    assert peak_kn - 0.1 <= max(forces) <= peak_kn
    assert press.result == result


def test_the_peak_of_a_cycle_stands_until_the_next_one_has_ended() -> None:
    press = Press()
    press.direct_next_peak(12.4)
    cycle(press)
    press.direct_next_peak(13.1)
    assert press.start()
    seen = set()
    while press.cycle_count == 1:
        seen.add(press.peak_force_kn)
        press.step(0.05)
    assert seen == {12.4} and press.peak_force_kn == 13.1, "never a force on its way up"


def test_a_directed_peak_holds_for_one_cycle() -> None:
    press = Press()
    press.direct_next_peak(20.0)
    cycle(press)
    cycle(press)
    assert 10.0 < press.peak_force_kn < 14.5
    assert press.cycle_count == 2


def test_force_rises_with_depth_and_steeply_at_the_shoulder() -> None:
    seen = [(position, force) for position, force, state in cycle(Press()) if state is PressState.PRESS]
    before = [force for position, force in seen if position < 82.0]
    assert max(before) < 0.1
    middle = [force for position, force in seen if 90 < position < 92]
    late = [force for position, force in seen if 98 < position < 100]
    assert 0.5 < middle[0] < late[-1] < 9.0
    slope_before = (late[-1] - middle[0]) / 8
    assert (12.0 - late[-1]) / 0.5 > 5 * slope_before


def test_idle_force_repeats_values_as_a_real_load_cell_does() -> None:
    press = Press()
    seen = []
    for _ in range(200):
        press.step(0.05)
        seen.append(press.force_kn)
    assert any(first == second for first, second in itertools.pairwise(seen))
    assert len(set(seen)) > 1


def test_a_running_press_does_not_start_again() -> None:
    press = Press()
    assert press.start()
    assert not press.start()


@pytest.mark.parametrize("peak_kn", [0.0, 50.1, -3.0, float("nan")])
def test_a_peak_outside_the_machine_is_refused(peak_kn: float) -> None:
    with pytest.raises(ValueError, match=r"0\.5 to 50"):
        Press().direct_next_peak(peak_kn)


def test_the_same_seed_gives_the_same_cycle() -> None:
    assert cycle(Press(seed=9)) == cycle(Press(seed=9))
    assert cycle(Press(seed=9)) != cycle(Press(seed=10))
