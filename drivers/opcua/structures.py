"""A server's own data types: what its structures consist of and what its enumerations' numbers mean.

Definitions are read from the server (attribute DataTypeDefinition, OPC UA part 3, 8.48) once a connection, and
structures are taken apart here, from their bytes, into dictionaries. asyncua can do it too, but makes Python
classes of what the server says and registers them for the whole process under the type's number: two servers
with the same number and different fields would be read with each other's fields (decision 0011).

Every length is checked against the bytes that are left; bytes that remain or lack make the value undecodable,
which is also how a definition shows that it has changed.
"""

from __future__ import annotations

import dataclasses
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIdNames, ObjectIds
from asyncua.ua.ua_binary import unpack_uatype
from asyncua.ua.uaerrors import UaError

from drivers.float32 import shortest
from drivers.opcua.calls import Link, browse_references, read_attributes
from drivers.opcua.picking import NotScalar

UNKNOWN_TYPE = "BadDataTypeIdUnknown"
UNDECODABLE = "BadDecodingError"
_LAST_BUILT_IN = 25
_DEEPEST = 20
_MOST_TYPES = 500
_ENUMERATION_PROPERTIES = ("EnumStrings", "EnumValues")
_PLAIN, _WITH_OPTIONS, _UNION = 0, 1, 2
_NUMBERS = {1: "?", 2: "b", 3: "B", 4: "h", 5: "H", 6: "i", 7: "I", 8: "q", 9: "Q", 10: "f", 11: "d"}
_READERS = {number: struct.Struct(f"<{code}") for number, code in _NUMBERS.items()}
_FLOAT, _STRING, _BYTE_STRING, _XML, _INT32, _VARIANT = 10, 12, 15, 16, 6, 24


@dataclass(frozen=True, slots=True)
class DataType:
    """One data type: ``built_in`` is the number of the built-in type its values are sent as (0 for a structure)."""

    name: str
    built_in: int = 0
    definition: ua.StructureDefinition | None = None
    states: tuple[tuple[int, str], ...] = ()


_ANYTHING = DataType("", _VARIANT)


