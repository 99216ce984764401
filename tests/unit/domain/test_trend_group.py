"""Groups of pens: names, and the one that opens with a work instruction."""

from __future__ import annotations

import pytest

from station_app.domain.trend_group import MOST_PENS, TrendGroup, group_fault, group_for, with_group


def test_a_group_of_the_same_name_is_replaced_and_a_work_instruction_opens_one() -> None:
    first = TrendGroup(name="Press", tags=("a",), work_master="asm")
    second = TrendGroup(name="all", tags=("a", "b"), work_master="asm")
    kept = with_group(with_group([], first), second)
    assert [group.name for group in kept] == ["all", "Press"]
    opened = group_for(kept, "asm")
    assert opened is not None and opened.name == "all"
    assert group_for(kept, "") is None and group_for(kept, "other") is None
    again = with_group(kept, TrendGroup(name="Press", tags=("b",)))
    assert len(again) == 2 and again[1].tags == ("b",)


@pytest.mark.parametrize(
    ("group", "fault"),
    [
        (TrendGroup(name=" ", tags=("a",)), "name"),
        (TrendGroup(name="a\nb", tags=("a",)), "name"),
        (TrendGroup(name="x" * 99, tags=("a",)), "1 to 60"),
        (TrendGroup(name="x", tags=()), "0 pens"),
        (TrendGroup(name="x", tags=("a",) * (MOST_PENS + 1)), "51 pens"),
        (TrendGroup(name="x", tags=("a",), window_s=float("nan")), "window_s"),
    ],
)
def test_what_is_no_group_is_named(group: TrendGroup, fault: str) -> None:
    assert fault in group_fault(group)
    assert group_fault(TrendGroup(name="x", tags=("a",))) == ""
