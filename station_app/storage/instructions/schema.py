"""The JSON Schema of work_master.toml, for editors that complete and check while an author types.

It is derived from the same structs as the released document, so that it cannot name a field that does not exist.
After a change of those: ``python -m station_app.storage.instructions.schema > instructions/work_master.schema.json``.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from station_app.domain.work_master import WorkMaster
from station_app.storage.instructions.schema_limits import BY_VARIANT, limits_of, narrow

SCHEMA_ID = "work_master.schema.json"
# what the release adds, what stands in steps/*.md instead, and what is written in the place it belongs to
_NOT_AUTHORED = {
    "WorkMaster": ("released_by", "released_at", "reason"),
    "Step": ("title", "text"),
    "Picture": ("sha256", "size_bytes", "media_type"),
}
_EVERYWHERE_NOT_AUTHORED = ("translations", "bindings")
# lists are authored as repeated tables, which are named in the singular
_AUTHORED_AS = {
    "WorkMaster": {"steps": "step", "parameters": "parameter", "variants": "variant"},
    "Step": {"pictures": "picture", "checks": "check", "conditions": "condition", "criteria": "criterion"},
    "ChoiceCheck": {"options": "option"},
    "ChecklistCheck": {"items": "item"},
}
_TRANSLATED = ("title", "text", "reaction")
_BY_VARIANT = {
    "Limits": {"lower": "number", "upper": "number", "nominal": "number"},
    "TimerCheck": {"duration_s": "number"},
    "ScanCheck": {"material": "string"},
}
_TEXTS = {"type": "object", "required": ["en"], "additionalProperties": {"type": "string"}}


def work_master_schema() -> dict[str, Any]:
    """The schema of the authored document, ready for JSON."""
    (_,), parts = msgspec.json.schema_components([WorkMaster], ref_template="#/$defs/{name}")
    for name, part in parts.items():
        _to_authored(name, part)
        _as_in_toml(part)
    root = parts.pop("WorkMaster")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **root,
        "description": "A work master as it is authored: work_master.toml",
        "$defs": dict(sorted(parts.items())),
    }


def schema_text() -> str:
    """The schema as the file that is shipped: indented, with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(work_master_schema()), indent=2).decode() + "\n"


def _to_authored(name: str, part: dict[str, Any]) -> None:
    translated = "translations" in part["properties"]
    for key in (*_NOT_AUTHORED.get(name, ()), *_EVERYWHERE_NOT_AUTHORED):
        part["properties"].pop(key, None)
        part["required"] = [required for required in part.get("required", []) if required != key]
    renamed = _AUTHORED_AS.get(name, {})
    part["properties"] = {renamed.get(key, key): value for key, value in part["properties"].items()}
    part["required"] = [renamed.get(key, key) for key in part.get("required", [])]
    for key in _TRANSLATED if translated else ():
        if key in part["properties"]:
            part["properties"][key] = {"anyOf": [{"type": "string"}, dict(_TEXTS)]}
    for key, kind in _BY_VARIANT.get(name, {}).items():
        part["properties"][key] = {"anyOf": [{"type": kind}, dict(BY_VARIANT)]}
    if name == "Variant":
        part["properties"]["values"] = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
    if name == "Limits":
        part["anyOf"] = [{"required": ["lower"]}, {"required": ["upper"]}]
    for key, keywords in limits_of(name).items():
        narrow(part["properties"][key], keywords)


def _as_in_toml(node: Any) -> None:
    """Limits are numbers in TOML (read as decimals), in the released JSON texts; and TOML has no null."""
    if isinstance(node, dict):
        if node.get("default", 0) is None:  # TOML leaves a key out where JSON has null
            node.update(next(choice for choice in node.pop("anyOf") if choice != {"type": "null"}))
            del node["default"]
        if node.get("format") == "decimal":
            node.clear()
            node["type"] = "number"
        if isinstance(node.get("description"), str):
            node["description"] = " ".join(node["description"].split()).replace("``", "")
        for value in node.values():
            _as_in_toml(value)
    elif isinstance(node, list):
        for value in node:
            _as_in_toml(value)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # a TextIOWrapper when run
    sys.stdout.write(schema_text())
