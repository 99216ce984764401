"""Formulas are read as engineers write them, and every fault names its place."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.calc.parser import DEEPEST, parse
from drivers.calc.tree import Binary, Call, FormulaError, Node, Number, TagValue, Unary, tags_of, write
from tests.unit.drivers.calc.trees import trees


@given(trees())
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_again(tree: Node) -> None:
    assert parse(write(tree)) == tree


@given(st.text(max_size=60))
@example("1" * 3000)
@example("((((" * 200)
@example("-" * 500 + "1")
@example("1" + "^2" * 500)
@example("not " * 400 + "a")
@example("1+" * 900 + "1")
@example("²+½")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except FormulaError as fault:
        assert str(fault)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", Binary("+", Number(1), Binary("*", Number(2), Number(3)))),
        ("1 - 2 - 3", Binary("-", Binary("-", Number(1), Number(2)), Number(3))),
        ("-2 ^ 2", Unary("negative", Binary("^", Number(2), Number(2)))),
        ("2 ^ 3 ^ 2", Binary("^", Number(2), Binary("^", Number(3), Number(2)))),
        ("not a and b", Binary("and", Unary("not", TagValue("a")), TagValue("b"))),
        ("a or b and c", Binary("or", TagValue("a"), Binary("and", TagValue("b"), TagValue("c")))),
        ("{press-1.force}-1", Binary("-", TagValue("press-1.force"), Number(1))),
        ("max(a,\n  b)", Call("max", (TagValue("a"), TagValue("b")))),
        ("max + 1", Binary("+", TagValue("max"), Number(1))),
    ],
)
def test_precedence(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("", 1, "the formula ends where a value is expected"),
        ("press.force *", 14, "the formula ends where a value is expected"),
        ("press.force press.speed", 13, '"press.speed" is too much here; an operator may be missing'),
        ("2 + * 3", 5, '"*" stands where a value is expected'),
        ("(1 + 2", 7, 'the "(" of character 1 is to be closed'),
        ("1 + 2)", 6, '")" is too much here'),
        ("a = 1", 3, "to compare write =="),
        ("a && b", 3, 'write "and"'),
        ("1 < 2 < 3", 7, "comparisons do not follow each other"),
        ("2nd + 1", 1, "goes in braces"),
        ("1.5.2", 1, '"1.5." is no number'),
        ("1e999", 1, "too large for a number"),
        ("'abc", 1, "not closed on this line"),
        ("{a", 1, "closed by }"),
        ("maxi(1, 2)", 1, 'there is no function "maxi"; there are abs, min'),
        ("max(1)", 1, "max has 1 arguments; it is written max(x, y, ...)"),
        ("abs(1, 2)", 1, "abs has 2 arguments"),
        ("if(a, 1, b, 2)", 1, "the last value, for when no condition holds, is missing"),
        ("rate(a, b)", 9, "argument 2 of rate is a number from 0.01 to 86400"),
        ("rate(a, 0)", 9, "argument 2 of rate"),
        ("round(a, 1.5)", 10, "a whole number from 0 to 15"),
        ("(" * (DEEPEST + 1) + "1", DEEPEST + 1, "nested more than"),
        ("__import__('os')", 1, 'there is no function "__import__"'),
    ],
)
def test_faults_name_their_place(text: str, at: int, what: str) -> None:
    with pytest.raises(FormulaError) as fault:
        parse(text)
    assert str(fault.value).startswith(f"at character {at}: ")
    assert what in str(fault.value)


def test_the_tags_of_a_formula() -> None:
    assert tags_of(parse("a.b * rate({c-d}, 5) + if(a.b > 1, e, 0)")) == ("a.b", "c-d", "e")
