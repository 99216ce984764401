"""From a formula's text to its tree: a parser by recursive descent, as strict as an engineer reading it.

    formula    = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | comparison
    comparison = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
    sum        = product { ("+" | "-") product }
    product    = signed { ("*" | "/" | "//" | "%") signed }
    signed     = "-" signed | power
    power      = atom [ "^" signed ]
    atom       = number | text | "true" | "false" | tag | "{" tag "}" | call | "(" formula ")"
    call       = function "(" formula { "," formula } ")"

Precedence and the meaning of ``//`` and ``%`` are Python's; ``^`` is its ``**``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.calc.functions import FUNCTIONS, check_arguments
from drivers.calc.tokens import Token, tokenize
from drivers.calc.tree import COMPARISONS, Binary, Call, FormulaError, Node, Number, TagValue, Text, Truth, Unary

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 30
MOST_OPERATORS = 150


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError, which names the character."""
    parser = _Parser(tokenize(text))
    tree = parser.formula()
    parser.expect_end()
    return tree


class _Parser:
    """Walks over the tokens once."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._operators = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def formula(self) -> Node:
        with self._deeper():
            return self._chain(("or",), lambda: self._chain(("and",), self._negation))

    def expect_end(self) -> None:
        if self._token.kind != "end":
            raise FormulaError(f'"{self._token.text}" is too much here; an operator may be missing', self._token.at)

    def _negation(self) -> Node:
        if self._token.text != "not" or self._token.kind != "word":
            return self._comparison()
        with self._deeper():
            at = self._take().at
            return Unary("not", self._negation(), at)

    def _comparison(self) -> Node:
        left = self._sum()
        if not self._is_operator(COMPARISONS):
            return left
        operator = self._take_operator()
        tree = Binary(operator.text, left, self._sum(), operator.at)
        if self._is_operator(COMPARISONS):
            raise FormulaError('comparisons do not follow each other; join them with "and"', self._token.at)
        return tree

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/", "//", "%"), self._signed))

    def _signed(self) -> Node:
        if not self._is_operator(("-",)):
            return self._power()
        with self._deeper():
            at = self._take().at
            return Unary("negative", self._signed(), at)

    def _power(self) -> Node:
        base = self._atom()
        if not self._is_operator(("^",)):
            return base
        with self._deeper():
            operator = self._take_operator()
            return Binary("^", base, self._signed(), operator.at)

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        """Operands with operators between them, taken from the left."""
        tree = operand()
        while self._is_operator(operators):
            operator = self._take_operator()
            tree = Binary(operator.text, tree, operand(), operator.at)
        return tree

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Number(_number(token), token.at)
        if token.kind == "text":
            return Text(token.text[1:-1], token.at)
        if token.text in ("true", "false") and token.kind == "word":
            return Truth(token.text == "true", token.at)
        if token.kind == "tag":
            return TagValue(token.text[1:-1], token.at)
        if token.kind == "name":
            return self._call(token) if self._is_operator(("(",)) else TagValue(token.text, token.at)
        if token.text == "(" and token.kind == "sign":
            tree = self.formula()
            self._close(token)
            return tree
        if token.kind == "end":
            raise FormulaError("the formula ends where a value is expected", token.at)
        raise FormulaError(f'"{token.text}" stands where a value is expected', token.at)

    def _call(self, name: Token) -> Node:
        opened = self._take()
        arguments: list[Node] = []
        if not self._is_operator((")",)):
            arguments.append(self.formula())
            while self._is_operator((",",)):
                self._take()
                arguments.append(self.formula())
        self._close(opened)
        if name.text not in FUNCTIONS:
            raise FormulaError(f'there is no function "{name.text}"; there are {", ".join(FUNCTIONS)}', name.at)
        call = Call(name.text, tuple(arguments), name.at)
        check_arguments(call)
        return call

    def _close(self, opened: Token) -> None:
        if not self._is_operator((")",)):
            found = f'"{self._token.text}" stands' if self._token.kind != "end" else "the formula ends"
            raise FormulaError(f'{found} where the "(" of character {opened.at + 1} is to be closed', self._token.at)
        self._take()

    def _is_operator(self, texts: tuple[str, ...]) -> bool:
        return self._token.kind in ("sign", "word") and self._token.text in texts

    def _take(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def _take_operator(self) -> Token:
        self._operators += 1
        if self._operators > MOST_OPERATORS:
            raise FormulaError(f"more than {MOST_OPERATORS} operators; divide the formula among tags", self._token.at)
        return self._take()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(f"nested more than {DEEPEST} deep; divide the formula among tags", self._token.at)
        yield
        self._depth -= 1


def _number(token: Token) -> int | float:
    number = float(token.text)
    if not math.isfinite(number):
        raise FormulaError(f"{token.text} is too large for a number", token.at)
    return int(token.text) if token.text.isdigit() else number
