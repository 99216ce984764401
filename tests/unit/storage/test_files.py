"""Names in a folder are put on disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from station_app.storage.files import sync_folder


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot open a folder; there is nothing to flush")
def test_the_folder_itself_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
    sync_folder(tmp_path)
    assert flushed == [tmp_path.stat().st_ino]


def test_an_absent_folder_is_an_error(tmp_path: Path) -> None:
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):
            sync_folder(tmp_path / "absent")
