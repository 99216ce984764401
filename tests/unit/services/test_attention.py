"""Absences: what is no work, each once, forgotten when it is recorded."""

from __future__ import annotations

from station_app.domain.work_clock import Absence
from station_app.services.attention import WAITING, Attention


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


def test_reasons_overlap_and_end_one_by_one() -> None:
    clock = Clock()
    attention = Attention(clock)
    attention.pause("sign in")
    attention.pause("sign in")
    clock.now = 5
    attention.set("help", True)
    attention.resume("sign in")
    attention.resume("never began")
    clock.now = 8
    assert attention.paused
    assert attention.absences(0) == [Absence(0, 5), Absence(5, 8)]
    attention.set("help", False)
    assert not attention.paused


def test_waiting_is_told_apart_and_what_is_recorded_is_forgotten() -> None:
    clock = Clock()
    attention = Attention(clock)
    attention.pause(WAITING)
    clock.now = 4
    attention.resume(WAITING)
    assert attention.absences(3) == [Absence(0, 4, True)]
    assert attention.absences(4) == []
    assert attention.absences(0) == [], "it does not come back"


def test_nothing_lasts_no_time() -> None:
    attention = Attention(Clock())
    attention.pause("x")
    attention.resume("x")
    assert attention.absences(0) == []
