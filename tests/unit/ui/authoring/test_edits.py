"""Edits: a new work master each, names kept unique, references kept right."""

from __future__ import annotations

import pytest

from station_app.domain.checks import ChoiceCheck, MeasureCheck, Option
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Condition, Parameter, Variant, WorkMaster
from station_app.ui.authoring import edits
from station_app.ui.authoring.check_forms import blank
from tests.documents import work_master


def three() -> WorkMaster:
    """place, look (asks for burrs), clean (only with burrs, rework of place)."""
    found = edits.add_step(edits.add_step(work_master(), 1, "Look"), 2, "Clean")
    choice = ChoiceCheck(id="burrs", title="Burrs?", options=(Option(id="some", text="Some"),))
    found = edits.add_check(found, 1, choice)
    condition = Condition(step="look", check="burrs", answers=("some",))
    return edits.change_step(found, 2, conditions=(condition,), rework_step="look")


def ids(found: WorkMaster) -> list[str]:
    return [step.id for step in found.steps]


def test_steps_are_added_duplicated_moved_and_deleted() -> None:
    found = three()
    assert ids(edits.duplicate_step(found, 0)) == ["place", "place-2", "look", "clean"]
    assert ids(edits.add_step(found, 1, "Look")) == ["place", "look-2", "look", "clean"]
    assert ids(edits.move_step(found, 0, 2)) == ["look", "clean", "place"]
    assert ids(edits.move_step(found, 2, 0)) == ["clean", "place", "look"]
    assert ids(edits.delete_step(found, 1)) == ["place", "clean"]
    assert ids(found) == ["place", "look", "clean"], "the value before is as it was"


def test_renaming_a_step_or_check_follows_into_conditions_and_rework() -> None:
    found = edits.rename_step(three(), 1, "inspect")
    assert (found.steps[2].conditions[0].step, found.steps[2].rework_step) == ("inspect", "inspect")
    check = edits.replace(found.steps[1].checks[0], id="edges")
    found = edits.change_check(found, 1, 0, check)
    assert found.steps[2].conditions[0].check == "edges"


def test_checks_get_a_name_of_their_own_and_can_be_moved() -> None:
    found = edits.add_check(edits.add_check(work_master(), 0, blank("confirm")), 0, blank("confirm"))
    assert [c.id for c in found.steps[0].checks] == ["placed", "confirm", "confirm-2"]
    found = edits.move_check(edits.duplicate_check(found, 0, 0), 0, 3, 0)
    assert [c.id for c in found.steps[0].checks] == ["confirm-2", "placed", "placed-2", "confirm"]
    assert len(edits.delete_check(found, 0, 0).steps[0].checks) == 3


def test_texts_of_a_language_come_and_go_and_english_stays() -> None:
    found = edits.set_text(work_master(), 0, "title", "de", "Ablegen")
    assert edits.languages(found) == ["en", "de"]
    found = edits.set_text(edits.set_text(found, 0, "title", "de", ""), 0, "title", "en", "")
    assert found.steps[0].title == {"en": ""}


def test_a_renamed_parameter_keeps_its_values_and_bindings() -> None:
    limits = MeasureCheck(
        id="m", title="M", characteristic="m", limits=Limits("kN"), bindings={"limits.upper": "force"}
    )
    found = edits.add_check(work_master(), 0, limits)
    found = edits.replace(
        found,
        parameters=(Parameter(name="force"),),
        variants=(Variant(id="small", product="GX-40", values={"force": "3"}),),
    )
    found = edits.set_parameters(found, [Parameter(name="force_max", unit="kN")])
    assert found.variants[0].values == {"force_max": "3"}
    assert found.steps[0].checks[1].bindings == {"limits.upper": "force_max"}


@pytest.mark.parametrize(
    ("text", "made"),
    [("Press the bearing", "press-the-bearing"), ("Prüfung Öl!", "pruefung-oel"), ("—", ""), ("Čistit", "cistit")],
)
def test_an_id_from_a_title(text: str, made: str) -> None:
    assert edits.slug(text) == made


@pytest.mark.parametrize(
    ("known", "following"), [([], "A"), (["A", "B"], "C"), (["1.2", "1.9"], "1.10"), (["9"], "10"), (["Z"], "Z2")]
)
def test_the_next_version(known: list[str], following: str) -> None:
    assert edits.next_version(known) == following


def test_a_file_name_of_its_own_for_another_content() -> None:
    found = work_master()
    same = found.steps[0].pictures[0].sha256
    assert edits.own_file_name(found, "place.svg", same) == "place.svg"
    assert edits.own_file_name(found, "Place.SVG", "f" * 64) == "place-2.svg"
    assert edits.own_file_name(found, "Foto Näher.JPG", "f" * 64) == "foto-naeher.jpg"
