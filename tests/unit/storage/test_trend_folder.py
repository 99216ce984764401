"""Groups and exports on disk; a file that cannot be used is told and never overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.trend_group import TrendGroup
from station_app.services.no_trend_files import NoTrendFiles
from station_app.services.ports import TrendFilesError
from station_app.storage.trend_folder import GROUPS_FILE, TrendFolder

GROUP = TrendGroup(name="Press", tags=("press.force", "press.position"), hidden=("press.position",), shared=True)


def test_groups_come_back_as_they_were_saved(tmp_path: Path) -> None:
    folder = TrendFolder(tmp_path)
    assert folder.groups() == []
    folder.put_groups([GROUP])
    assert TrendFolder(tmp_path).groups() == [GROUP]
    assert b"press.force" in (tmp_path / GROUPS_FILE).read_bytes()
    with pytest.raises(TrendFilesError, match="0 pens"):
        folder.put_groups([TrendGroup(name="x", tags=())])
    assert folder.groups() == [GROUP]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"{}", b'[{"name":"x"}]', b'[{"name":"","tags":["a"]}]', b'[{"name":"x","tags":[1]}]', b"[" * 9999,
     b" " * 2_000_000],
)  # fmt: skip
def test_a_file_of_groups_that_cannot_be_used_is_told_and_set_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / GROUPS_FILE
    file.write_bytes(content)
    folder = TrendFolder(tmp_path)
    with pytest.raises(TrendFilesError, match=r"trend_groups\.json cannot be used: .*Correct or remove it"):
        folder.groups()
    folder.put_groups([GROUP])
    assert folder.groups() == [GROUP]
    assert (tmp_path / "trend_groups-unusable.json").read_bytes() == content


def test_exports_never_overwrite_and_leave_no_half_of_one(tmp_path: Path) -> None:
    folder = TrendFolder(tmp_path)
    first, second = (folder.export("trend.csv", [b"a", b"b"]) for _ in range(2))
    assert (first.name, second.name) == ("trend.csv", "trend-2.csv")
    assert first.read_bytes() == b"ab"

    def failing() -> Iterator[bytes]:
        yield b"a"
        raise OSError(28, "No space left on device")

    with pytest.raises(TrendFilesError, match="No space left"):
        folder.export("other.csv", failing())
    assert sorted(file.name for file in first.parent.iterdir()) == ["trend-2.csv", "trend.csv"]


def test_without_a_folder_nothing_is_kept_and_that_is_said() -> None:
    nothing = NoTrendFiles()
    assert nothing.groups() == []
    with pytest.raises(TrendFilesError, match="not saved"):
        nothing.put_groups([GROUP])
    with pytest.raises(TrendFilesError, match="nothing was exported"):
        nothing.export("x.csv", [])
