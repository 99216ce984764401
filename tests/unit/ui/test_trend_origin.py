"""Where a trend's texts get their numbers when they are no tags of this station."""

from __future__ import annotations

from station_app.services.tags import MOST_TEXTS
from station_app.ui.trend_origin import OTHER, StateTexts


def test_the_same_text_has_the_same_number_and_its_name() -> None:
    texts = StateTexts()
    assert texts.codes("mode", ["Idle", "Running", "Idle"]) == [0, 1, 0]
    assert texts.codes("mode", ["Running"]) == [1]
    assert texts.names("mode", "off", "on") == {0: "Idle", 1: "Running"}
    assert texts.names("valve", "off", "on") == {0: "off", 1: "on"}, "a tag without texts is no or yes"


def test_texts_without_end_are_numbered_up_to_a_bound() -> None:
    texts = StateTexts()
    codes = texts.codes("lot", [f"L-{number}" for number in range(MOST_TEXTS + 500)])
    assert len(set(codes)) == MOST_TEXTS + 1 and len(set(codes[-500:])) == 1
    assert texts.names("lot", "", "")[codes[-1]] == OTHER
    assert texts.codes("lot", ["L-7"]) == [7]
