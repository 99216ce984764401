"""The catalogue as a document names every kind and every field."""

from __future__ import annotations

import msgspec

from station_app.domain.catalogue import catalogue_markdown
from station_app.domain.records import KINDS


def test_every_kind_and_field_is_in_the_document() -> None:
    sections = catalogue_markdown().split("### ")[1:]
    assert len(sections) == len(KINDS)
    for section, fact in zip(sections, KINDS.values(), strict=True):
        assert section.startswith(f"`{fact.kind}`\n")
        assert f"Version {fact.version}, channel `{fact.chan}`" in section
        rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| `")]
        assert rows == [f"`{field.name}`" for field in msgspec.structs.fields(fact)]


def test_types_and_defaults_are_told_in_words_of_json() -> None:
    text = catalogue_markdown()
    assert "| `codes` | list of text | `[]` |" in text
    assert "| `outcome` | one of `PASS`, `FAIL`, `SKIPPED`, `ERROR`, `ABORTED` or none | none |" in text
    assert "| `quantity` | number | `1.0` |" in text
    assert "| `attempt` | whole number | `1` |" in text
    assert "| `received_us` | whole number | required |" in text
    assert "A person's remark.\n" in text
