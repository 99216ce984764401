"""What station.toml says about machine data."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.config import HistorianSettings, check_config, load_config
from station_app.domain.history_rule import HistoryRule, Keep

STATION = '[station]\npath = "A/B/C/D/E"\nkind = "assembly"\n'
TAG = '[tags.force]\naddress = "modbus://127.0.0.1:502/holding/1"\n'


def faults(text: str) -> list[str]:
    return [str(fault) for fault in check_config(STATION + text, Path("station.toml"))]


def test_without_a_word_changes_are_kept_for_ninety_days(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(STATION + TAG, encoding="utf-8")
    config = load_config(file)
    assert config.tags["force"].history == HistoryRule(Keep.CHANGE, 0.0, 0.0, 60.0)
    assert config.historian == HistorianSettings(90.0, 10_240, None)


def test_every_key_is_read(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(
        STATION
        + TAG
        + 'history = "change"\nhistory_deadband = 0.5\nhistory_min_interval_s = 1\nhistory_max_interval_s = 600\n'
        + "[historian]\nkeep_days = 7\nmax_size_mib = 500\nmin_free_mib = 0\n",
        encoding="utf-8",
    )
    config = load_config(file)
    assert config.tags["force"].history == HistoryRule(Keep.CHANGE, 0.5, 1.0, 600.0)
    assert config.historian == HistorianSettings(7.0, 500, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TAG + 'history = "changes"', 'Did you mean "change"'),
        (TAG + 'history = "all"\nhistory_deadband = 1', "has no effect"),
        (TAG + 'history = "none"\nhistory_min_interval_s = 1', "has no effect"),
        (TAG + "history_min_interval_s = 100", "longer than history_max_interval_s"),
        (TAG + "history_deadband = -1", "too small"),
        ("[historian]\nkeep_days = 0", "too small"),
        ("[historian]\nkeep_day = 5", 'Did you mean "keep_days"'),
        ("[historian]\nmax_size_mib = 1", "too small"),
    ],
)
def test_a_fault_names_the_key_and_what_is_allowed(text: str, said: str) -> None:
    found = faults(text)
    assert len(found) == 1, found
    assert said in found[0]
