"""What formulas compute, and what becomes of quality."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given, settings

from drivers.base import Quality, Sample, Value
from drivers.calc.evaluate import Program, Result
from drivers.calc.parser import parse
from drivers.calc.tree import Binary, Node, Number, Unary
from tests.unit.drivers.calc.trees import arithmetic, trees


def good(**values: Value) -> dict[str, Sample]:
    return {name: Sample(name, value, Quality.GOOD, "Good", None, 0.0) for name, value in values.items()}


def run(formula: str, samples: Mapping[str, Sample] | None = None) -> Result:
    return Program(parse(formula)).run(samples or {}, 0.0)


def in_python(node: Node) -> float:
    """The same, computed by Python itself."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Unary):
        return -in_python(node.operand)
    assert isinstance(node, Binary)
    left, right = in_python(node.left), in_python(node.right)
    if node.operator == "^":
        if abs(left) > 1 and right * math.log2(abs(left)) > 1024:
            raise OverflowError
        result = left**right
        if isinstance(result, complex):
            raise ValueError("complex")
        return float(result) if not isinstance(result, int) else result
    operations = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "//": lambda: left // right,
        "%": lambda: left % right,
    }
    return operations[node.operator]()


@given(arithmetic())
@settings(max_examples=400, deadline=None)
def test_arithmetic_is_pythons(tree: Node) -> None:
    result = Program(tree).run({}, 0.0)
    try:
        expected = in_python(tree)
    except (ZeroDivisionError, ValueError, OverflowError):
        assert result.quality is Quality.BAD
        return
    if result.quality is Quality.BAD:
        assert not -1.7e308 < expected < 1.7e308 or result.status == "BadOutOfRange"
        return
    assert result.value == expected or math.isclose(float(str(result.value)), expected)


@given(trees())
@settings(max_examples=200, deadline=None)
def test_any_formula_has_a_result_of_some_quality(tree: Node) -> None:
    program = Program(tree)
    samples = good(**dict.fromkeys(program.inputs, 3))
    for moment in (0.0, 1.0, 2.0):
        result = program.run(samples, moment)
        assert (result.value is None) is (result.quality is Quality.BAD)
        assert not isinstance(result.value, float) or math.isfinite(result.value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("7 // 2", 3),
        ("-7 % 3", 2),
        ("2 ^ 10", 1024),
        ("min(3, 1, 2) + max(3, 1, 2)", 4),
        ("round(2.345, 1)", 2.3),
        ("round(2.6)", 3),
        ("floor(-0.5) + ceil(0.2)", 0),
        ("sqrt(16) + abs(-1)", 5.0),
        ("ln(exp(1))", 1.0),
        ("log10(1000)", 3.0),
        ("1 < 2 and not 2 <= 1 or false", True),
        ("'a' == \"a\"", True),
        ("'a' != 'b'", True),
        ("true == false", False),
        ("1 == 1.0", True),
        ("bit(5, 2)", True),
        ("bit(5, 1)", False),
        ("if(1 > 2, 'high', 1 > 0, 'normal', 'low')", "normal"),
        ("if(false, 1 / 0, 2)", 2),
        ("false and 1 / 0 > 1", False),
        ("true or 1 / 0 > 1", True),
    ],
)
def test_results(formula: str, value: Value) -> None:
    result = run(formula)
    assert (result.value, result.quality, result.status) == (value, Quality.GOOD, "Good")
    assert type(result.value) is type(value)


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("1 / 0", "BadInvalidArgument"),
        ("1 // 0", "BadInvalidArgument"),
        ("1 % 0", "BadInvalidArgument"),
        ("0 ^ -1", "BadInvalidArgument"),
        ("sqrt(-1)", "BadInvalidArgument"),
        ("ln(0)", "BadInvalidArgument"),
        ("(0 - 8) ^ 0.5", "BadInvalidArgument"),
        ("1e308 * 10", "BadOutOfRange"),
        ("10 ^ 10 ^ 10", "BadOutOfRange"),
        ("exp(1000)", "BadOutOfRange"),
        ("nan + 1", "BadOutOfRange"),
        ("infinite > 1", "BadOutOfRange"),
        ("text + 1", "BadTypeMismatch"),
        ("truth + 1", "BadTypeMismatch"),
        ("not one", "BadTypeMismatch"),
        ("one == text", "BadTypeMismatch"),
        ("if(one, 1, 2)", "BadTypeMismatch"),
        ("bit(0 - 1, 1)", "BadTypeMismatch"),
        ("nothing + 1", "BadNoData"),
        ("missing + 1", "BadWaitingForInitialData"),
    ],
)
def test_what_has_no_result_is_bad_and_says_why(formula: str, status: str) -> None:
    samples = good(nan=math.nan, infinite=math.inf, text="x", truth=True, one=1, nothing=None)
    assert run(formula, samples) == Result(None, Quality.BAD, status)


def test_large_integers_stay_numbers_that_can_be_kept() -> None:
    assert run("2 ^ 62").value == 2**62
    result = run("2 ^ 64 + 1").value
    assert isinstance(result, float)
    assert result == 2.0**64


def with_quality(quality: Quality, status: str, value: Value = 5) -> dict[str, Sample]:
    return {**good(b=1), "a": Sample("a", value, quality, status, None, 0.0)}


def test_quality_is_the_worst_of_what_is_used() -> None:
    bad, uncertain = (
        with_quality(Quality.BAD, "BadCommunicationError"),
        with_quality(Quality.UNCERTAIN, "UncertainLastUsableValue"),
    )
    assert run("a + b", bad) == Result(None, Quality.BAD, "BadCommunicationError")
    assert run("a + b", uncertain) == Result(6, Quality.UNCERTAIN, "UncertainLastUsableValue")
    assert run("if(b == 1, b, a)", bad) == Result(1, Quality.GOOD, "Good")
    assert run("if(b == 1, b, a)", uncertain) == Result(1, Quality.GOOD, "Good")
    assert run("if(good(a), 'there', 'away')", bad).value == "away"
    assert run("if(good(a), a, b)", uncertain) == Result(1, Quality.GOOD, "Good")
    assert run("a * 0", bad).quality is Quality.BAD


def test_remembering_functions_see_every_value_whether_used_or_not() -> None:
    program = Program(parse("if(use, total(a), 0)"))
    assert program.remembers
    for moment, (use, a) in enumerate([(False, 1), (False, 5), (True, 6)]):
        result = program.run(good(use=use, a=a), float(moment))
    assert result.value == 5


def test_a_bad_input_of_a_memory_is_bad_and_an_uncertain_one_uncertain() -> None:
    program = Program(parse("mean(a, 2)"))
    for moment in (0.0, 1.0, 2.0):
        assert program.run(good(a=4), moment).value == 4
    result = program.run(with_quality(Quality.UNCERTAIN, "UncertainSensorNotAccurate", 4), 3.0)
    assert result == Result(4, Quality.UNCERTAIN, "UncertainSensorNotAccurate")
    assert program.run(with_quality(Quality.BAD, "BadDeviceFailure"), 4.0).status == "BadDeviceFailure"
    assert program.run(good(a="x"), 5.0).status == "BadTypeMismatch"
