from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.job import Mark, StepProgress
from station_app.domain.work_master import Condition, Step
from station_app.ui.step_signs import GENERAL_ICON, ppe_icon, row_note, step_signs
from widgets.icons import icon_pixmap
from widgets.theme import LIGHT, Look, Metrics


def progress(**of_step: Any) -> StepProgress:
    return StepProgress(Step(id="s", title={"en": "S"}, text={"en": ""}, **of_step), 1)


@pytest.mark.parametrize(
    ("item", "icon"),
    [
        ("gloves", "mdi6.hand-back-right"),
        ("Safety glasses", "mdi6.safety-goggles"),
        ("hearing protection", "mdi6.headphones"),
        ("safety shoes", "mdi6.shoe-formal"),
        ("hard hat", "mdi6.hard-hat"),
        ("welding harness", GENERAL_ICON),
    ],
)
def test_every_piece_of_equipment_has_a_sign_that_exists(qapp: object, item: str, icon: str) -> None:
    assert ppe_icon(item) == icon
    assert not icon_pixmap(icon, Look(LIGHT, Metrics(3.67)).color("text"), 32).isNull()


def test_the_signs_of_a_step_have_words() -> None:
    step = progress(ppe=("gloves",), esd=True, optional=True)
    assert [sign.text for sign in step_signs(step)] == ["Gloves", "ESD protection", "Optional: More skips it"]
    step.attempt = 3
    assert step_signs(step)[-1].text == "Attempt 3"


def test_the_list_says_what_is_out_of_the_ordinary() -> None:
    optional = progress(optional=True)
    conditional = progress(conditions=(Condition(variants=("v",)),))
    assert (row_note(progress()), row_note(optional), row_note(conditional)) == ("", "optional", "if needed")
    assert row_note(replace(optional, mark=Mark.DONE, attempt=2)) == "×2"
    assert row_note(replace(optional, mark=Mark.SKIPPED, left_out="optional")) == "skipped"
    assert row_note(replace(conditional, mark=Mark.SKIPPED, left_out="condition")) == "not needed"
