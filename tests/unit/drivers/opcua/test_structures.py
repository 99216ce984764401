"""Structures taken apart from their bytes: whole, exact, or refused; never beyond their end."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from drivers.opcua.picking import NotScalar
from drivers.opcua.structures import DataType, TypeBook, states_of

RECIPE, LIMITS, MODE, CHOICE, OPTIONAL, LOOP = (ua.NodeId(ua.Int32(number), ua.Int16(2)) for number in range(1, 7))


def node(number: int) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number))


def field(name: str, kind: ua.NodeId | int, rank: int = -1, *, optional: bool = False) -> ua.StructureField:
    data_type = node(kind) if isinstance(kind, int) else kind
    return ua.StructureField(Name=name, DataType=data_type, ValueRank=rank, IsOptional=optional)


def structure(*fields: ua.StructureField, kind: ua.StructureType = ua.StructureType.Structure) -> DataType:
    return DataType("", 0, ua.StructureDefinition(StructureType=kind, Fields=list(fields)))


def book() -> TypeBook:
    types = {node(number): DataType(str(number), number) for number in range(1, 26)}
    types[MODE] = DataType("Mode", 6, None, ((1, "Manual"),))
    types[LIMITS] = structure(field("force", 11, 1), field("unit", 12))
    types[RECIPE] = structure(
        field("number", 5), field("limits", LIMITS), field("history", LIMITS, 1), field("mode", MODE), field("at", 13)
    )
    types[CHOICE] = structure(field("number", 6), field("text", 12), kind=ua.StructureType.Union)
    types[OPTIONAL] = structure(
        field("first", 6),
        field("maybe", 6, optional=True),
        field("other", 12, optional=True),
        kind=ua.StructureType.StructureWithOptionalFields,
    )
    types[LOOP] = structure(field("again", LOOP))
    return TypeBook(types, _encodings={encoding(kind): kind for kind in types})


def encoding(kind: ua.NodeId) -> ua.NodeId:
    return ua.NodeId(ua.Int32(int(str(kind.Identifier)) + 100), ua.Int16(2))


def opened(kind: ua.NodeId, body: bytes) -> Any:
    return book().opened(ua.ExtensionObject(TypeId=encoding(kind), Body=ua.ByteString(body)))


def text(value: str) -> bytes:
    return struct.pack("<i", len(value)) + value.encode()


def limits(unit: str, *forces: float) -> bytes:
    return struct.pack(f"<i{len(forces)}d", len(forces), *forces) + text(unit)


RECIPE_BYTES = (
    struct.pack("<H", 7) + limits("kN", 1.5, 2.5) + struct.pack("<i", 2) + limits("a") + limits("b", 0.5)
    + struct.pack("<i", 1) + struct.pack("<q", 0)
)  # fmt: skip


def test_nested_structures_and_arrays() -> None:
    recipe = opened(RECIPE, RECIPE_BYTES)
    assert recipe["number"] == 7
    assert recipe["limits"] == {"force": [1.5, 2.5], "unit": "kN"}
    assert recipe["history"] == [{"force": [], "unit": "a"}, {"force": [0.5], "unit": "b"}]
    assert recipe["mode"] == 1


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (CHOICE, struct.pack("<Ii", 1, 5), {"number": 5}),
        (CHOICE, struct.pack("<I", 2) + text("x"), {"text": "x"}),
        (CHOICE, struct.pack("<I", 0), {}),
        (OPTIONAL, struct.pack("<Iii", 1, 3, 4), {"first": 3, "maybe": 4, "other": None}),
        (OPTIONAL, struct.pack("<Ii", 2, 3) + text("y"), {"first": 3, "maybe": None, "other": "y"}),
    ],
)
def test_unions_and_optional_fields(kind: ua.NodeId, body: bytes, expected: dict[str, Any]) -> None:
    assert opened(kind, body) == expected


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (RECIPE, RECIPE_BYTES[:-1]),
        (RECIPE, RECIPE_BYTES + b"\0"),
        (LIMITS, struct.pack("<i", 2**31 - 1)),
        (LIMITS, struct.pack("<i", -2)),
        (LIMITS, struct.pack("<ii", 0, -5)),
        (LIMITS, struct.pack("<ii", 0, 2) + b"\xff\xfe"),
        (CHOICE, struct.pack("<I", 9)),
        (LOOP, b""),
    ],
)
def test_bytes_that_are_not_of_the_type_are_refused(kind: ua.NodeId, body: bytes) -> None:
    with pytest.raises(NotScalar) as fault:
        opened(kind, body)
    assert fault.value.status == "BadDecodingError"


@given(st.sampled_from([RECIPE, LIMITS, CHOICE, OPTIONAL]), st.binary(max_size=200))
def test_any_bytes_are_taken_apart_or_refused(kind: ua.NodeId, body: bytes) -> None:
    try:
        found = opened(kind, body)
    except NotScalar:
        return
    assert isinstance(found, dict)


@given(st.data())
def test_one_changed_byte_never_reads_beyond_the_end(data: st.DataObject) -> None:
    changed = bytearray(RECIPE_BYTES)
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened(RECIPE, bytes(changed))
    except NotScalar as fault:
        assert fault.status == "BadDecodingError"


def test_an_unknown_encoding_is_remembered_to_be_asked_for() -> None:
    types = book()
    stranger = ua.NodeId(ua.Int32(9), ua.Int16(7))
    with pytest.raises(NotScalar) as fault:
        types.opened(ua.ExtensionObject(TypeId=stranger, Body=ua.ByteString(b"\0")))
    assert fault.value.status == "BadDataTypeIdUnknown"
    assert types.unknown == {stranger}
    assert types.opened(5) == 5


def test_the_type_of_a_part_is_told_by_the_definitions() -> None:
    types = book()
    mode = types.part(RECIPE, ("mode",))
    assert mode is not None and mode.states == ((1, "Manual"),)
    force = types.part(RECIPE, ("history", 0, "force", 1))
    assert force is not None and force.name == "11"
    assert types.part(RECIPE, ("nothing", "more")) is None


def test_the_words_of_an_enumeration() -> None:
    assert states_of([ua.LocalizedText("Off"), ua.LocalizedText("On")]) == ((0, "Off"), (1, "On"))
    entry = ua.EnumValueType(Value=10, DisplayName=ua.LocalizedText("Idle"))
    assert states_of([entry]) == ((10, "Idle"),)
    assert states_of("Off") == states_of([1, 2]) == states_of(None) == ()
