"""What an error means for the person at the station."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from station_app.services.ports import JournalCorrupt, JournalError, JournalFull
from station_app.storage import sqlite
from station_app.storage.journal.faults import corrupt, journal_error

JOURNAL = Path("somewhere") / "journal.db"


def _sqlite_error(code: int) -> OperationalError:
    original: Any = sqlite.sqlite_module().OperationalError("what SQLite said")
    original.sqlite_errorcode = code
    return OperationalError("INSERT", {}, original)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_sqlite_error(sqlite.FULL), JournalFull),
        (OSError(errno.ENOSPC, "no space"), JournalFull),
        (OSError(errno.EDQUOT, "over quota"), JournalFull),
        (OSError(errno.EACCES, "not allowed"), JournalError),
        (_sqlite_error(sqlite.CORRUPT), JournalCorrupt),
        (_sqlite_error(sqlite.NOT_A_DATABASE), JournalCorrupt),
        (_sqlite_error(sqlite.CORRUPT | 1 << 8), JournalCorrupt),
        (_sqlite_error(sqlite.READ_ONLY), JournalError),
    ],
)
def test_each_error_has_its_class_and_names_the_file(error: BaseException, kind: type[JournalError]) -> None:
    answer = journal_error(error, JOURNAL, "writing")
    assert type(answer) is kind
    assert str(JOURNAL) in str(answer)


@pytest.mark.parametrize(("free_bytes", "kind"), [(4096, JournalFull), (1 << 30, JournalError)])
def test_an_input_output_error_is_a_full_disk_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch, free_bytes: int, kind: type[JournalError]
) -> None:
    usage = shutil._ntuple_diskusage(total=1 << 40, used=0, free=free_bytes)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert type(journal_error(_sqlite_error(sqlite.IO_ERROR | 3 << 8), JOURNAL, "writing")) is kind


def test_without_the_folder_an_input_output_error_is_what_it_is(tmp_path: Path) -> None:
    answer = journal_error(_sqlite_error(sqlite.IO_ERROR), tmp_path / "gone" / "journal.db", "writing")
    assert type(answer) is JournalError
    assert "writing failed (what SQLite said)" in str(answer)


def test_damage_is_told_with_what_to_do() -> None:
    text = str(corrupt(JOURNAL, "it is empty"))
    for part in (str(JOURNAL), "it is empty", "not changed", "Keep the file", "backup"):
        assert part in text
