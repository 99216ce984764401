"""What functions a formula has: their arguments and results. What they compute is in ``evaluate.py`` and ``memory.py``."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from drivers.calc.tree import Call, FormulaError, Number

LONGEST_WINDOW_S = 86_400.0


class Kind(enum.StrEnum):
    """What a value is. ``ANY`` is what cannot be known before the device is asked."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    ANY = "value of any kind"


@dataclass(frozen=True, slots=True)
class Function:
    """``use`` shows how it is written. ``needed`` arguments at least, of these ``kinds``; the last repeats if ``more``.

    ``literal``: positions that must be written as a number. ``remembers``: it has a memory, see ``memory.py``.
    """

    use: str
    kinds: tuple[Kind, ...]
    needed: int
    result: Kind = Kind.NUMBER
    more: bool = False
    literal: tuple[int, ...] = ()
    remembers: bool = False


_N, _B, _A = Kind.NUMBER, Kind.BOOLEAN, Kind.ANY
FUNCTIONS = {
    "abs": Function("abs(x)", (_N,), 1),
    "min": Function("min(x, y, ...)", (_N,), 2, more=True),
    "max": Function("max(x, y, ...)", (_N,), 2, more=True),
    "round": Function("round(x) or round(x, DIGITS)", (_N, _N), 1, literal=(1,)),
    "floor": Function("floor(x)", (_N,), 1),
    "ceil": Function("ceil(x)", (_N,), 1),
    "sqrt": Function("sqrt(x)", (_N,), 1),
    "exp": Function("exp(x)", (_N,), 1),
    "ln": Function("ln(x)", (_N,), 1),
    "log10": Function("log10(x)", (_N,), 1),
    "bit": Function("bit(x, NUMBER)", (_N, _N), 2, _B, literal=(1,)),
    "if": Function("if(condition, value, condition, value, ..., otherwise)", (_A,), 3, _A, more=True),
    "good": Function("good(x)", (_A,), 1, _B),
    "rate": Function("rate(x, SECONDS)", (_N, _N), 2, literal=(1,), remembers=True),
    "mean": Function("mean(x, SECONDS)", (_N, _N), 2, literal=(1,), remembers=True),
    "integral": Function("integral(x) or integral(x, reset)", (_N, _B), 1, remembers=True),
    "total": Function(
        "total(x), total(x, ROLLOVER) or total(x, ROLLOVER, reset)", (_N, _N, _B), 1, literal=(1,), remembers=True
    ),
}
_RANGES = {
    "round": (0, 15),
    "bit": (0, 63),
    "rate": (0.01, LONGEST_WINDOW_S),
    "mean": (0.01, LONGEST_WINDOW_S),
    "total": (0, 2**64),
}
_WHOLE = ("round", "bit")


def check_arguments(call: Call) -> None:
    """Raises FormulaError for the wrong number of arguments, or one that must be written as a number and is not."""
    function, count = FUNCTIONS[call.function], len(call.arguments)
    if count < function.needed or (count > len(function.kinds) and not function.more):
        raise FormulaError(f"{call.function} has {count} arguments; it is written {function.use}", call.at)
    if call.function == "if" and count % 2 == 0:
        raise FormulaError(f"the last value, for when no condition holds, is missing; written {function.use}", call.at)
    for position in function.literal:
        if position < count:
            _check_literal(call, position)


def _check_literal(call: Call, position: int) -> None:
    low, high = _RANGES[call.function]
    argument = call.arguments[position]
    is_whole = isinstance(argument, Number) and isinstance(argument.value, int)
    if (
        not isinstance(argument, Number)
        or not low <= argument.value <= high
        or (call.function in _WHOLE and not is_whole)
    ):
        what = "a whole number" if call.function in _WHOLE else "a number"
        raise FormulaError(
            f"argument {position + 1} of {call.function} is {what} from {low:g} to {high:g}, written as such; "
            f"{FUNCTIONS[call.function].use}",
            argument.at,
        )


def kind_of_argument(function: Function, position: int) -> Kind:
    """What the argument at a position (from 0) must be."""
    return function.kinds[min(position, len(function.kinds) - 1)]