@dataclass(slots=True)
class TypeBook:
    """The data types of one connection that its tags need. ``unknown`` are encodings that nobody has explained yet."""

    types: dict[ua.NodeId, DataType] = field(default_factory=dict)
    unknown: set[ua.NodeId] = field(default_factory=set)
    _hopeless: set[ua.NodeId] = field(default_factory=set)
    _encodings: dict[ua.NodeId, ua.NodeId] = field(default_factory=dict)
    _asked: dict[ua.NodeId, Any] = field(default_factory=dict)

    async def load(self, link: Link, type_ids: Iterable[ua.NodeId]) -> None:
        """Read what these types consist of, and the types of their parts. Raises what asyncua raises."""
        waiting = set(type_ids)
        while waiting and len(self.types) < _MOST_TYPES:
            waiting -= self.types.keys() | self._asked.keys()
            own = [type_id for type_id in waiting if not _is_built_in(type_id)]
            for type_id in waiting.difference(own):
                number = int(str(type_id.Identifier))
                name = ObjectIdNames.get(number, "")
                self.types[type_id] = DataType(name, _INT32 if number == ObjectIds.Enumeration else number)
            waiting = await self._load_own(link, own) if own else set()

    async def _load_own(self, link: Link, type_ids: list[ua.NodeId]) -> set[ua.NodeId]:
        """Types that are not built in; returns the types they refer to."""
        asked = [(node, attribute) for node in type_ids for attribute in _TYPE_ATTRIBUTES]
        answers = await read_attributes(link, asked)
        supertypes = await browse_references(link, type_ids, ObjectIds.HasSubtype, ua.BrowseDirection.Inverse)
        states = await _enumeration_states(link, type_ids)
        following: set[ua.NodeId] = set()
        aliases: dict[ua.NodeId, tuple[str, ua.NodeId]] = {}
        for position, type_id in enumerate(type_ids):
            name, definition = (_value(answer) for answer in answers[2 * position : 2 * position + 2])
            named = name.Name or "" if isinstance(name, ua.QualifiedName) else ""
            self._asked[type_id] = definition
            if isinstance(definition, ua.StructureDefinition):
                self.types[type_id] = DataType(named, 0, definition)
                self._encodings[definition.DefaultEncodingId] = type_id
                following |= {part.DataType for part in definition.Fields}
            elif isinstance(definition, ua.EnumDefinition):
                texts = tuple((int(part.Value), _label(part)) for part in definition.Fields)
                self.types[type_id] = DataType(named, _INT32, None, texts)
            elif states[position]:
                self.types[type_id] = DataType(named, _INT32, None, states[position])
            elif supertypes[position]:
                aliases[type_id] = (named, plain_node(supertypes[position][0].NodeId))
            else:
                self.types[type_id] = dataclasses.replace(_ANYTHING, name=named)
        await self.load(link, {above for _, above in aliases.values()})
        for type_id, (named, above) in aliases.items():
            base = self.types.get(above, _ANYTHING)
            self.types[type_id] = DataType(named, base.built_in, base.definition)
        return following

    async def explain_unknown(self, link: Link) -> bool:
        """Find the types of encodings that turned up in values; True when one was found."""
        encodings, self.unknown = list(self.unknown), set()
        found = await browse_references(link, encodings, ObjectIds.HasEncoding, ua.BrowseDirection.Inverse)
        owners = {
            encoding: plain_node(references[0].NodeId)
            for encoding, references in zip(encodings, found, strict=True)
            if references
        }
        await self.load(link, owners.values())
        known = {
            code: owner for code, owner in owners.items() if self.types.get(owner, _ANYTHING).definition is not None
        }
        self._encodings.update(known)
        self._hopeless.update(encoding for encoding in encodings if encoding not in known)
        return bool(known)

    async def has_changed(self, link: Link) -> bool:
        """Whether the server now says something else of a type that is in use."""
        if not self._asked:
            return False
        answers = await read_attributes(link, [(node, AttributeIds.DataTypeDefinition) for node in self._asked])
        return any(_value(answer) != before for answer, before in zip(answers, self._asked.values(), strict=True))

    def opened(self, value: Any) -> Any:
        """A structure that arrived as bytes as a dictionary of its fields; anything else as it is.

        Raises NotScalar when its type is not known or its bytes are not of that type.
        """
        if not isinstance(value, ua.ExtensionObject):
            return value
        type_id = self._encodings.get(value.TypeId)
        if type_id is None:
            if not value.TypeId.is_null() and value.TypeId not in self._hopeless:
                self.unknown.add(value.TypeId)
            raise NotScalar(UNKNOWN_TYPE if value.Body is not None else "BadNoData")
        parts = _Parts(self, value.Body or b"")
        try:
            found = parts.structure(self.types[type_id], 0)
        except NotScalar:
            raise
        except (UaError, struct.error, ValueError, TypeError, IndexError, KeyError, OverflowError):
            raise NotScalar(UNDECODABLE) from None  # asyncua raises any of these on senseless bytes
        if parts.left:
            raise NotScalar(UNDECODABLE)
        return found

    def part(self, type_id: ua.NodeId, steps: tuple[int | str, ...]) -> DataType | None:
        """The type of a structure's part, by the definitions alone."""
        found = self.types.get(type_id)
        for step in steps:
            if isinstance(step, int):
                continue
            fields = found.definition.Fields if found is not None and found.definition is not None else []
            found = next((self.types.get(part.DataType) for part in fields if part.Name == step), None)
        return found


