"""The lock beside the journal."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from station_app.services.ports import JournalError, JournalLocked
from station_app.storage.journal import lock
from station_app.storage.journal.lock import JournalLock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first = JournalLock(tmp_path / "journal.db")
    with pytest.raises(JournalLocked, match=rf"process {os.getpid()}.*close it first"):
        JournalLock(tmp_path / "journal.db")
    JournalLock(tmp_path / "another.db").release()
    first.release()
    first.release()
    JournalLock(tmp_path / "journal.db").release()


def test_what_an_earlier_holder_left_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "journal.db.lock").write_bytes(b"4194304")
    held = JournalLock(tmp_path / "journal.db")
    assert (tmp_path / "journal.db.lock").read_bytes() == str(os.getpid()).encode()
    held.release()


def test_a_folder_that_cannot_lock_is_not_taken_for_a_second_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(lock, "_lock", unsupported)
    with pytest.raises(JournalError, match="cannot lock files") as raised:
        JournalLock(tmp_path / "journal.db")
    assert not isinstance(raised.value, JournalLocked)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"cannot write in the journal's folder .*absent"):
        JournalLock(tmp_path / "absent" / "journal.db")
