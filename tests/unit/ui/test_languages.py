from __future__ import annotations

from station_app.domain.work_master import Step, WorkMaster
from station_app.ui.languages import language_name, languages_of


def test_the_languages_of_an_instruction_english_first() -> None:
    steps = (
        Step(id="a", title={"en": "A", "pl": "A"}, text={"en": ""}),
        Step(id="b", title={"en": "B"}, text={"en": "", "de": ""}),
    )
    work_master = WorkMaster(id="w", version="A", title="W", product="P", operation="o", steps=steps)
    assert languages_of(work_master) == ("en", "de", "pl")


def test_a_language_is_called_as_its_speakers_call_it() -> None:
    assert (language_name("de"), language_name("xy")) == ("Deutsch", "XY")
