"""TOML as it is written for people: keys in a fixed order, defaults left out, a line a key."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec


def plain_fields(struct: msgspec.Struct) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    found = {}
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if field.required or value != default:
            found[field.name] = value
    return found


def write_table(lines: list[str], name: str, fields: Mapping[str, Any]) -> None:
    """Add ``[[name]]`` with a line a key; a list of tables has a line each."""
    lines.extend(("", f"[[{name}]]"))
    for key, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{key} = [")
            lines.extend(f"    {toml_value(item)}," for item in value)
            lines.append("]")
        else:
            lines.append(f"{key} = {toml_value(value)}")


def toml_value(value: Any) -> str:
    """One value, as TOML writes it. Raises TypeError for what TOML has not."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case float():
            return f"{value:.0f}" if value == int(value) else repr(value)
        case list() | tuple():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case dict():
            inner = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written as TOML")


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) else _quoted(key)


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return '"' + "".join(c if ord(c) >= 32 and ord(c) != 127 else f"\\u{ord(c):04x}" for c in escaped) + '"'
