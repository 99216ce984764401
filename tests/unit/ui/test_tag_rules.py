"""Limits and history as they are typed: what is shown comes back, and what is no number is said with its cell."""

from __future__ import annotations

import pytest

from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.rules import Refusal
from station_app.ui.tag_rules import HISTORY, TagRules

PLAIN = AddedTag("press.peak", "opcua://press/i=1", unit="kN")
FULL = AddedTag(
    "press.peak", "opcua://press/i=1", unit="kN", history=HistoryRule(Keep.CHANGE, 0.1, 2.0, 90.0)
).with_alarms(
    [
        AlarmRule("", Trigger.HIGH, "", limit=12.5, deadband=0.5, on_delay_s=1.0, guidance="Look."),
        AlarmRule("", Trigger.LOW_LOW, "", limit=-1e-7, priority="critical"),
        AlarmRule("", Trigger.IS, "", states=("3",)),
    ]
)


@pytest.mark.parametrize("tag", [PLAIN, FULL])
def test_what_is_not_touched_stays_as_it_was(tag: AddedTag) -> None:
    assert TagRules(tag).tag() == tag


def test_an_emptied_limit_is_gone_with_its_deadband_and_what_is_not_shown_stays() -> None:
    rules = TagRules(FULL)
    rules.texts["high", "limit"] = ""
    rules.texts["low_low", "limit"] = " 2 "
    assert not rules.is_open(("high", "deadband"))
    told = [(str(rule.trigger), rule.limit) for rule in rules.tag().alarms if rule.limit == rule.limit]
    assert told == [("low_low", 2.0)]
    assert rules.tag().alarms[-1].states == ("3",)


@pytest.mark.parametrize("text", ["1,5", "abc", "nan", "inf", "1e999", "-", "1.2.3"])
@pytest.mark.parametrize("cell", [("high", "limit"), ("high", "on_delay_s"), (HISTORY, "deadband")])
def test_what_is_no_number_is_said_with_its_cell(cell: tuple[str, str], text: str) -> None:
    rules = TagRules(FULL)
    rules.texts[cell] = text
    with pytest.raises(Refusal, match="is no number"):
        rules.tag()


def test_what_means_nothing_is_as_usual() -> None:
    rules = TagRules(FULL)
    rules.keep = Keep.ALL
    rules.texts[HISTORY, "deadband"] = "abc"
    assert rules.tag().history == HistoryRule(Keep.ALL, 0.0, 2.0)
    assert not rules.is_open((HISTORY, "max_interval_s"))


def test_priorities_go_round() -> None:
    rules = TagRules(PLAIN)
    assert rules.priorities["high_high"] == "high"
    assert [rules.next_priority("high") for _ in range(4)] == ["high", "critical", "low", "medium"]
