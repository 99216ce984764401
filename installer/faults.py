"""What went wrong, in the words of a person: from the output of pip or uv, and from the operating system."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from installer.console import Fault

# Windows' own numbers: disk full (twice), access denied
_WINDOWS_FULL = (39, 112)
_WINDOWS_DENIED = (5,)

_ELSEWHERE = "(or set STATION_APP_CACHE to a folder on another disk)"
_DISK_FULL = r"No space left|\[Errno 28\]|not enough space on the disk|\[WinError 112\]|Disk quota exceeded"
_HASH_DIFFERS = r"DO NOT MATCH THE HASHES|Hash mismatch for"
_DENIED = r"Permission denied|\[Errno 13\]|\[WinError 5\]|Read-only file system"
_CERTIFICATE = r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate"
_NO_NETWORK = "|".join(
    [
        "NewConnectionError|Failed to establish a new connection|Could not connect|Connection refused",
        "name resolution|Name or service not known|getaddrinfo failed|nodename nor servname|dns error",
        "Network is unreachable|No route to host|ConnectTimeoutError|ReadTimeoutError|Read timed out",
        "Connection reset|Connection aborted|RemoteDisconnected|IncompleteRead|ProxyError|sending request",
    ]
)

# The first that is found names the fault: a full disk can look like a broken download, hence the order.
_FAULTS_IN_OUTPUT: tuple[tuple[str, str], ...] = (
    (_DISK_FULL, f"The disk is full: free about 2 GB for {{folder}} {_ELSEWHERE} and start again."),
    (
        _HASH_DIFFERS,
        (
            "A downloaded package is not the one that the lock names (its hash differs), so it was not used."
            " Start again; if it stays so, the index or a proxy delivers altered files: ask who runs it."
        ),
    ),
    (
        "Hashes are required in --require-hashes mode",
        "The lock has no hash for every package: compile it again as installer/README.md says.",
    ),
    (
        _DENIED,
        (
            "No permission to write: make {folder} writable for you"
            " (or set STATION_APP_CACHE to a folder that is) and start again."
        ),
    ),
    (
        _CERTIFICATE,
        (
            "The package index's certificate was not accepted: behind a company's proxy, set PIP_CERT to its"
            " certificate file; also check this computer's clock."
        ),
    ),
    (
        _NO_NETWORK,
        (
            "No network: the package index cannot be reached. Connect this computer (behind a proxy, set"
            " HTTPS_PROXY) and start again; complete downloads are kept."
        ),
    ),
)
_NOT_FOUND = re.compile(r"No matching distribution found for (\S+)")
# pip that was told not to retry says nothing else when nobody answers
_NO_VERSION_AT_ALL = re.compile(r"satisfies the requirement (\S+) \(from versions: none\)")


def fault_in_output(output: str, folder: Path, log: Path) -> Fault:
    """The one line for what pip or uv wrote before it failed; ``log`` holds all of it."""
    kept = f" Complete output: {log}"
    for pattern, text in _FAULTS_IN_OUTPUT:
        if re.search(pattern, output, re.IGNORECASE):
            return Fault(text.format(folder=folder) + kept)
    if found := _NO_VERSION_AT_ALL.search(output):
        return Fault(
            f"No network, or the package index does not have {found[1]} for this Python and computer: connect this computer"
            " (behind a proxy, set HTTPS_PROXY), use an index that mirrors all of PyPI (`pip config list` shows the one in"
            " use), and start again." + kept
        )
    if found := _NOT_FOUND.search(output):
        return Fault(
            f"The package index does not have {found[1]} for this Python and computer: use one that mirrors"
            " all of PyPI (`pip config list` shows the one in use)." + kept
        )
    errors = [line for line in output.splitlines() if line.lower().startswith("error")]
    said = errors[-1] if errors else "it ended without saying why"
    return Fault(f"The packages could not be installed: {said.rstrip('.')}." + kept)


def fault_of_system(error: OSError) -> Fault | None:
    """The one line for a full disk, a missing permission or a file in the way; None for any other error."""
    place = error.filename or "the cache folder"
    windows = getattr(error, "winerror", None)
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or windows in _WINDOWS_FULL:
        return Fault(f"The disk is full while writing {place}: free about 2 GB {_ELSEWHERE} and start again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) or windows in _WINDOWS_DENIED:
        return Fault(f"No permission to use {place}: make it yours, or set STATION_APP_CACHE to a folder that is.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return Fault(f"{place} cannot be a folder, a file is in its way: set STATION_APP_CACHE to another one.")
    return None
