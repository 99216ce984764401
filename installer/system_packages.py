"""What Qt needs from a Linux distribution: libraries and fonts, found missing in milliseconds.

They are installed when we may (root, or sudo without a password). Nothing here stops the start: otherwise
the one command is printed and Qt itself will name what it misses.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from installer import child
from installer.console import Progress, say

# package -> the library it brings ("" for fonts), by which other distributions are examined
PACKAGES: Mapping[str, str] = {
    "libglib2.0-0": "libglib-2.0.so.0",
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xinerama0": "libxcb-xinerama.so.0",
    "libxrandr2": "libXrandr.so.2",
    "libxrender1": "libXrender.so.1",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libgssapi-krb5-2": "libgssapi_krb5.so.2",
    "libpulse0": "libpulse.so.0",
    "libpipewire-0.3-0": "libpipewire-0.3.so.0",
    "fonts-inter": "",
    "fonts-noto-core": "",
}
# state, name and other names of every package: 5 ms for 700 packages
_QUERY = ("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Package}\t${Provides}\n")


def missing_packages(dpkg_output: str) -> list[str]:
    """Those of PACKAGES that are not installed, by the lines "state TAB name TAB provides" of dpkg-query.

    Newer releases renamed some (libglib2.0-0 is libglib2.0-0t64): what a package provides counts as its name.
    """
    present: set[str] = set()
    for line in dpkg_output.splitlines():
        state, _, names = line.partition("\t")
        if state[1:2] == "i":
            name, _, provides = names.partition("\t")
            present |= {name, *(entry.split("(")[0].strip() for entry in provides.split(","))}
    return [package for package in PACKAGES if package not in present]


def ensure_system_packages(log: Path, platform: str = sys.platform) -> None:
    """Install what is missing where it may be, else print the command; Windows and macOS lack nothing.

    ``log`` takes the complete output of apt-get.
    """
    if not platform.startswith("linux"):
        return
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        _name_missing_libraries()
        return
    missing = _missing_now()
    if not missing:
        return
    arguments = ["install", "-y", "--no-install-recommends", *missing]
    command = " ".join(["apt-get", *arguments])
    is_root = sys.platform != "win32" and os.geteuid() == 0
    if not is_root and not _sudo_works():
        say(f"Qt needs packages that are not installed; run: sudo {command}")
        return
    if not _install(arguments, [] if is_root else ["sudo", "-n"], log) or _missing_now():
        prefix = "" if is_root else "sudo "
        say(
            f"Packages that Qt needs could not be installed (see {log}); run:"
            f" {prefix}apt-get update && {prefix}{command}"
        )


def _missing_now() -> list[str]:
    query = subprocess.run(_QUERY, capture_output=True, encoding="utf-8", errors="replace", check=True)
    return missing_packages(query.stdout)


def _sudo_works() -> bool:
    if shutil.which("sudo") is None:
        return False
    answer = subprocess.run(["sudo", "-n", "true"], check=False, stdin=subprocess.DEVNULL, capture_output=True)
    return answer.returncode == 0


def _install(arguments: Sequence[str], prefix: Sequence[str], log: Path) -> bool:
    """Run apt-get, once more after an update of its lists when it does not know the packages."""
    log.parent.mkdir(parents=True, exist_ok=True)
    # another apt-get (the nightly upgrade) is waited for
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "LC_ALL=C",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    progress = Progress(f"Installing {len(arguments) - 3} system packages for Qt")
    with log.open("wb") as output:

        def run(what: str, *rest: str) -> bool:
            show = partial(progress.show, what)
            return child.run([*apt, *rest], environ=os.environ, output=output, on_poll=show) == 0

        done = run("apt-get install", *arguments) or (
            run("apt-get update", "update") and run("apt-get install", *arguments)
        )
    if done:
        progress.done()
    else:
        progress.stop()
    return done


def _name_missing_libraries() -> None:
    libraries = [library for library in PACKAGES.values() if library and not _loads(library)]
    if libraries:
        names = ", ".join(libraries)
        say(f"Qt needs libraries that are not installed; install them as your distribution does: {names}")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
