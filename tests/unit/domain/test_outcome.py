"""A machine's value reads the same wherever it is shown; what is recorded keeps every digit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.outcome import Limits, decimals_of, machine_text, rounded_text, say_machine_excess


def test_one_decimal_more_than_the_limits() -> None:
    assert decimals_of(Decimal("11.0"), Decimal("14.0")) == 2
    assert decimals_of(None, Decimal("0.00123")) == 4
    assert decimals_of(None, None) == 2


@pytest.mark.parametrize(
    ("text", "lower", "upper", "shown"),
    [
        ("14.86", "11.0", "14.0", "14.86"),
        ("14.860000610351562", "11.0", "14.0", "14.86"),
        ("12.4", "11.0", "14.0", "12.40"),
        ("5", "3", "9", "5"),
        ("0.0123456", "", "0.020", "0.0123"),
        ("12.424242", "", "", "12.42"),
        ("Running", "", "", "Running"),
        ("v1.2", "", "", "v1.2"),
        ("", "11.0", "14.0", ""),
    ],
)
def test_a_machines_value_has_one_form(text: str, lower: str, upper: str, shown: str) -> None:
    assert machine_text(text, lower, upper) == shown


def test_a_recorded_value_is_rounded_for_the_eye_only() -> None:
    assert rounded_text("12.424242", 2) == "12.42"
    assert rounded_text("open", 2) == "open"


def test_the_excess_has_no_digits_that_nobody_measured_and_is_never_lost() -> None:
    limits = Limits(unit="kN", lower=Decimal("11.0"), upper=Decimal("14.0"))
    assert say_machine_excess("14.860000610351", limits) == "0.86 kN above the limit."
    assert say_machine_excess("14.00004", limits) == "0.00004 kN above the limit."
    assert say_machine_excess("12.4", limits) == ""
