"""As much of a JSON Schema validator as work_master.schema.json needs, as an author's editor has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip
KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "default", "type", "enum", "anyOf", "discriminator", "pattern",
    "maxLength", "minimum", "maximum", "minItems", "items", "properties", "required", "additionalProperties",
}  # fmt: skip


def errors(
    root: Mapping[str, Any], value: object, schema: Mapping[str, Any] | None = None, at: str = ""
) -> Iterator[str]:
    """Everything that a value breaks, with its place."""
    schema = root if schema is None else schema
    assert set(schema) <= KNOWN, f"{set(schema) - KNOWN} is not validated here"
    if "$ref" in schema:
        yield from errors(root, value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)
        return
    if "anyOf" in schema:
        found = [list(errors(root, value, form, at)) for form in schema["anyOf"]]
        if all(found):
            yield min(found, key=len)[0]
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    yield from (f"{at}: {value!r} breaks {word}" for word in _broken(schema, value))
    if isinstance(value, dict):
        yield from _members(root, value, schema, at)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from errors(root, item, schema["items"], f"{at}[{number}]")


def _is(value: object, kinds: str | list[str]) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds
    return any(isinstance(value, _TYPES[n]) and (not isinstance(value, bool) or n == "boolean") for n in names)


def _broken(schema: Mapping[str, Any], value: object) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield "enum"
    if isinstance(value, int | float):
        if value < schema.get("minimum", value):
            yield "minimum"
        if value > schema.get("maximum", value):
            yield "maximum"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield "maxLength"
        if re.search(schema.get("pattern", ""), value) is None:
            yield "pattern"
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        yield "minItems"


def _members(root: Mapping[str, Any], value: dict[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from (f"{at}: lacks {key}" for key in schema.get("required", ()) if key not in value)
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key, member in value.items():
        place = f"{at}.{key}" if at else key
        if key in known:
            yield from errors(root, member, known[key], place)
        elif others is False:
            yield f"{at}: {key} is not known"
        elif isinstance(others, dict):
            yield from errors(root, member, others, place)
