"""Tags added at the station: their names, what is refused, and their text in a file."""

from __future__ import annotations

import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.added_tag import AddedTag, name_fault, propose_name, tag_fault
from station_app.domain.added_tag_text import added_tags_text

FORCE = "opcua://press/ns=2;s=Press.Force"


@pytest.mark.parametrize(
    ("device", "node", "name"),
    [
        ("press", "PeakForce", "press.peak_force"),
        ("press", "Drehzahl (U/min)", "press.drehzahl_u_min"),
        ("press", "温度", "press.value"),
        ("line 2/press", "X", "line_2_press.x"),
        ("press", "Force", "press.force_3"),
    ],
)
def test_a_name_is_proposed_that_can_be_used_and_is_free(device: str, node: str, name: str) -> None:
    taken = {"press.force", "press.force_2"}
    assert propose_name(device, node, taken) == name
    assert name_fault(name, taken) == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_node_gets_a_name_that_can_be_used(device: str, node: str) -> None:
    assert name_fault(propose_name(device, node, ()), ()) == ""


@pytest.mark.parametrize(
    ("tag", "part"),
    [
        (AddedTag("", FORCE), "needs a name"),
        (AddedTag("press force", FORCE), "Allowed are letters, digits"),
        (AddedTag("-x", FORCE), "cannot be used"),
        (AddedTag("x" * 81, FORCE), "cannot be used"),
        (AddedTag("press.force", FORCE), "already"),
        (AddedTag("a", FORCE, title="t" * 61), "title is too long"),
        (AddedTag("a", FORCE, unit="u" * 21), "unit is too long"),
        (AddedTag("a", FORCE, interval_s=0.001), "interval is 0.001 s"),
        (AddedTag("a", FORCE, interval_s=math.nan), "interval"),
        (AddedTag("a", FORCE, interval_s=1e9), "Allowed are 0.01 to 3600 s"),
    ],
)
def test_what_cannot_be_added_says_why(tag: AddedTag, part: str) -> None:
    assert part in tag_fault(tag, {"press.force"})


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_title_and_unit_come_back_from_the_file(title: str, unit: str) -> None:
    title, unit = (text.encode("utf-8", "replace").decode() for text in (title, unit))
    tag = AddedTag("press.force", FORCE + '"\\', title, unit, 0.25, writable=True)
    (name, read), *_ = tomllib.loads(added_tags_text([tag]))["tags"].items()
    assert AddedTag(name, read["address"], read.get("title", ""), read.get("unit", ""), read["interval_s"],
                    read["writable"]) == tag  # fmt: skip
