"""A formula as a tree, and back as text: ``parse(write(tree)) == tree``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from drivers.base import AddressError

WORDS = ("and", "or", "not", "true", "false")
BARE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")
PRECEDENCE = {
    "or": 1, "and": 2, "not": 3,
    "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "negative": 7, "^": 8,
}  # fmt: skip
COMPARISONS = tuple(operator for operator, level in PRECEDENCE.items() if level == PRECEDENCE["=="])
_ATOM = 9


class FormulaError(AddressError):
    """A formula that cannot be understood: what is wrong, at which character (from 1), and what is allowed."""

    def __init__(self, what: str, at: int | None = None) -> None:
        super().__init__(what if at is None else f"at character {at + 1}: {what}")
        self.at = at


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: whole or with decimals, never negative."""

    value: int | float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TagValue:
    """The newest value of a tag."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``operator`` is "not" or "negative"."""

    operator: str
    operand: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands with an operator of ``PRECEDENCE`` between them."""

    operator: str
    left: Node
    right: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of :mod:`drivers.calc.functions` with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    at: int = field(default=0, compare=False)


Node = Number | Text | Truth | TagValue | Unary | Binary | Call


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one."""
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    return node.arguments if isinstance(node, Call) else ()


def walk(node: Node) -> Iterator[Node]:
    """Every node, those below before those above."""
    for child in children(node):
        yield from walk(child)
    yield node


def tags_of(node: Node) -> tuple[str, ...]:
    """The names of the tags that a formula uses, each once, in the order they are written."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, TagValue)))


def write(node: Node) -> str:
    """The formula as text, with no more parentheses than needed."""
    return _write(node, 0)


def _write(node: Node, weakest: int) -> str:
    text, level = _text_and_level(node)
    return f"({text})" if level < weakest else text


def _text_and_level(node: Node) -> tuple[str, int]:
    if isinstance(node, Unary):
        level = PRECEDENCE[node.operator]
        return ("-" if node.operator == "negative" else "not ") + _write(node.operand, level), level
    if isinstance(node, Binary):
        level = PRECEDENCE[node.operator]
        left, right = level, level + 1
        if node.operator == "^":
            left, right = _ATOM, PRECEDENCE["negative"]
        elif node.operator in COMPARISONS:
            left = level + 1
        return f"{_write(node.left, left)} {node.operator} {_write(node.right, right)}", level
    return _atom(node), _ATOM


def _atom(node: Number | Text | Truth | TagValue | Call) -> str:
    if isinstance(node, Number):
        return repr(node.value)
    if isinstance(node, Text):
        quote = "'" if '"' in node.value else '"'
        return f"{quote}{node.value}{quote}"
    if isinstance(node, Truth):
        return "true" if node.value else "false"
    if isinstance(node, TagValue):
        is_bare = BARE_NAME.fullmatch(node.name) and node.name not in WORDS
        return node.name if is_bare else f"{{{node.name}}}"
    return f"{node.function}({', '.join(write(argument) for argument in node.arguments)})"
