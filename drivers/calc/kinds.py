"""Whether the parts of a formula fit together, as far as that can be known before any device is asked."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.address import BIT_TABLES, ModbusAddress, parse_address
from drivers.base import AddressError
from drivers.calc.functions import FUNCTIONS, Kind, kind_of_argument
from drivers.calc.tree import COMPARISONS, Binary, Call, FormulaError, Node, Number, TagValue, Text, Truth, Unary, write

_EQUALITY = ("==", "!=")
_LOGIC = ("and", "or")


def kind_of(node: Node, tags: Mapping[str, Kind]) -> Kind:
    """What a formula's value is. Raises FormulaError where its parts cannot go together."""
    if isinstance(node, Number):
        return Kind.NUMBER
    if isinstance(node, Text):
        return Kind.TEXT
    if isinstance(node, Truth):
        return Kind.BOOLEAN
    if isinstance(node, TagValue):
        return tags.get(node.name, Kind.ANY)
    if isinstance(node, Unary):
        wanted = Kind.BOOLEAN if node.operator == "not" else Kind.NUMBER
        _demand(node.operand, wanted, tags, "not" if node.operator == "not" else "-")
        return wanted
    if isinstance(node, Binary):
        return _kind_of_binary(node, tags)
    return _kind_of_if(node, tags) if node.function == "if" else _kind_of_call(node, tags)


def kind_of_address(address: str) -> Kind:
    """What a tag delivers, as far as its address says."""
    try:
        parsed = parse_address(address)
    except AddressError:  # a protocol that says nothing, or a fault that is told elsewhere
        return Kind.ANY
    if not isinstance(parsed, ModbusAddress):
        return Kind.ANY
    if parsed.type == "string":
        return Kind.TEXT
    is_bit = parsed.table in BIT_TABLES or parsed.bit is not None
    return Kind.BOOLEAN if is_bit else Kind.NUMBER


def _demand(node: Node, wanted: Kind, tags: Mapping[str, Kind], by: str) -> None:
    found = kind_of(node, tags)
    if Kind.ANY not in (wanted, found) and found is not wanted:
        raise FormulaError(f'"{by}" needs a {wanted}, but {_shown(node)} is a {found}', node.at)


def _kind_of_binary(node: Binary, tags: Mapping[str, Kind]) -> Kind:
    if node.operator in _EQUALITY:
        left, right = kind_of(node.left, tags), kind_of(node.right, tags)
        if Kind.ANY not in (left, right) and left is not right:
            raise FormulaError(f'"{node.operator}" compares a {left} with a {right}', node.at)
        return Kind.BOOLEAN
    wanted = Kind.BOOLEAN if node.operator in _LOGIC else Kind.NUMBER
    _demand(node.left, wanted, tags, node.operator)
    _demand(node.right, wanted, tags, node.operator)
    return Kind.BOOLEAN if node.operator in COMPARISONS else wanted


def _kind_of_call(node: Call, tags: Mapping[str, Kind]) -> Kind:
    function = FUNCTIONS[node.function]
    for position, argument in enumerate(node.arguments):
        _demand(argument, kind_of_argument(function, position), tags, node.function)
    return function.result


def _kind_of_if(node: Call, tags: Mapping[str, Kind]) -> Kind:
    conditions, values = node.arguments[:-1:2], (*node.arguments[1::2], node.arguments[-1])
    for condition in conditions:
        _demand(condition, Kind.BOOLEAN, tags, "if")
    result = Kind.ANY
    for value in values:
        found = kind_of(value, tags)
        if Kind.ANY not in (result, found) and found is not result:
            raise FormulaError(f'"if" gives a {result} in one case, but {_shown(value)} is a {found}', value.at)
        result = found if result is Kind.ANY else result
    return result


def _shown(node: Node) -> str:
    text = write(node)
    return text if len(text) <= 40 else text[:39] + "…"
