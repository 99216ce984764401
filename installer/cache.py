"""The per-user cache folder: where it is, what an environment in it is called, who may build there."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from installer.console import Fault

LOCK_POLL_S = 0.2


def cache_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The folder for all that bootstrap makes: STATION_APP_CACHE, else where the platform keeps caches.

    Raises Fault where there is no home folder to keep it in.
    """
    if override := environ.get("STATION_APP_CACHE"):
        return Path(override).absolute()
    try:
        if platform == "win32":
            local = environ.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData" / "Local") / "station-app"
        if platform == "darwin":
            return Path.home() / "Library" / "Caches" / "station-app"
        configured = environ.get("XDG_CACHE_HOME", "")
        # the XDG specification has relative paths ignored
        return (Path(configured) if Path(configured).is_absolute() else Path.home() / ".cache") / "station-app"
    except RuntimeError as error:
        raise Fault(f"No home folder ({error}): set STATION_APP_CACHE to a folder for the environment.") from error


def environment_name(requirements: bytes, version: tuple[int, int], platform: str = "") -> str:
    """``py3.11-linux-x86_64-<hash of the lock>``: another lock or another Python is another environment."""
    digest = hashlib.sha256(requirements).hexdigest()[:12]
    return f"py{version[0]}.{version[1]}-{platform or sysconfig.get_platform()}-{digest}"


@contextmanager
def exclusive(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file ``path``; the operating system frees it when its holder dies.

    ``on_wait`` is called once when another process holds it; then it is waited for without limit.
    """
    with path.open("a+b") as file:
        waiting = False
        while not _try_lock(file):
            if not waiting:
                waiting = True
                on_wait()
            time.sleep(LOCK_POLL_S)
        yield  # closing the file frees the lock


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0, os.SEEK_SET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
