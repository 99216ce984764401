"""The Python environment in the cache folder: built once from the hash-pinned lock, found again afterwards.

A virtual environment holds absolute paths, so it cannot be built aside and renamed into place. The marker
``complete`` is written last instead: an environment without it is a remainder of an interrupted start and is
built anew. A lock file lets one start build while others wait.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer import child
from installer.cache import environment_name, exclusive
from installer.console import Fault, Progress, say
from installer.faults import fault_in_output

MARKER = "complete"
# measured: 1.3 GB installed; below this, starting would only end in a full disk
MINIMUM_FREE_BYTES = 1_500_000_000


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment at ``folder``."""

    folder: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """A console script of an installed package."""
        return self.folder / "Scripts" / f"{name}.exe" if os.name == "nt" else self.folder / "bin" / name

    @property
    def packages(self) -> Path:
        """Where its packages lie."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def is_complete(self) -> bool:
        """Whether it was built to the end and the Python that it rests on is still there."""
        return (self.folder / MARKER).is_file() and self.python.exists()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is built from: the lock file, further pip options, the disk space it needs."""

    lock: Path
    pip_options: tuple[str, ...] = ()
    minimum_free_bytes: int = MINIMUM_FREE_BYTES


def ensure_environment(recipe: Recipe, cache: Path, environ: Mapping[str, str]) -> Environment:
    """The environment for this Python and this lock, built now if it is not there yet.

    Raises Fault where it cannot be built; the complete output of pip is then in ``<name>.log`` in ``cache``.
    """
    try:
        requirements = recipe.lock.read_bytes()
    except FileNotFoundError as error:
        raise Fault(f"{recipe.lock} is missing: this checkout is incomplete, get it again.") from error
    name = environment_name(requirements, sys.version_info[:2])
    environment = Environment(cache / name)
    if environment.is_complete():
        return environment
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:  # a home folder in a place where nothing can be made
        raise Fault(f"{cache} cannot be made: set STATION_APP_CACHE to a folder for the environment.") from error
    with exclusive(cache / f"{name}.lock", lambda: say("Another start is building the environment: waiting for it.")):
        if not environment.is_complete():
            _build(environment, recipe, cache / f"{name}.log", environ)
            _name_older(cache, environment)
    return environment


def _build(environment: Environment, recipe: Recipe, log: Path, environ: Mapping[str, str]) -> None:
    folder = environment.folder
    if folder.exists():
        say(f"Removing the unfinished environment {folder}")
        shutil.rmtree(folder)
    free_bytes = shutil.disk_usage(folder.parent).free
    if free_bytes < recipe.minimum_free_bytes:
        raise Fault(
            f"Too little disk space: {free_bytes / 1e9:.1f} GB are free for {folder.parent}, 2 GB are needed."
            " Free some, or set STATION_APP_CACHE to a folder on another disk."
        )
    say(f"Making a Python environment in {folder}")
    _create(folder)
    scratch = folder / "tmp"  # on the same disk: /tmp is often small, and two disks can be full
    scratch.mkdir()
    scratch_variables = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch))
    log.write_bytes(b"")
    _install(environment, recipe, log, {**environ, "PYTHONUTF8": "1", **scratch_variables})
    shutil.rmtree(scratch)
    (folder / MARKER).write_text("", encoding="utf-8")


def _create(folder: Path) -> None:
    try:
        import venv  # here: only a start that builds needs it
    except ImportError as error:
        raise Fault("This Python has no venv module: sudo apt-get install python3-venv, and start again.") from error
    # without pip: Debian's Python has no ensurepip, and an environment needs none of its own
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")


def _install(environment: Environment, recipe: Recipe, log: Path, environ: Mapping[str, str]) -> None:
    """Install the lock with uv where there is one, else (or when it fails) with pip."""
    options = ("--require-hashes", *recipe.pip_options, "-r", str(recipe.lock))
    command: list[str | Path]
    if uv := shutil.which("uv", path=environ.get("PATH")):
        command = [uv, "pip", "install", "--python", environment.python, "--compile-bytecode", *options]
        if _watched(command, environment, recipe, log, environ) is None:
            return
        say("uv could not install the packages; trying pip.")
    command = [*_pip(environment, log, environ), "install", *_QUIET, *options]
    output = _watched(command, environment, recipe, log, environ)
    if output is not None:
        raise fault_in_output(output, environment.folder.parent, log)


# a user's configuration may say "user = true", which an environment cannot have
_QUIET = (
    "--no-user",
    "--no-input",
    "--disable-pip-version-check",
    "--no-warn-script-location",
    "--progress-bar",
    "off",
)


def _pip(environment: Environment, log: Path, environ: Mapping[str, str]) -> Sequence[str | Path]:
    """The command that is pip for the environment: this Python's, or the environment's own from ensurepip."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", environment.python]
    with log.open("ab") as output:
        if child.run([environment.python, "-m", "ensurepip"], environ=environ, output=output) == 0:
            return [environment.python, "-m", "pip"]
    raise Fault(
        f"This Python ({sys.executable}) has no pip: sudo apt-get install python3-pip"
        " (elsewhere: install Python from python.org), and start again."
    )


def _watched(
    command: Sequence[str | Path],
    environment: Environment,
    recipe: Recipe,
    log: Path,
    environ: Mapping[str, str],
) -> str | None:
    """Run pip or uv into ``log`` while showing how far it is; returns what it wrote when it fails, else None."""
    total = count_requirements(recipe.lock.read_text(encoding="utf-8"))
    progress = Progress("Installing the Python packages")

    def count() -> int:
        return sum(1 for _ in environment.packages.glob("*.dist-info"))

    def show() -> None:
        progress.show(progress_state(written(), count() - before, total))

    def written() -> str:
        return log.read_bytes()[log_start:].decode("utf-8", errors="replace")

    # ensurepip may have brought pip itself, and written to the log as uv does
    before = count()
    log_start = log.stat().st_size

    try:
        with log.open("ab") as output:
            code = child.run(command, environ=environ, output=output, on_poll=show)
    except BaseException:
        progress.stop()
        raise
    if code == 0:
        progress.done()
        return None
    progress.stop()
    return written()


def count_requirements(lock_text: str) -> int:
    """How many packages the lock names (a few may be for other platforms)."""
    return len(re.findall(r"^[A-Za-z0-9].*==", lock_text, re.MULTILINE))


def progress_state(output: str, installed: int, total: int) -> str:
    """How far pip is, from its output so far and the number of packages that lie installed."""
    total -= len(re.findall(r"^Ignoring ", output, re.MULTILINE))
    if installed:
        return f"{min(installed, total)}/{total} installed"
    if re.search(r"^Installing collected packages", output, re.MULTILINE):
        return f"0/{total} installed"
    fetched = re.findall(
        r"^(?:Collecting (\S+?)(?:==.*)?|Processing \S*?([^/\\\s]+?)-\d\S*)(?:\s.*)?$", output, re.MULTILINE
    )
    if not fetched:
        return f"0/{total} fetched"
    collected, processed = fetched[-1]
    return f"{min(len(fetched), total)}/{total} fetched, {(collected or processed).lower()}"


def _name_older(cache: Path, environment: Environment) -> None:
    older = sorted(path.name for path in cache.glob("py*") if path.is_dir() and path != environment.folder)
    if older:
        names = ", ".join(older)
        say(f"Environments of other versions in {cache} can be deleted when no checkout uses them: {names}")
