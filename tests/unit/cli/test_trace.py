"""`station trace` beside a journal that the application has open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station_app.cli.main import app
from station_app.domain.chain import Draft
from station_app.storage.journal import SqliteJournal
from tests.records import INS30, SERIAL, complete_unit


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Path]:
    config = tmp_path / "station.toml"
    config.write_text(
        f'[station]\npath = "{INS30}"\nkind = "inspection"\nfolder = "{(tmp_path / "here").as_posix()}"\n',
        encoding="utf-8",
    )
    with SqliteJournal(tmp_path / "here" / "journal.sqlite", INS30) as journal:
        rows = [logged.row for logged in complete_unit().logs[INS30].rows]
        journal.append([Draft(**{f.name: getattr(row, f.name) for f in fields(Draft)}) for row in rows]).result()
        yield config


def trace(station: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["trace", *arguments, "--config", str(station)])


def test_text(station: Path) -> None:
    result = trace(station, SERIAL)
    assert result.exit_code == 0, result.output
    assert f"Unit {SERIAL}" in result.stdout and "20.142 mm" in result.stdout
    assert "this station's records only" in result.stdout


def test_json(station: Path) -> None:
    document = json.loads(trace(station, SERIAL, "--json").stdout)
    assert document["serial"] == SERIAL and document["server_reached"] is False
    assert [flag["code"] for flag in document["flags"]][:2] == ["server_not_reached", "waiting"]


def test_pdf(station: Path, tmp_path: Path) -> None:
    result = trace(station, SERIAL, "--pdf", str(tmp_path / "d.pdf"))
    assert result.exit_code == 0 and (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF-")


def test_a_pdf_that_cannot_be_written_is_one_line(station: Path, tmp_path: Path) -> None:
    result = trace(station, SERIAL, "--pdf", str(tmp_path / "absent" / "d.pdf"))
    assert result.exit_code == 3 and "could not be written" in result.stderr and "Traceback" not in result.stderr


def test_an_unknown_serial_is_one_line(station: Path) -> None:
    result = trace(station, "GR-9")
    assert result.exit_code == 1 and result.stderr.startswith("No record of GR-9 at this station.")
