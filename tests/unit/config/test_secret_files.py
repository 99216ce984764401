"""Passwords come from a file that only the station may read, or from the environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from station_app.config import OpcUaSettings, SharedDatabaseSettings, check_config, shared_database_password
from station_app.config.secret_files import PasswordFileError, device_password, read_password_file
from tests.unit.config.conftest import GOOD

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")


def secret(folder: Path, content: bytes = b"pass word\n", mode: int = 0o600) -> Path:
    path = folder / "db.password"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_line_is_the_password(tmp_path: Path) -> None:
    assert read_password_file(secret(tmp_path)) == "pass word"
    assert read_password_file(secret(tmp_path, "größe\r\n".encode())) == "größe"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "on one line"),
        (b"\n", "on one line"),
        (b"one\ntwo\n", "on one line"),
        (b"x" * 2000, "on one line"),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_file_that_holds_no_password(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(PasswordFileError, match=message):
        read_password_file(secret(tmp_path, content))


def test_a_missing_file_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(PasswordFileError, match="cannot be read"):
        read_password_file(tmp_path / "none")
    with pytest.raises(PasswordFileError, match="is not a file"):
        read_password_file(tmp_path)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(PasswordFileError, match=f"mode {mode:04o}.*chmod 600"):
        read_password_file(secret(tmp_path, mode=mode))


@posix
def test_a_wrong_mode_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    secret(tmp_path, mode=0o644)
    text = GOOD.replace('user = "asm_10"', 'user = "asm_10"\npassword_file = "db.password"')
    (fault,) = check_config(text, tmp_path / "station.toml")
    assert (fault.line, fault.key) == (7, "shared_database.password_file")
    assert "chmod 600" in fault.message
    secret(tmp_path)
    assert check_config(text, tmp_path / "station.toml") == []


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = SharedDatabaseSettings("h", 1, "d", "u", password_file=secret(tmp_path))
    assert shared_database_password(settings, {}) == "pass word"
    assert shared_database_password(settings, {"STATION_DB_PASSWORD": "other"}) == "other"
    assert shared_database_password(SharedDatabaseSettings("h", 1, "d", "u"), {}) == ""


def test_device_password(tmp_path: Path) -> None:
    assert device_password(OpcUaSettings("p", "u", password_file=secret(tmp_path))) == "pass word"
    assert device_password(OpcUaSettings("p", "u")) == ""


def test_a_password_is_not_among_the_settings(tmp_path: Path) -> None:
    settings = SharedDatabaseSettings("h", 1, "d", "u", password_file=secret(tmp_path))
    assert "pass word" not in repr(settings)
