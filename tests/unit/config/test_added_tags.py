"""The file of added tags: read like station.toml, every fault named with its file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from station_app.app.devices import tag_uses
from station_app.cli.output import CHECKS
from station_app.config import ConfigError, check_file, load_config
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.storage.added_tags import AddedTagsFile
from tests.unit.config.conftest import GOOD

PEAK = AddedTag("press.peak", "opcua://press/ns=2;s=Press.PeakForce", "Peak “force”", "kN", 0.2)
LIMIT = '[[alarm]]\ntag = "a"\nwhen = "{}"\nlimit = {}\n'
PROGRAM = AddedTag("press.program", "opcua://press/ns=2;s=Press.Program", writable=True)


@pytest.fixture
def station_file(tmp_path: Path) -> Path:
    """A station.toml whose data folder is beside it."""
    file = tmp_path / "station.toml"
    file.write_text(GOOD.replace('kind = "assembly"', 'kind = "assembly"\nfolder = "files"'), encoding="utf-8")
    (tmp_path / "files").mkdir()
    return file


def test_what_was_saved_is_read_with_the_tags_of_station_toml(station_file: Path) -> None:
    before = load_config(station_file)
    assert before.added == ()
    save = AddedTagsFile(station_file.parent / "files" / "added_tags.toml")
    save([PEAK, PROGRAM])
    config = load_config(station_file)
    assert config.added == (PEAK, PROGRAM)
    assert list(config.tags) == ["press.force", "press.peak", "press.program"]
    peak = config.tags["press.peak"]
    assert (peak.tag.address, peak.tag.unit, peak.tag.interval_s, peak.title) == (
        PEAK.address, "kN", 0.2, "Peak “force”",
    )  # fmt: skip
    assert config.tags["press.program"].tag.writable
    assert config.tags["press.program"].title == "press.program"
    save([])
    assert load_config(station_file).added == ()
    assert [file.name for file in (station_file.parent / "files").iterdir()] == ["added_tags.toml"]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ('[tags."press.force"]\naddress = "opcua://press/ns=2;s=X"\n', 1, "is in station.toml too"),
        ('[tags."a b"]\naddress = "opcua://press/ns=2;s=X"\n', 1, "cannot be used"),
        ('[tags.a]\naddress = "opcua://pres/ns=2;s=X"\n', 2, 'Did you mean "press"'),
        ('[tags.a]\naddress = "modbus://press/holding/1"\n', 2, 'the device "press" is opcua'),
        ("[tags.a]\n", 1, "is missing"),
        (
            '[tags.a.b]\naddress = "opcua://press/ns=2;s=X"\n[tags."a.b"]\naddress = "opcua://press/ns=2;s=Y"\n',
            3,
            "is given twice",
        ),
        ('[tags.a]\naddress = "opcua://press/ns=2;s=X"\nhigh = 3\n', 3, "is not known here"),
        ('[tags.a]\naddress = "opcua://press/ns=2;s=X"\ninterval_s = 0\n', 3, "Allowed"),
        ('[tags.a]\naddress = "opcua://press/ns=2;s=X"\nhistory_deadband = nan\n', 3, "Allowed"),
        ('[tags.a]\naddress = "opcua://press/ns=2;s=X"\nhistory = "never"\n', 3, "Allowed"),
        ('[tags.a]\naddress = "opcua://press/ns=2;s=X"\n[[alarm]]\ntag = "b"\nwhen = "high"\nlimit = 1\n', 4, "no tag"),
        (
            '[tags.a]\naddress = "opcua://press/ns=2;s=X"\n[[alarm]]\ntag = "a"\nwhen = "high"\nlimit = inf\n',
            6,
            "Allowed",
        ),
        (
            '[tags.a]\naddress = "opcua://press/ns=2;s=X"\n' + LIMIT.format("high", 1) + LIMIT.format("low", 2),
            6,
            "not above low",
        ),
        ('[tags.a]\nformula = "press.force * 2"\n', 2, "is not known here"),
        ("[tags.a\n", 1, "added_tags.toml"),
        ("[station]\n", 1, "is not known here"),
    ],
)
def test_every_fault_is_named_with_file_and_line(station_file: Path, text: str, line: int, part: str) -> None:
    file = station_file.parent / "files" / "added_tags.toml"
    file.write_text(text, encoding="utf-8", newline="\n")
    faults = check_file(station_file)
    assert {fault.file for fault in faults} == {"added_tags.toml"}
    assert any(fault.line == line and part in str(fault) for fault in faults), [str(fault) for fault in faults]
    with pytest.raises(ConfigError):
        load_config(station_file)


def limit(trigger: Trigger, value: float, **more: Any) -> AlarmRule:
    return AlarmRule(PEAK.name, trigger, "", limit=value, **more)


LIMITED = replace(
    PEAK,
    history=HistoryRule(Keep.CHANGE, 0.05, 1.0, 600.0),
    writable=True,
).with_alarms(
    [
        limit(Trigger.HIGH_HIGH, 15.0, priority="critical", deadband=0.25, on_delay_s=1.5, off_delay_s=3.0),
        limit(Trigger.HIGH, 12.5, guidance="Look at the “valve”.\nThen call.", stops_step=True),
        limit(Trigger.LOW, -1e-7, alarm_class="quality"),
        limit(Trigger.LOW_LOW, -20.0),
        AlarmRule(PEAK.name, Trigger.IS, "", states=("3", "Fault"), text="Press says"),
    ]
)


def test_limits_and_history_come_back_as_they_were_saved(station_file: Path) -> None:
    save = AddedTagsFile(station_file.parent / "files" / "added_tags.toml")
    save([LIMITED, replace(PROGRAM, history=HistoryRule(Keep.NONE))])
    config = load_config(station_file)
    assert config.added[0] == LIMITED
    assert config.added[1].history.keep is Keep.NONE
    assert {rule for rule in config.alarm_rules if rule.source == PEAK.name} == set(LIMITED.alarms)
    assert config.alarm_rules[-1].unit == "kN"
    assert config.tags[PEAK.name].history == LIMITED.history


def test_formulas_and_alarms_of_station_toml_may_name_added_tags(station_file: Path) -> None:
    more = (
        '[tags.double]\nformula = "press.peak * 2"\n'
        '[[alarm]]\ntag = "press.peak"\nwhen = "no_value"\n'
        '[[alarm]]\ntag = "press.peak"\nwhen = "low"\nlimit = 1\n'
    )
    station_file.write_text(station_file.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert [fault.key for fault in check_file(station_file, checks=CHECKS)] == [
        "tags.double.formula",
        "alarm[1].tag",
        "alarm[2].tag",
    ]
    save = AddedTagsFile(station_file.parent / "files" / "added_tags.toml")
    save([PEAK])
    config = load_config(station_file, checks=CHECKS)
    assert [str(rule.trigger) for rule in config.alarm_rules] == ["no_value", "low"]
    uses = tag_uses(config)
    assert uses.needed_by == {"press.peak": "the formula of “double”"}
    assert [rule.trigger for rule in uses.alarms_of("press.peak")] == [Trigger.NO_VALUE, Trigger.LOW]
    save([PEAK.with_alarms([limit(Trigger.LOW, 3.0)])])
    assert "got this alarm at the station" in str(check_file(station_file)[0])
    save([PEAK.with_alarms([limit(Trigger.HIGH, 0.5)])])
    assert "0.5 is not above low (1)" in str(check_file(station_file)[0])


def test_a_file_that_is_none_is_named(station_file: Path) -> None:
    file = station_file.parent / "files" / "added_tags.toml"
    file.write_bytes(b'[tags.a]\naddress = "\xff"\n')
    (fault,) = check_file(station_file)
    assert (fault.file, fault.line) == ("added_tags.toml", 2)
    assert "UTF-8" in str(fault)
