from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from station_app.app.runtime import StationRuntime
from station_app.app.windows import NOT_POSSIBLE, headline_of, run_station_window
from station_app.config import StationConfig
from station_app.config.secret_files import PasswordFileError
from station_app.config.settings import StationSettings
from station_app.services.ports import JournalCorrupt, JournalFull, JournalLocked
from station_app.storage.journal import SqliteJournal
from station_app.ui.station_window import StationWindow
from tests.bench_station import ASM_10


def config(folder: Path) -> StationConfig:
    settings = StationSettings(ASM_10, "ASM-10", "Assembly", "assembly", folder / "data")
    return StationConfig(file=folder / "station.toml", station=settings)


def test_the_window_is_up_before_it_is_handed_on_and_ends_when_it_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    seen: list[tuple[bool, str, int]] = []

    def ready(window: StationWindow, runtime: StationRuntime) -> None:
        seen.append((window.isVisible(), runtime.services.identity.name, window.width()))
        QTimer.singleShot(0, window.close)

    assert run_station_window(config(tmp_path), ready, (1280, 800)) == 0
    assert seen == [(True, "ASM-10", 1280)]


@pytest.mark.expected_log("cannot start: another copy")
def test_what_the_environment_does_not_allow_is_an_exit_code(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    journal = SqliteJournal(tmp_path / "data" / "journal.sqlite", ASM_10)
    try:
        assert run_station_window(config(tmp_path), size_px=(1280, 800)) == NOT_POSSIBLE
    finally:
        journal.close()
    assert "another copy" in capsys.readouterr().err


@pytest.mark.expected_log("defect [0-9A-F]{4}")
def test_our_own_defect_goes_to_the_log_and_the_operator_reads_a_reference(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, said = sys.excepthook, list[str]()

    def ready(window: StationWindow, runtime: StationRuntime) -> None:
        error = ZeroDivisionError("ours")
        sys.excepthook(ZeroDivisionError, error, None)
        said.append(window.banners.passing.text())
        window.close()

    with caplog.at_level(logging.CRITICAL):
        assert run_station_window(config(tmp_path), ready, (1280, 800)) == 0
    (record,) = [r for r in caplog.records if r.levelno == logging.CRITICAL]
    reference = record.getMessage().split()[-1]
    assert reference in said[0] and "ours" not in said[0] and record.exc_info is not None
    assert sys.excepthook is before


@pytest.mark.parametrize(
    ("error", "headline"),
    [
        (JournalLocked("x"), "open already"),
        (JournalCorrupt("x"), "damaged"),
        (JournalFull("x"), "full"),
        (PasswordFileError("x"), "password file"),
        (PermissionError("x"), "cannot start"),
    ],
)
def test_every_fault_has_its_words(error: OSError, headline: str) -> None:
    assert headline in headline_of(error)
