"""What a server says of its nodes: data type, writable, unit, range, the words of a state, a description.

A few calls for any number of nodes: their attributes, their properties (EngineeringUnits, EURange, EnumStrings,
EnumValues, TrueState, FalseState; OPC UA part 8), and the definitions of their data types.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from drivers.base import TagDescription
from drivers.opcua.calls import Link, browse_references, read_attributes
from drivers.opcua.picking import Step
from drivers.opcua.structures import TypeBook, plain_node, states_of

_WRITABLE_BIT = 2
_MOST_TEXT = 500
_ATTRIBUTES = (AttributeIds.DataType, AttributeIds.UserAccessLevel, AttributeIds.Description)
_PROPERTIES = ("EngineeringUnits", "EURange", "EnumStrings", "EnumValues", "TrueState", "FalseState")


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What one node says of itself; empty or None where it says nothing. See TagDescription."""

    type_id: ua.NodeId | None = None
    data_type: str = ""
    writable: bool | None = None
    description: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    states: tuple[tuple[int, str], ...] = ()

    def of_tag(self, tag: str, steps: tuple[Step, ...], book: TypeBook) -> TagDescription:
        """As a tag's description; of a picked part only its type and its states are known."""
        data_type, states = self.data_type, self.states
        if steps and self.type_id is not None:
            part = book.part(self.type_id, steps)
            data_type = part.name if part is not None else ""
            states = part.states if part is not None else ()
        return TagDescription(
            tag=tag,
            unit=self.unit,
            low=self.low,
            high=self.high,
            states=states,
            description=self.description,
            data_type=data_type,
            writable=self.writable and not steps,
        )


async def describe_nodes(link: Link, nodes: list[ua.NodeId], book: TypeBook) -> list[NodeFacts]:
    """What each node says of itself, in the order asked; their data types are added to ``book``.

    Raises what asyncua raises when the server cannot be asked; a node that is unknown has empty facts.
    """
    if not nodes:
        return []
    answers = await read_attributes(link, [(node, attribute) for node in nodes for attribute in _ATTRIBUTES])
    known = [_value(answer) for answer in answers]
    kinds, access, descriptions = known[0::3], known[1::3], known[2::3]
    properties = await _read_properties(link, nodes)
    await book.load(link, {plain_node(kind) for kind in kinds if isinstance(kind, ua.NodeId)})
    told = zip(kinds, access, descriptions, properties, strict=True)
    return [_facts(book, kind, rights, text, own) for kind, rights, text, own in told]


async def _read_properties(link: Link, nodes: list[ua.NodeId]) -> list[dict[str, Any]]:
    """The values of each node's properties that say something of its value, by name."""
    references = await browse_references(link, nodes, ObjectIds.HasProperty)
    wanted = [
        (position, reference.BrowseName.Name, plain_node(reference.NodeId))
        for position, found in enumerate(references)
        for reference in found
        if reference.BrowseName.Name in _PROPERTIES
    ]
    answers = await read_attributes(link, [(node, AttributeIds.Value) for _, _, node in wanted])
    properties: list[dict[str, Any]] = [{} for _ in nodes]
    for (position, name, _), answer in zip(wanted, answers, strict=True):
        properties[position][name] = _value(answer)
    return properties


def _facts(book: TypeBook, kind: Any, access: Any, description: Any, properties: dict[str, Any]) -> NodeFacts:
    type_id = plain_node(kind) if isinstance(kind, ua.NodeId) else None
    data_type = book.types.get(type_id) if type_id is not None else None
    unit, extent = properties.get("EngineeringUnits"), properties.get("EURange")
    low, high = _range(extent)
    return NodeFacts(
        type_id=type_id,
        data_type=data_type.name if data_type is not None else "",
        writable=bool(access & _WRITABLE_BIT) if isinstance(access, int) else None,
        description=_text(description),
        unit=_text(unit.DisplayName) if isinstance(unit, ua.EUInformation) else "",
        low=low,
        high=high,
        states=_states(properties) or (data_type.states if data_type is not None else ()),
    )


def _range(extent: Any) -> tuple[float | None, float | None]:
    """Low and high of an EURange that says something: both finite, the low one lower."""
    if not isinstance(extent, ua.Range) or not math.isfinite(extent.High - extent.Low) or extent.Low >= extent.High:
        return None, None
    return float(extent.Low), float(extent.High)


def _states(properties: dict[str, Any]) -> tuple[tuple[int, str], ...]:
    for name in ("EnumValues", "EnumStrings"):
        if states := states_of(properties.get(name)):
            return states
    two = tuple((number, _text(properties.get(name))) for number, name in enumerate(("FalseState", "TrueState")))
    return two if all(text for _, text in two) else ()


def _text(raw: Any) -> str:
    text = raw.Text if isinstance(raw, ua.LocalizedText) else None
    return text[:_MOST_TEXT].encode("utf-8", "replace").decode() if text else ""


def _value(answer: ua.DataValue) -> Any:
    return None if answer.Value is None else answer.Value.Value
