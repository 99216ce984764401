from __future__ import annotations

from decimal import Decimal

from station_app.domain.outcome import Limits
from station_app.ui.check_view import advice, drawn_limits, silence_text


def test_open_sides_are_written_as_such() -> None:
    at_most = drawn_limits(Limits("mm", None, Decimal("0.020")))
    assert (at_most.lower, at_most.upper, at_most.upper_text) == (None, 0.02, "≤ 0.020")
    both = drawn_limits(Limits("mm", Decimal("1"), Decimal("2")))
    assert (both.lower_text, both.upper_text) == ("1", "2")


def test_silence_says_since_when_and_when_it_is_tried_again() -> None:
    assert silence_text(1014.0, 1000.0, 1017.0) == "last heard 14 s ago · trying again in 3 s"
    assert silence_text(1014.0, None, 1014.1) == "trying again"
    assert silence_text(1014.0, None, None) == ""


def test_advice_says_what_to_do_and_what_was_kept() -> None:
    assert advice("Shim it.", True) == "Shim it. A photo is kept."
    assert advice("", False) == ""
