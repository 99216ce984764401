"""Files that people take away are whole or not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.storage.text_export import write_export


def test_lines_are_written_as_they_are(tmp_path: Path) -> None:
    path = write_export(tmp_path / "new", "a.csv", ["ä\r\n", "b\r\n"])
    assert path.read_bytes() == "\ufeffä\r\nb\r\n".encode()


def test_an_existing_file_is_not_replaced(tmp_path: Path) -> None:
    names = [write_export(tmp_path, "a.csv", [str(n)]).name for n in range(3)]
    assert names == ["a.csv", "a-2.csv", "a-3.csv"]


def test_a_source_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        yield "first"
        raise OSError("the journal is gone")

    with pytest.raises(OSError, match="is gone"):
        write_export(tmp_path, "a.csv", lines())
    assert list(tmp_path.iterdir()) == []
