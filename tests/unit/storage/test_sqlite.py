"""Which SQLite is used, and what the engines do with transactions."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from station_app.storage import sqlite
from station_app.storage.sqlite import primary_code, reader_engine, sqlite_module, wal_path, writer_engine


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "with space & 100%" / "file?.db"
    path.parent.mkdir()
    engine = writer_engine(path, create=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counted (n INTEGER) STRICT")
        connection.exec_driver_sql("INSERT INTO counted VALUES (0)")
    engine.dispose()
    return path


def test_the_newer_library_is_preferred() -> None:
    pytest.importorskip("pysqlite3", reason="this platform has no pysqlite3 wheel")
    assert sqlite_module().__name__ == "pysqlite3.dbapi2"
    assert sqlite_module().sqlite_version_info >= sqlite.SOUND_SINCE


@pytest.mark.expected_log("can corrupt a journal")
def test_an_older_sqlite_is_warned_about_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    old = ModuleType("sqlite3")
    old.__dict__.update(vars(sqlite3) | {"sqlite_version": "3.40.1", "sqlite_version_info": (3, 40, 1)})
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    monkeypatch.setitem(sys.modules, "sqlite3", old)
    sqlite_module.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert sqlite_module() is old
            assert sqlite_module() is old
    finally:
        sqlite_module.cache_clear()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "3.40.1" in caplog.text


def test_writers_never_lose_an_update_to_each_other(database: Path) -> None:
    """BEGIN IMMEDIATE: what was read stays true until the commit."""

    def count() -> None:
        engine = writer_engine(database)
        for _ in range(50):
            with engine.begin() as connection:
                number = connection.exec_driver_sql("SELECT n FROM counted").scalar_one()
                connection.exec_driver_sql("UPDATE counted SET n = ?", (number + 1,))
        engine.dispose()

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = reader_engine(database)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT n FROM counted").scalar_one() == 150
    engine.dispose()


def test_readers_cannot_write_and_see_the_newest_commit(database: Path) -> None:
    writer, reader = writer_engine(database), reader_engine(database)
    with reader.connect() as reading:
        assert reading.exec_driver_sql("SELECT n FROM counted").scalar_one() == 0
        with pytest.raises(OperationalError, match="readonly"):
            reading.exec_driver_sql("UPDATE counted SET n = 5")
        with writer.begin() as writing:
            writing.exec_driver_sql("UPDATE counted SET n = 1")
            assert reading.exec_driver_sql("SELECT n FROM counted").scalar_one() == 0
        assert reading.exec_driver_sql("SELECT n FROM counted").scalar_one() == 1
    reader.dispose()
    writer.dispose()


def test_a_missing_file_is_not_made_by_accident(tmp_path: Path) -> None:
    for engine in (reader_engine(tmp_path / "none.db"), writer_engine(tmp_path / "none.db")):
        with pytest.raises(DBAPIError) as raised:
            engine.connect()
        assert primary_code(raised.value) == sqlite.CANNOT_OPEN
        engine.dispose()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_a_folder_without_write_permission_is_readable(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    engine = reader_engine(database)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT n FROM counted").scalar_one() == 0
    engine.dispose()
    assert not wal_path(database).exists()


def test_other_errors_have_no_code() -> None:
    assert primary_code(OSError(28, "no space")) is None
