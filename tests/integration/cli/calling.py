"""The command line called in this process: the same arguments, output and exit code, without a second's start each."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from station_app.cli.main import app


@dataclass(frozen=True, slots=True)
class Called:
    """What a command said and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def call_station(*arguments: str | Path) -> Called:
    """``station ARGUMENTS``. An exception that a person would see as a traceback is raised."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    finally:
        for handler in [handler for handler in root.handlers if handler not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise AssertionError("".join(traceback.format_exception(result.exception)))
    return Called(result.exit_code, result.stdout, result.stderr)
