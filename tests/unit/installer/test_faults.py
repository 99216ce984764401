"""What pip, uv and the operating system say becomes one line that tells what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from installer.faults import fault_in_output, fault_of_system

NEW_CONNECTION = (
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<HTTPS"
    "Connection object>: [Errno -3] Temporary failure in name resolution')'"
)
NOT_FOUND = (
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\n"
    "ERROR: No matching distribution found for numpy==2.4.6"
)
TIMED_OUT = "urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out."
BAD_CERTIFICATE = "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (f"{NEW_CONNECTION}\n{NOT_FOUND}", "No network"),
        ("  Caused by: dns error: failed to lookup address information", "No network"),
        (TIMED_OUT, "No network"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded",
            "disk is full",
        ),
        (f"{NEW_CONNECTION}\nOSError: [WinError 112] There is not enough space on the disk", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        ("error: Hash mismatch for `numpy==2.4.6`", "its hash differs"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'",
            "No permission to write",
        ),
        (BAD_CERTIFICATE, "certificate was not accepted"),
        # pip without retries says no more than this when nobody answers
        (NOT_FOUND, "No network, or the package index does not have numpy==2.4.6 for this Python"),
        (NOT_FOUND.replace("none", "2.4.5"), "The package index does not have numpy==2.4.6 for this Python"),
        (
            "Collecting numpy\nERROR: Failed building wheel for numpy.",
            "ERROR: Failed building wheel for numpy. ",
        ),
        ("", "it ended without saying why"),
    ],
)
def test_output_of_pip(output: str, expected: str) -> None:
    fault = fault_in_output(output, Path("/cache"), Path("/cache/env.log"))
    assert expected in str(fault)
    assert "\n" not in str(fault)
    assert str(fault).endswith(f"Complete output: {Path('/cache/env.log')}")
    assert fault.exit_code == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/cache/a"),
            "The disk is full while writing /cache/a",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/cache/a"), "No permission to use /cache/a"),
        (OSError(errno.EROFS, "Read-only file system", "/cache/a"), "No permission to use /cache/a"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/cache/a"), "/cache/a cannot be a folder"),
    ],
)
def test_error_of_the_system(error: OSError, expected: str) -> None:
    fault = fault_of_system(error)
    assert fault is not None
    assert expected in str(fault)
    assert "STATION_APP_CACHE" in str(fault)


def test_other_errors_of_the_system_are_ours() -> None:
    assert fault_of_system(OSError(errno.EBADF, "Bad file descriptor")) is None
