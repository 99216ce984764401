"""How the commands speak: results on standard output, faults on standard error, exit codes that a program can read.

0: done, all is well. 1: done, and something was found that is not as it should be. 2: the command was not understood.
3: the environment does not allow it now (no server, no file, journal in use); trying later may help.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import typer

from drivers.base import AddressError
from station_app.config import ConfigError, DriverChecks, StationConfig, load_config
from station_app.config.secret_files import PasswordFileError
from station_app.domain.rules import Refusal
from station_app.services.ports import EvidenceError, HistorianError, JournalError, SharedDatabaseError

FOUND = 1
USAGE = 2
ENVIRONMENT = 3
LOG_BYTES = 5_000_000

P = ParamSpec("P")
R = TypeVar("R")


def say(text: str = "") -> None:
    """One line of result."""
    typer.echo(text)


def say_json(value: object) -> None:
    """One JSON line of result; in ASCII where the output is not UTF-8. NaN and infinities have no place in it."""
    typer.echo(json.dumps(value, ensure_ascii=not _writes_utf8(), allow_nan=False))


def say_json_text(text: str) -> None:
    """JSON that is written already, in one line of result; in ASCII where the output is not UTF-8."""
    if not _writes_utf8():
        text = re.sub(r"[^\x00-\x7f]", lambda found: json.dumps(found[0])[1:-1], text)
    typer.echo(text)


def _writes_utf8() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"


def fail(message: str, code: int) -> NoReturn:
    """End with one clear line on standard error; also where that cannot be written, the code is right."""
    with suppress(OSError):
        typer.echo(message, err=True)
    raise typer.Exit(code)


def reporting(command: Callable[P, R]) -> Callable[P, R]:
    """Failures of the environment end a command with one line and exit code 3 or 2; our own bugs keep their traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ConfigError as error:
            fail("\n".join(str(fault) for fault in error.faults), USAGE)
        except AddressError as error:
            fail(str(error), USAGE)
        except Refusal as error:
            fail(str(error), FOUND)
        except (JournalError, SharedDatabaseError, EvidenceError, HistorianError, PasswordFileError) as error:
            fail(str(error), ENVIRONMENT)
        except BrokenPipeError:
            # who read it has gone, as `| head` does: nobody is left to tell
            raise typer.Exit(ENVIRONMENT) from None
        except OSError as error:
            fail(f"{error.filename or 'the system'}: {error.strerror or error}", ENVIRONMENT)

    return run


def settings(file: Path) -> StationConfig:
    """The station's settings, tag addresses checked. Raises ConfigError."""
    return load_config(file, checks=CHECKS)


def address_fault(address: str) -> str | None:
    """What is wrong with a tag's address, None when nothing is."""
    from drivers.address import parse_address

    try:
        parse_address(address)
    except AddressError as error:
        return str(error)
    return None


def camera_fault(url: str) -> str | None:
    """What is wrong with a camera's URL, None when nothing is."""
    from drivers.cameras.opening import check_camera_url

    try:
        check_camera_url(url)
    except AddressError as error:
        return str(error)
    return None


def formula_faults(addresses: Mapping[str, str]) -> Mapping[str, str]:
    """What is wrong with the formulas among the addresses of all tags, by the tag's name."""
    from drivers.address import is_formula_address

    if not any(is_formula_address(address) for address in addresses.values()):
        return {}
    from drivers.calc import faults_of

    return faults_of(addresses)


CHECKS = DriverChecks(address_fault, camera_fault, formula_faults)
"""What only the drivers can say about a station.toml."""


def log_to(folder: Path, verbose: bool) -> None:
    """Log to a rotating file in the station's folder, and warnings to standard error."""
    folder.mkdir(parents=True, exist_ok=True)
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    file = logging.handlers.RotatingFileHandler(
        folder / "station.log", maxBytes=LOG_BYTES, backupCount=5, encoding="utf-8"
    )
    file.setFormatter(form)
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(form)
    screen.setLevel(logging.INFO if verbose else logging.WARNING)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for name in ("asyncua", "pymodbus"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for handler in (file, screen):
        root.addHandler(handler)


def needs_display(instead: str = "start it where there is one") -> None:
    """End the command where no window can be seen: Qt would abort the program."""
    from station_app.app.display import has_display

    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        fail(f"There is no display here for a window: {instead}.", ENVIRONMENT)


def quiet_libraries() -> None:
    """Commands without a log file show warnings of our own only."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in ("asyncua", "pymodbus"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def as_json_time(us: int | None) -> str | None:
    """Microseconds since the epoch as ISO 8601 UTC."""
    from datetime import UTC, datetime

    if us is None:
        return None
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


JsonOption: Any = typer.Option("--json", help="Print JSON for a program instead of text.")
