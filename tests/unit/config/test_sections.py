"""The sections [station] and [shared_database]: each fault, where it is and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.config import check_config, load_config
from tests.unit.config.conftest import GOOD, Check

PATH = 'path = "Demo/Plant/Hall1/Line1/ASM-10"'


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ('path = "Demo/ASM-10"', "has 2 levels instead of 5"),
        ('path = "a/b/c/d/e/f"', "has 6 levels instead of 5"),
        ('path = "a/b//d/e"', "a level is empty"),
        ('path = "a/b/c/d/e?"', 'the level "e?" cannot be used'),
        (
            'path = "a/b/c/d/\\u001b[2J\\u0007\\n\\U000E0001"',
            'the level "\\u001B[2J\\u0007\\n\\U000E0001" cannot be used',
        ),
        ('path = "a/b/c/../e"', 'the level ".." cannot be used'),
        (f'path = "a/b/c/d/{"e" * 64}"', "cannot be used"),
        ("path = 5", "is not text"),
        ('path = ""', "is empty"),
    ],
)
def test_station_path(check: Check, new: str, message: str) -> None:
    (fault,) = check(new, PATH)
    assert (fault.line, fault.key) == (2, "station.path")
    assert message in fault.message
    assert fault.allowed


def test_missing_keys_are_named_with_the_line_of_their_table(check: Check) -> None:
    faults = check("[station]\n", "[station]\n" + PATH + '\nkind = "assembly"\n')
    assert [(fault.line, fault.key, fault.message) for fault in faults] == [
        (1, "station.path", "is missing"),
        (1, "station.kind", "is missing"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", '"' + "x" * 41 + '"', "is too long"),
        ("language", '"xx"', "not one of the words"),
        ("theme", '"drak"', 'Did you mean "dark"'),
        ("journal", "1", "is not known here"),
    ],
)
def test_other_station_keys(check: Check, key: str, value: str, message: str) -> None:
    (fault,) = check(f"{PATH}\n{key} = {value}", PATH)
    assert (fault.line, fault.key) == (3, f"station.{key}")
    assert message in fault.message


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    (fault,) = check_config(GOOD.replace(PATH, PATH + '\nfolder = "data"'), tmp_path / "station.toml")
    assert "is not a folder" in fault.message


@pytest.mark.parametrize(
    ("new", "old", "key", "message"),
    [
        ("host = 'a b'", 'host = "127.0.0.1"\nuser', "host", "not written as it must be"),
        ("port = 0\nhost", "host", "port", "too small"),
        ("port = 65536\nhost", "host", "port", "too large"),
        ("port = '5432'\nhost", "host", "port", "not a whole number"),
        ('sslmode = "prefer"', 'sslmode = "disable"', "sslmode", "not one of"),
        ('sslmode = "verify-full"', 'sslmode = "disable"', "sslmode", "needs sslrootcert"),
        ('sslrootcert = "ca.pem"\nhost', "host", "sslrootcert", "there is no file"),
        ('sslcert = "\\u0001"\nhost', "host", "sslcert", "control character"),
        ('password_file = "no"\nhost', "host", "password_file", "there is no file"),
        ("password_file = ''\nhost", "host", "password_file", "names no file"),
        ('sslmod = "disable"\nhost', "host", "sslmod", "is not known here"),
    ],
)
def test_shared_database_faults(check: Check, new: str, old: str, key: str, message: str) -> None:
    new = new if not old.endswith("user") else new + "\nuser"
    faults = check(new, old)
    assert any(fault.key == f"shared_database.{key}" and message in fault.message for fault in faults)
    assert all(fault.line >= 4 for fault in faults)


def test_a_password_is_refused_without_repeating_it(check: Check) -> None:
    (fault,) = check('password = "geheim-42"\nhost', "host")
    assert (fault.line, fault.key) == (5, "shared_database.password")
    assert "must not be in this file" in fault.message
    assert "STATION_DB_PASSWORD" in fault.allowed
    assert "password_file" in fault.allowed
    assert "geheim-42" not in str(fault)


def test_an_unprotected_connection_is_only_for_this_computer(check: Check) -> None:
    (fault,) = check('host = "db.plant.example"', 'host = "127.0.0.1"')
    assert fault.key == "shared_database.sslmode"
    assert "unprotected" in fault.message


def test_the_default_is_the_strictest_protection(check: Check) -> None:
    (fault,) = check("", 'sslmode = "disable"\n')
    assert fault.message == '"verify-full" needs sslrootcert'


def test_certificate_and_key_belong_together(check: Check, tmp_path: Path) -> None:
    (tmp_path / "me.pem").write_text("x", encoding="utf-8")
    (fault,) = check('sslcert = "me.pem"\nhost', "host")
    assert (fault.key, fault.message) == ("shared_database.sslcert", "needs sslkey as well")


def test_protected_connection(tmp_path: Path) -> None:
    for name in ("ca.pem", "me.pem", "me.key"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    path = tmp_path / "station.toml"
    path.write_text(
        GOOD.replace('sslmode = "disable"', 'sslrootcert = "ca.pem"\nsslcert = "me.pem"\nsslkey = "me.key"'),
        encoding="utf-8",
    )
    database = load_config(path).shared_database
    assert database is not None
    assert database.sslmode == "verify-full"
    assert database.sslrootcert == str(tmp_path / "ca.pem")
    assert (database.sslcert, database.sslkey) == (tmp_path / "me.pem", tmp_path / "me.key")
