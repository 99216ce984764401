"""The shipped JSON Schema is the one that the structs give, and names what can be authored."""

from __future__ import annotations

import json
from typing import Any

from station_app.resources import shipped
from station_app.storage.instructions.checks import CHECK_TYPES
from station_app.storage.instructions.schema import schema_text, work_master_schema


def test_the_shipped_schema_is_up_to_date() -> None:
    shipped_text = (shipped("instructions") / "work_master.schema.json").read_text(encoding="utf-8")
    assert shipped_text == schema_text(), "see the top of instructions/schema.py"


def test_the_schema_describes_the_authored_form() -> None:
    schema = work_master_schema()
    assert "step" in schema["properties"]
    assert "released_by" not in schema["properties"]
    step = schema["$defs"]["Step"]
    assert {"picture", "check"} <= set(step["properties"])
    assert not {"title", "text", "pictures", "checks"} & set(step["properties"])
    assert set(schema["$defs"]["Picture"]["properties"]) == {"file", "callouts", "regions", "page", "loop", "only_for"}
    numbers = schema["$defs"]["Limits"]["properties"]["lower"]["anyOf"]
    assert [kind["type"] for kind in numbers] == ["number", "string"], "a parameter in braces stands for a number"
    for name, part in schema["$defs"].items():
        assert not {"translations", "bindings"} & set(part["properties"]), name
    assert set(schema["$defs"]["ConfirmCheck"]["properties"]["title"]["anyOf"][1]["required"]) == {"en"}


def test_every_check_type_is_in_the_schema() -> None:
    types = {
        value
        for part in work_master_schema()["$defs"].values()
        for value in part["properties"].get("type", {}).get("enum", [])
    }
    assert types == set(CHECK_TYPES)


def test_every_reference_leads_somewhere() -> None:
    schema = work_master_schema()
    references: list[str] = []

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            references.extend(value for key, value in node.items() if key == "$ref")
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(json.loads(schema_text()))
    assert references
    for reference in references:
        assert reference.removeprefix("#/$defs/") in schema["$defs"]
