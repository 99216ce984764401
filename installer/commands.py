"""The commands of bootstrap: `demo`, `station` and `test`, each after everything has been set up."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from installer import child
from installer.cache import cache_folder
from installer.checks import repository_checks, run_checks
from installer.console import Fault, make_streams_safe, say
from installer.environment import Environment, Recipe, ensure_environment
from installer.faults import fault_of_system
from installer.system_packages import ensure_system_packages

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "installer" / "requirements.lock"

HELP = """\
usage: python3 installer/bootstrap.py COMMAND [ARGUMENTS...]

Sets up everything that the station application needs (the first time: some minutes, about
2 GB in your cache folder), then runs a command in that environment.

  demo [ARGUMENTS...]      the demo plant in windows; --offscreen DIR runs it without a display,
                           --help tells the rest
  station ARGUMENTS...     the `station` command, e.g. `station check station.toml`
  test [ARGUMENTS...]      every check: ruff, mypy, import-linter and pytest, which gets the arguments

STATION_APP_CACHE=FOLDER keeps the environment in another folder; installer/README.md tells more.
"""


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code (130 after Ctrl-C)."""
    make_streams_safe()
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return run_command(arguments)
    except Fault as fault:
        say(f"bootstrap: {fault}")
        return fault.exit_code
    except KeyboardInterrupt:
        say("bootstrap: stopped by Ctrl-C; what was set up so far is used or replaced by the next start.")
        return 130
    except OSError as error:
        fault_or_none = fault_of_system(error)
        if fault_or_none is None:
            raise
        say(f"bootstrap: {fault_or_none}")
        return 1


def _terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
    # as an exception, so that a running child is stopped too
    raise SystemExit(128 + signal.SIGTERM)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command. Raises Fault where the machine or the command line does not allow it."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in ("-h", "--help"):
        print(HELP, end="")
        return 0
    if command == "demo":
        refuse_without_display(rest, os.environ)
        return _run_station(_set_up(), ["demo", *rest])
    if command == "station":
        return _run_station(_set_up(), rest)
    if command == "test":
        refuse_read_only(ROOT)
        checks = repository_checks(_set_up(), rest)
        return 1 if run_checks(checks, ROOT, check_variables(os.environ)) else 0
    wrong = f"unknown command {command!r}" if command else "no command"
    raise Fault(f"{wrong}: use demo, station or test (--help tells what they do).", exit_code=2)


def refuse_without_display(
    demo_arguments: Sequence[str], environ: Mapping[str, str], platform: str = sys.platform
) -> None:
    """Raise Fault where the demo's windows could not be shown; before a setup of minutes, not after it."""
    needs_none = any(a in ("-h", "--help", "--offscreen") or a.startswith("--offscreen=") for a in demo_arguments)
    if needs_none or not platform.startswith("linux") or environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return
    raise Fault(
        "No display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the demo cannot open its windows:"
        " add --offscreen DIR to run it without one and get its pictures in DIR.",
        exit_code=2,
    )


def refuse_read_only(checkout: Path) -> None:
    """Raise Fault where the checks could not keep their caches: each of them would fail with a reason of its own."""
    if not os.access(checkout, os.W_OK):
        raise Fault(
            f"The checks write in the checkout, and nothing can be written in {checkout}: run them in a copy of it."
            " The demo and the station need not write there."
        )


def _set_up() -> Environment:
    cache = cache_folder(os.environ)
    ensure_system_packages(cache / "apt.log")
    return ensure_environment(Recipe(LOCK), cache, os.environ)


def with_checkout(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables with this checkout first on the import path, whatever folder the program runs in.

    Python may keep what it compiled: without that, each of the demo's processes and of the hundreds that the tests start
    would compile a thousand modules again, which takes longer than all else at a start.
    """
    paths = [str(ROOT), *filter(None, [environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def check_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for the checks: no window opens unless the caller chose a platform for Qt."""
    return {"QT_QPA_PLATFORM": "offscreen", **with_checkout(environ), "PYTHONUTF8": "1"}


def _run_station(environment: Environment, arguments: Sequence[str]) -> int:
    # -P: a file in the folder where the user stands must not be imported instead of ours
    command = [str(environment.python), "-P", "-m", "station_app", *arguments]
    variables = with_checkout(os.environ)
    if os.name != "nt":  # which has no exec that the caller would wait for
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, variables)
    return child.run(command, environ=variables)
