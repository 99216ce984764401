"""The file of added tags: read like station.toml, every fault named with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.config import ConfigError, check_file, load_config
from station_app.domain.added_tag import AddedTag
from station_app.storage.added_tags import AddedTagsFile
from tests.unit.config.conftest import GOOD

PEAK = AddedTag("press.peak", "opcua://press/ns=2;s=Press.PeakForce", "Peak “force”", "kN", 0.2)
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


def test_a_file_that_is_none_is_named(station_file: Path) -> None:
    file = station_file.parent / "files" / "added_tags.toml"
    file.write_bytes(b'[tags.a]\naddress = "\xff"\n')
    (fault,) = check_file(station_file)
    assert (fault.file, fault.line) == ("added_tags.toml", 2)
    assert "UTF-8" in str(fault)
