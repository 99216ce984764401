"""Formulas for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from drivers.calc.functions import FUNCTIONS
from drivers.calc.tree import COMPARISONS, PRECEDENCE, Binary, Call, Node, Number, TagValue, Text, Truth, Unary

NAMES = st.sampled_from(["a", "press.force", "x_1.y2", "not", "press-1.force", "2nd", "true", "max"])
_FREE = [name for name, function in FUNCTIONS.items() if not function.literal and name != "if"]


def _call(arguments: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def of(name: str) -> st.SearchStrategy[Node]:
        function = FUNCTIONS[name]
        most = 4 if function.more else len(function.kinds)
        return st.builds(
            Call,
            st.just(name),
            st.lists(arguments, min_size=function.needed, max_size=most).map(tuple),
        )

    cases = st.lists(st.tuples(arguments, arguments), min_size=1, max_size=2)
    choice = st.builds(lambda pairs, last: Call("if", (*(n for pair in pairs for n in pair), last)), cases, arguments)
    windowed = st.builds(lambda x, s: Call("rate", (x, Number(s))), arguments, st.integers(1, 600))
    return st.sampled_from(_FREE).flatmap(of) | windowed | choice


def trees() -> st.SearchStrategy[Node]:
    """Any formula that the grammar allows."""
    leaves = st.one_of(
        st.integers(0, 10**12).map(Number),
        st.floats(0, 1e300, allow_nan=False).map(Number),
        st.text(st.characters(codec="ascii", exclude_characters='"\r\n'), max_size=8).map(Text),
        st.booleans().map(Truth),
        NAMES.map(TagValue),
    )
    joined = [operator for operator in PRECEDENCE if operator not in ("not", "negative")]

    def above(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        return st.one_of(
            st.builds(Unary, st.sampled_from(["not", "negative"]), below),
            st.builds(Binary, st.sampled_from(joined), below, below),
            _call(below),
        )

    return st.recursive(leaves, above, max_leaves=12)


def arithmetic() -> st.SearchStrategy[Node]:
    """Formulas of numbers only."""
    leaves = st.integers(0, 1000).map(Number) | st.floats(0, 1e6, allow_nan=False).map(Number)
    operators = [op for op in PRECEDENCE if op not in ("not", "negative", "and", "or", *COMPARISONS)]
    return st.recursive(
        leaves,
        lambda below: st.one_of(
            st.builds(Unary, st.just("negative"), below),
            st.builds(Binary, st.sampled_from(operators), below, below),
        ),
        max_leaves=10,
    )
