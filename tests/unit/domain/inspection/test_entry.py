"""From the text of readings to a verdict: means, ranges, ASTM E29, counts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.inspection.entry import judge_count, judge_readings, mean_of, parse_count
from station_app.domain.inspection.plan import Characteristic, CharacteristicType, Statistic
from station_app.domain.outcome import Outcome, ReadingError
from station_app.domain.quality.rounding import Rounding


def characteristic(**changes: object) -> Characteristic:
    given = {
        "id": "x",
        "title": "X",
        "balloon": 1,
        "unit": "mm",
        "lower": Decimal("2.0"),
        "upper": Decimal("2.5"),
        **changes,
    }
    return Characteristic(**given)  # type: ignore[arg-type]  # the fields of a test


@pytest.mark.parametrize(
    ("rounding", "text", "outcome"),
    [
        # ASTM E29: with the rounding method 2.54 is 2.5 and conforms, 2.56 is 2.6 and does not
        (Rounding.ROUNDING, "2.54", Outcome.PASS), (Rounding.ROUNDING, "2.56", Outcome.FAIL),
        (Rounding.ABSOLUTE, "2.501", Outcome.FAIL), (Rounding.ABSOLUTE, "2.50", Outcome.PASS),
        # half to even at the limit's last place
        (Rounding.ROUNDING, "2.55", Outcome.FAIL), (Rounding.ROUNDING, "2.45", Outcome.PASS),
    ],
)  # fmt: skip
def test_the_plan_names_the_method_of_rounding(rounding: Rounding, text: str, outcome: Outcome) -> None:
    judged = judge_readings(characteristic(rounding=rounding, decimals=3), [text])
    assert (judged.outcome, judged.value_text, judged.range_text) == (outcome, text, "")


def test_one_sided_limits() -> None:
    assert judge_readings(characteristic(lower=None), ["-9"]).outcome is Outcome.PASS
    assert judge_readings(characteristic(upper=None), ["1.99"]).outcome is Outcome.FAIL


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=2, max_size=9))
def test_a_mean_is_within_half_a_place_of_the_exact_one_and_between_its_readings(values: list[Decimal]) -> None:
    mean = mean_of(values)
    exact = sum((Fraction(value) for value in values), Fraction(0)) / len(values)
    assert abs(Fraction(mean) - exact) <= Fraction(1, 20000)
    assert min(values) - Decimal("0.0001") <= mean <= max(values) + Decimal("0.0001")


@given(st.lists(st.decimals(2, 3, places=2), min_size=3, max_size=3))
def test_the_order_of_readings_does_not_matter(values: list[Decimal]) -> None:
    wanted = characteristic(readings=3, statistic=Statistic.MEAN)
    one = judge_readings(wanted, [str(value) for value in values])
    other = judge_readings(wanted, [str(value) for value in reversed(values)])
    assert (one.value_text, one.range_text, one.outcome) == (other.value_text, other.range_text, other.outcome)
    assert Decimal(one.range_text) == max(values) - min(values)


@given(st.text(max_size=12))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        judged = judge_readings(characteristic(), [text])
    except ReadingError as refusal:
        assert str(refusal)
        return
    assert judged.value.is_finite() and judged.readings == (text.strip(),) and judged.value_text.isascii()


@given(st.text(max_size=12))
def test_any_text_is_a_count_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_count(text) < 10**9
    except ReadingError as refusal:
        assert str(refusal)


def test_a_count_without_a_limit_is_in_order_only_at_0() -> None:
    wanted = characteristic(type=CharacteristicType.COUNT, lower=None, upper=None)
    assert [judge_count(wanted, count) for count in (0, 1)] == [Outcome.PASS, Outcome.FAIL]
