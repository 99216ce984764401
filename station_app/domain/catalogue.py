"""The catalogue of record kinds as a document, generated from the kinds themselves."""

from __future__ import annotations

import inspect
import re
import types
from typing import Any, Union, get_args, get_origin

import msgspec

from station_app.domain.records import KINDS, Fact

_CHANNELS = {"rec": "production and quality", "audit": "audit"}


def catalogue_markdown() -> str:
    """Markdown with one section a kind: what it states, its version and channel, and a table of its fields."""
    return "\n".join(section for fact in KINDS.values() for section in _section(fact))


def overview_markdown() -> str:
    """One Markdown table with a row a kind: what it states, and its channel."""
    rows = [f"| `{fact.kind}` | {_first_sentence(fact)} | `{fact.chan}` |" for fact in KINDS.values()]
    return "\n".join(["| kind | what it states | channel |", "| --- | --- | --- |", *rows])


def _section(fact: type[Fact]) -> list[str]:
    fields = [
        f"| `{field.name}` | {type_text(field.type)} | {_default(field)} |" for field in msgspec.structs.fields(fact)
    ]
    return [
        f"### `{fact.kind}`",
        "",
        _first_sentence(fact),
        "",
        f"Version {fact.version}, channel `{fact.chan}` ({_CHANNELS[fact.chan]}).",
        "",
        "| field | type | when absent |",
        "| --- | --- | --- |",
        *fields,
        "",
    ]


def _first_sentence(fact: type[Fact]) -> str:
    """The first line of the docstring, which for some kinds is more than one sentence."""
    return re.sub(r"``?([^`]+)``?", r"`\1`", (inspect.getdoc(fact) or "").splitlines()[0])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    if field.default is None:
        return "none"
    return f"`{msgspec.json.encode(field.default).decode()}`"


def type_text(kind: Any) -> str:
    """A field's type in words of JSON: text, whole number, number, list of text, one of the named values."""
    names = {str: "text", int: "whole number", float: "number", type(None): "none", bool: "yes or no"}
    if kind in names:
        return names[kind]
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(type_text(part) for part in get_args(kind))
    if origin is tuple:
        return f"list of {type_text(get_args(kind)[0])}"
    return "one of " + ", ".join(f"`{member.value}`" for member in kind)
