"""Patterns that can be used, and those that could keep the station busy."""

from __future__ import annotations

import time

import pytest

from drivers.gauges.pattern import LONGEST_FRAME, PatternError, compile_pattern


@pytest.mark.parametrize(
    "text",
    [
        r"(?P<value>[+-]?\d+\.\d+)",
        r"\s*(?P<value>[+-]?\d+(\.\d+)?)\s*(?P<unit>mm|in)?",
        r"\w+\s+(?P<value>[+-]?\d{1,6}\.\d{0,4})\s*(?P<unit>\w+)\s*",
        r"[(*+]+(?P<value>\d+)\)",
        r"ID\(\d\): (?P<value>\S+)",
    ],
)
def test_usual_patterns_are_accepted(text: str) -> None:
    assert compile_pattern(text).groupindex["value"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (r"\d+", "named groups"),
        (r"(?P<number>\d+)", "named groups"),
        (r"(?P<value>\d+)(?P<gauge>\d)", "named groups"),
        (r"(?P<value>\d+", "no regular expression"),
        (r"(?P<value>" + r"\d" * 200 + ")", "too long"),
        (r"(?P<value>(\d+)+)", "repeats a group"),
        (r"(?P<value>(a|aa)*)x", "repeats a group"),
        (r"(?P<value>(\d*){2,9})", "repeats a group"),
        (r"(?P<value>\d+)(?=x)", "looks around"),
        (r"(?P<value>\d+)(?P=value)", "looks around"),
        (r"(?P<value>a*b*c*d*e*f*g*h*i*)", "more than 8 repeats"),
        (r"(?P<value>\d*\d*\d*\d*\d*\d*\d*)x", "too long on a frame"),
        (r"(?P<value>.*.*.*.*.*.*.*.*)y", "too long on a frame"),
    ],
)
def test_patterns_that_cannot_be_used_say_why(text: str, says: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(PatternError, match=says):
        compile_pattern(text)
    assert time.perf_counter() - begun < 5.0


def test_an_accepted_pattern_refuses_the_longest_frame_quickly() -> None:
    pattern = compile_pattern(r"\s*(?P<value>[+-]?\d*\.?\d*)\s*(?P<unit>\w*)\s*")
    begun = time.perf_counter()
    for character in "1 a.+":
        assert pattern.fullmatch(character * (LONGEST_FRAME - 1) + "\x00") is None
    assert time.perf_counter() - begun < 1.0
