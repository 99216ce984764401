"""A fault of the check leads to its place in the editor."""

from __future__ import annotations

import pytest

from station_app.domain.fault import Fault
from station_app.ui.authoring.edits import add_step
from station_app.ui.authoring.places import CHECKS, MEDIA, PROPERTIES, TEXT, Place, place_of
from tests.documents import work_master


@pytest.mark.parametrize(
    ("file", "key", "place"),
    [
        ("asm/work_master.toml", "title", Place(field="title")),
        ("asm/work_master.toml", "variant[1].values", Place(field="variant[1].values")),
        ("asm/work_master.toml", "step[2].takt_s", Place(1, PROPERTIES, None, "takt_s")),
        ("asm/work_master.toml", "step[2].check[1].limits.lower", Place(1, CHECKS, 0, "limits.lower")),
        ("asm/work_master.toml", "step[1].picture[2].callouts[1].x", Place(0, MEDIA, 1, "callouts[1].x")),
        ("asm/work_master.toml", "step[1].condition[1].answers[1]", Place(0, PROPERTIES, 0, "condition.answers[1]")),
        ("asm/steps/02-press.de.md", "", Place(1, TEXT, None, "", "de")),
        ("asm/steps/09-gone.en.md", "", Place(None, TEXT, None, "", "en")),
    ],
)
def test_a_fault_has_a_place(file: str, key: str, place: Place) -> None:
    assert place_of(Fault(3, key, "", "is wrong", "", file), add_step(work_master(), 1, "Press")) == place