class _Parts:
    """Takes bytes apart, each length checked against what is left."""

    def __init__(self, book: TypeBook, content: bytes) -> None:
        self._book = book
        self._content = content
        self._position = 0

    @property
    def left(self) -> int:
        return len(self._content) - self._position

    def structure(self, data_type: DataType, depth: int) -> dict[str, Any]:
        definition = data_type.definition
        if definition is None or depth > _DEEPEST:
            raise NotScalar(UNDECODABLE)
        kind = int(definition.StructureType)
        if kind == _UNION:
            chosen = self._number(7)
            if chosen > len(definition.Fields):
                raise NotScalar(UNDECODABLE)
            return {part.Name: self._field(part, depth) for part in definition.Fields[max(chosen - 1, 0) : chosen]}
        if kind not in (_PLAIN, _WITH_OPTIONS):
            raise NotScalar("BadNotSupported")
        present = self._number(7) if kind == _WITH_OPTIONS else 0
        found: dict[str, Any] = {}
        option = 0
        for part in definition.Fields:
            if kind == _WITH_OPTIONS and part.IsOptional:
                option += 1
                if not present >> (option - 1) & 1:
                    found[part.Name] = None
                    continue
            found[part.Name] = self._field(part, depth)
        return found

    def _field(self, part: ua.StructureField, depth: int) -> Any:
        data_type = self._book.types.get(part.DataType)
        if data_type is None:
            raise NotScalar(UNKNOWN_TYPE)
        if part.ValueRank < 0:
            return self._one(data_type, depth)
        if part.ValueRank > 1:
            sides = [self._number(_INT32) for _ in range(self._length(4))]
            if any(side < 0 for side in sides) or math.prod(sides) > self.left:
                raise NotScalar(UNDECODABLE)
            return self._matrix(data_type, depth, sides)
        return [self._one(data_type, depth) for _ in range(self._length(1))]

    def _matrix(self, data_type: DataType, depth: int, sides: list[int]) -> Any:
        if not sides:
            return self._one(data_type, depth)
        return [self._matrix(data_type, depth, sides[1:]) for _ in range(sides[0])]

    def _one(self, data_type: DataType, depth: int) -> Any:
        if data_type.definition is not None:
            return self.structure(data_type, depth + 1)
        if data_type.built_in in _READERS:
            number = self._number(data_type.built_in)
            return shortest(number) if data_type.built_in == _FLOAT else number
        if data_type.built_in in (_STRING, _BYTE_STRING, _XML):
            length = self._length(1, null=True)
            content = self._take(length) if length >= 0 else None
            return content if content is None or data_type.built_in != _STRING else content.decode("utf-8")
        return self._other(data_type.built_in)

    def _other(self, built_in: int) -> Any:
        """What is rarer is left to asyncua: times, node ids, texts in languages, values in values."""
        buffer = Buffer(self._content, self._position)
        value = unpack_uatype(ua.VariantType(built_in), buffer)
        if not self._position < buffer.cur_pos <= len(self._content):
            raise NotScalar(UNDECODABLE)
        self._position = buffer.cur_pos
        return value.Value if isinstance(value, ua.Variant) else value

    def _number(self, built_in: int) -> Any:
        reader = _READERS[built_in]
        return reader.unpack(self._take(reader.size))[0]

    def _length(self, least_bytes: int, *, null: bool = False) -> int:
        """The length of what follows: -1 (only where ``null``) for nothing, else one that the bytes left allow."""
        length: int = self._number(_INT32)
        if length == -1:
            return -1 if null else 0
        if not 0 <= length * least_bytes <= self.left:
            raise NotScalar(UNDECODABLE)
        return length

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise NotScalar(UNDECODABLE)
        self._position += count
        return self._content[self._position - count : self._position]


async def _enumeration_states(link: Link, type_ids: list[ua.NodeId]) -> list[tuple[tuple[int, str], ...]]:
    """The texts of enumerations that have them as properties (the form before DataTypeDefinition)."""
    properties = await browse_references(link, type_ids, ObjectIds.HasProperty)
    wanted = [
        (position, plain_node(reference.NodeId))
        for position, references in enumerate(properties)
        for reference in references
        if reference.BrowseName.Name in _ENUMERATION_PROPERTIES
    ]
    answers = await read_attributes(link, [(node, AttributeIds.Value) for _, node in wanted])
    found: list[tuple[tuple[int, str], ...]] = [() for _ in type_ids]
    for (position, _), answer in zip(wanted, answers, strict=True):
        found[position] = found[position] or states_of(_value(answer))
    return found


def states_of(raw: Any) -> tuple[tuple[int, str], ...]:
    """The numbers and texts of the property EnumStrings or EnumValues; empty for anything else."""
    if not isinstance(raw, list):
        return ()
    if all(isinstance(text, ua.LocalizedText) for text in raw):
        return tuple((number, text.Text or "") for number, text in enumerate(raw) if text.Text)
    if all(isinstance(entry, ua.EnumValueType) for entry in raw):
        return tuple((int(entry.Value), _label(entry)) for entry in raw)
    return ()


def plain_node(node: ua.NodeId) -> ua.NodeId:
    """A node id without a server's or a namespace's URI."""
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)


def _label(entry: Any) -> str:
    return entry.DisplayName.Text or getattr(entry, "Name", None) or str(entry.Value)


def _is_built_in(node: ua.NodeId) -> bool:
    number = node.Identifier
    if node.NamespaceIndex != 0 or not isinstance(number, int):
        return False
    return number <= _LAST_BUILT_IN or number == ObjectIds.Enumeration


def _value(answer: ua.DataValue) -> Any:
    return None if answer.Value is None else answer.Value.Value


_TYPE_ATTRIBUTES = (AttributeIds.BrowseName, AttributeIds.DataTypeDefinition)
