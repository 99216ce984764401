"""A formula, ready to be computed again with every sample: a tree of small functions, made once.

Only what is used counts: of ``if``, ``and`` and ``or`` the parts that decide. A Bad value that is used makes the result
Bad with that value's status, an Uncertain one makes it Uncertain. Remembering functions see every value, whether
used this time or not. Nothing here runs text as a program.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.base import Quality, Sample, Value
from drivers.calc.functions import FUNCTIONS
from drivers.calc.memory import Memory, NotYet, Told, memory_for
from drivers.calc.tree import COMPARISONS, Binary, Call, Node, Number, TagValue, Text, Truth, Unary, tags_of
from drivers.connection import WAITING

IMPOSSIBLE = "BadInvalidArgument"  # division by zero, the root of a negative number
TOO_LARGE = "BadOutOfRange"
WRONG_KIND = "BadTypeMismatch"
_LARGEST = sys.float_info.max
_LARGEST_INTEGER = 2**63 - 1
_HIGHEST_EXPONENT = 1024.0


class NoResult(Exception):
    """A formula has no value now; ``status`` names the reason."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Result:
    """What a formula gave: ``value`` is None when it is Bad."""

    value: Value
    quality: Quality
    status: str


class _Frame:
    """One computation: the samples it sees, its time, and the first Uncertain status that was used."""

    __slots__ = ("remembered", "samples", "time", "uncertain")

    def __init__(self, samples: Mapping[str, Sample], time: float, memories: int) -> None:
        self.samples = samples
        self.time = time
        self.uncertain = ""
        self.remembered: list[Told | str] = [""] * memories


_Step = Callable[[_Frame], Value]


class Program:
    """A formula's tree, compiled. ``inputs`` are the tags it uses; ``remembers``: time alone changes its value."""

    def __init__(self, tree: Node) -> None:
        self.inputs = tags_of(tree)
        self._memories: list[tuple[Memory, _Step, _Step | None]] = []
        self._step = self._compile(tree)
        self.remembers = bool(self._memories)

    def run(self, samples: Mapping[str, Sample], time: float) -> Result:
        """Compute with the newest sample of each input; ``time`` (seconds) does not run backwards."""
        frame = _Frame(samples, time, len(self._memories))
        for position, (memory, value, reset) in enumerate(self._memories):
            frame.remembered[position] = _remember(frame, memory, value, reset)
        frame.uncertain = ""
        try:
            result = self._step(frame)
        except NoResult as none:
            return Result(None, Quality.BAD, none.status)
        if isinstance(result, int) and abs(result) > _LARGEST_INTEGER:
            result = float(result)
        if frame.uncertain:
            return Result(result, Quality.UNCERTAIN, frame.uncertain)
        return Result(result, Quality.GOOD, "Good")

    def _compile(self, node: Node) -> _Step:
        if isinstance(node, Number | Text | Truth):
            constant = node.value
            return lambda frame: constant
        if isinstance(node, TagValue):
            name = node.name
            return lambda frame: _input(frame, name)
        if isinstance(node, Unary):
            return _unary(node.operator, self._compile(node.operand))
        if isinstance(node, Binary):
            return _binary(node.operator, self._compile(node.left), self._compile(node.right))
        if FUNCTIONS[node.function].remembers:
            return self._compile_memory(node)
        return _call(node.function, [self._compile(argument) for argument in node.arguments])

    def _compile_memory(self, node: Call) -> _Step:
        literals = FUNCTIONS[node.function].literal
        arguments = [argument for position, argument in enumerate(node.arguments) if position not in literals]
        written = [argument.value for argument in node.arguments[1:2] if isinstance(argument, Number) and literals]
        steps = [self._compile(argument) for argument in arguments]
        self._memories.append((memory_for(node.function, *written), steps[0], steps[1] if len(steps) > 1 else None))
        position = len(self._memories) - 1
        return lambda frame: _recall(frame, position)


def _remember(frame: _Frame, memory: Memory, value: _Step, reset: _Step | None) -> Told | str:
    """What the memory tells, or the status of why it cannot; an Uncertain input makes it Uncertain."""
    frame.uncertain = ""
    try:
        told = memory.see(frame.time, _number(value(frame)), reset is not None and _truth(reset(frame)))
    except NoResult as none:
        memory.miss()
        return none.status
    except NotYet:
        return WAITING
    if not -_LARGEST <= told.value <= _LARGEST:
        memory.begin_anew()
        return TOO_LARGE
    return Told(told.value, frame.uncertain or told.status)


