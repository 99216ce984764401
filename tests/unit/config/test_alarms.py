"""The tables [[alarm]] and [alarms]: what arrives, and every fault with its line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.config import load_config
from station_app.domain.alarm_rule import AlarmSettings, Trigger
from tests.unit.config.conftest import GOOD, Check

HIGH = '[[alarm]]\ntag = "press.force"\nwhen = "high"\n'
BOTH = HIGH + 'limit = 5\n[[alarm]]\ntag = "press.force"\nwhen = "{other}"\n'
WIDE = HIGH + 'limit = 5\ndeadband = 9\n[[alarm]]\ntag = "press.force"\nwhen = "low"\n'


def alarm(more: str) -> str:
    return f'[[alarm]]\ntag = "press.force"\n{more}'


def test_every_key_arrives(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    text = GOOD + alarm(
        'when = "high_high"\nlimit = 18.5\ndeadband = 0.2\non_delay_s = 1\noff_delay_s = 2.5\npriority = "critical"\n'
        'text = "Too much"\nguidance = "Stop"\nlink = "record"\nclass = "safety"\nconsequence = "Breaks"\nrespond_s = 30\n'
        'group = "hall"\nequipment = "Press 1"\nstops_step = true\n'
    )
    text += '[[alarm]]\ndevice = "bench"\nguidance = "Look"\n[alarms]\nhorn = "off"\nflood = 5\nmax_shelf_h = 2\n'
    file.write_text(text, encoding="utf-8")
    config = load_config(file)
    high, lost = config.alarm_rules
    assert (high.source, high.trigger, high.limit, high.deadband) == ("press.force", Trigger.HIGH_HIGH, 18.5, 0.2)
    assert (high.on_delay_s, high.off_delay_s, high.priority, high.text) == (1, 2.5, "critical", "Too much")
    assert (high.guidance, high.link, high.alarm_class, high.consequence) == ("Stop", "record", "safety", "Breaks")
    assert (high.respond_s, high.group, high.equipment, high.stops_step) == (30, "hall", "Press 1", True)
    assert (lost.source, lost.condition, lost.priority, lost.link) == ("bench", "device lost", "high", "trend")
    assert config.alarms == AlarmSettings(horn="", flood=5, max_shelf_s=7200)


def test_without_a_table_there_are_the_usual_settings(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(GOOD, encoding="utf-8")
    config = load_config(file)
    assert (config.alarm_rules, config.alarms) == ((), AlarmSettings())


@pytest.mark.parametrize(
    ("more", "key", "message"),
    [
        ('when = "high"', "limit", "is missing"),
        ('when = "high"\nlimit = nan', "limit", "not a number that can be compared"),
        ('when = "high"\nlimit = inf', "limit", "not a number that can be compared"),
        ('when = "high"\nlimit = "15"', "limit", "is not a number"),
        ('when = "high"\nlimit = 1\ndeadband = -1', "deadband", "is too small"),
        ('when = "high"\nlimit = 1\non_delay_s = -0.1', "on_delay_s", "is too small"),
        ('when = "high"\nlimit = 1\noff_delay_s = 4000', "off_delay_s", "is too large"),
        ('when = "high"\nlimit = 1\npriority = "urgent"', "priority", "not one of"),
        ('when = "high"\nlimit = 1\nlink = "page"', "link", "not one of"),
        ('when = "high"\nlimit = 1\nstates = ["a"]', "states", "has no effect"),
        ('when = "high"\nlimit = 1\nper_s = 10', "per_s", "has no effect"),
        ('when = "high"\nlimit = 1\nstops_step = "yes"', "stops_step", "neither true nor false"),
        ('when = "high"\nlimit = 1\ndead_band = 1', "dead_band", "is not known here"),
        ('when = "above"\nlimit = 1', "when", "not one of"),
        ("limit = 1", "when", "is missing"),
        ('when = "is"', "states", "is missing"),
        ('when = "is"\nstates = []', "states", "is empty"),
        ('when = "is"\nstates = ["a", "a"]', "states[2]", "given twice"),
        ('when = "is"\nstates = ["a"]\nlimit = 1', "limit", "has no effect"),
        ('when = "no_value"\ndeadband = 1', "deadband", "has no effect"),
        ('when = "rate"\nlimit = 0', "limit", "is no rate"),
        ('when = "rate"\nlimit = 1\nper_s = 0', "per_s", "is too small"),
        ('when = "lost"', "when", "not one of"),
        ('when = "high"\nlimit = 1\ndevice = "bench"', "device", "is given beside tag"),
    ],
)
def test_faults(check: Check, more: str, key: str, message: str) -> None:
    faults = check(alarm(more))
    assert [fault.key for fault in faults if message in fault.message] == [f"alarm[1].{key}"], faults
    assert all(fault.line >= 18 and (fault.allowed or "Did you mean" in fault.message) for fault in faults)


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ('[[alarm]]\ntag = "press.forse"\nwhen = "no_value"', "alarm[1].tag", 'Did you mean "press.force"?'),
        ('[[alarm]]\ndevice = "pres"', "alarm[1].device", 'Did you mean "press"?'),
        ('[[alarm]]\ndevice = "press"\nwhen = "high"\nlimit = 1', "alarm[1].when", "not one of"),
        (HIGH + "limit = 5\n" + HIGH + "limit = 6", "alarm[2]", "has this alarm already"),
        (BOTH.format(other="high_high") + "limit = 5", "alarm[2].limit", "5 is not above high (5)"),
        (BOTH.format(other="low") + "limit = 6", "alarm[1].limit", "5 is not above low (6)"),
        (WIDE + "limit = 1", "alarm[1].deadband", "not less than the range"),
        ('[alarms]\nhorn = "loud"', "alarms.horn", "not one of"),
        ("[alarms]\nflood = 0", "alarms.flood", "is too small"),
        ("[alarms]\nmax_shelf_h = 100", "alarms.max_shelf_h", "is too large"),
        ("[alarms]\nbeep = 1", "alarms.beep", "is not known here"),
        ('[alarm]\ntag = "press.force"', "alarm", "is not a list of tables"),
    ],
)  # fmt: skip
def test_faults_between_tables(check: Check, text: str, key: str, message: str) -> None:
    faults = check(text)
    assert [fault.key for fault in faults if message in fault.message] == [key], faults


def test_the_plain_limits_of_a_tag_count_as_well(check: Check) -> None:
    address = 'address = "opcua://press/ns=2;s=Press.Force"'
    tag = f'{address}\nlow = 1\nhigh = 5\n[[alarm]]\ntag = "press.force"\n'
    (twice,) = check(tag + 'when = "high"\nlimit = 6', address)
    assert twice.key == "alarm[1].when" and "stands beside high of the tag" in twice.message
    (swapped,) = check(tag + 'when = "high_high"\nlimit = 4', address)
    assert swapped.key == "alarm[1].limit" and "4 is not above high (5)" in swapped.message