def _recall(frame: _Frame, position: int) -> Value:
    told = frame.remembered[position]
    if isinstance(told, str):
        raise NoResult(told)
    frame.uncertain = frame.uncertain or told.status
    return told.value


def _input(frame: _Frame, name: str) -> Value:
    sample = frame.samples.get(name)
    if sample is None:
        raise NoResult(WAITING)
    if sample.quality is not Quality.GOOD:
        if sample.quality is Quality.BAD:
            raise NoResult(sample.status)
        frame.uncertain = frame.uncertain or sample.status
    if sample.value is None:
        raise NoResult("BadNoData")
    return sample.value


def _number(value: Value) -> int | float:
    if type(value) is not float and type(value) is not int:
        raise NoResult(WRONG_KIND)
    if not -_LARGEST <= value <= _LARGEST:  # too large, an infinity, or NaN, which compares with nothing
        raise NoResult(TOO_LARGE)
    return value


def _truth(value: Value) -> bool:
    if value is True or value is False:
        return value
    raise NoResult(WRONG_KIND)


def _unary(name: str, operand: _Step) -> _Step:
    if name == "not":
        return lambda frame: not _truth(operand(frame))
    return lambda frame: -_number(operand(frame))


def _binary(name: str, left: _Step, right: _Step) -> _Step:
    if name == "and":
        return lambda frame: _truth(left(frame)) and _truth(right(frame))
    if name == "or":
        return lambda frame: _truth(left(frame)) or _truth(right(frame))
    if name in ("==", "!="):
        return lambda frame: _same(left(frame), right(frame)) is (name == "==")
    if name in COMPARISONS:
        compare = _COMPARE[name]
        return lambda frame: compare(_number(left(frame)), _number(right(frame)))
    compute = _ARITHMETIC[name]
    return lambda frame: _computed(compute, _number(left(frame)), _number(right(frame)))


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) is _truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return _number(left) == _number(right)


def _computed(compute: Callable[..., int | float], *numbers: int | float) -> int | float:
    """The result of arithmetic; what has none, or one too large, is no result."""
    try:
        result = compute(*numbers)
    except (ZeroDivisionError, ValueError):
        raise NoResult(IMPOSSIBLE) from None
    except OverflowError:
        raise NoResult(TOO_LARGE) from None
    return _number(result)


def _power(base: int | float, exponent: int | float) -> int | float:
    if base < 0 and exponent != int(exponent):
        raise ValueError("the result would be complex")
    if abs(base) > 1 and exponent > 0 and math.log2(abs(base)) * exponent > _HIGHEST_EXPONENT:
        raise OverflowError  # an integer this large would be computed for minutes
    result = base**exponent
    return result if isinstance(result, int) else float(result)


def _call(name: str, arguments: list[_Step]) -> _Step:
    if name == "if":
        return _choice(arguments)
    if name == "good":
        return lambda frame: _is_good(frame, arguments[0])
    if name == "bit":
        return lambda frame: _bit(*(_number(argument(frame)) for argument in arguments))
    compute = _COMPUTED[name]
    return lambda frame: _computed(compute, *[_number(argument(frame)) for argument in arguments])


def _choice(arguments: list[_Step]) -> _Step:
    cases, otherwise = list(zip(arguments[:-1:2], arguments[1::2], strict=True)), arguments[-1]

    def choose(frame: _Frame) -> Value:
        for condition, value in cases:
            if _truth(condition(frame)):
                return value(frame)
        return otherwise(frame)

    return choose


def _is_good(frame: _Frame, argument: _Step) -> bool:
    before, frame.uncertain = frame.uncertain, ""
    try:
        argument(frame)
        return not frame.uncertain
    except NoResult:
        return False
    finally:
        frame.uncertain = before


def _bit(value: int | float, position: int | float) -> bool:
    if value != int(value) or value < 0:
        raise NoResult(WRONG_KIND)
    return bool(int(value) >> int(position) & 1)


_COMPARE: Mapping[str, Callable[[int | float, int | float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: Mapping[str, Callable[..., int | float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "^": _power,
}  # fmt: skip
_COMPUTED: Mapping[str, Callable[..., int | float]] = {
    "abs": abs, "min": min, "max": max, "round": round, "floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt,
    "exp": math.exp, "ln": math.log, "log10": math.log10,
}  # fmt: skip
