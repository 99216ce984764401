"""Passwords: never in station.toml, but in a credential file for the station's account only, or the environment."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from station_app.config.settings import CameraSettings, OpcUaSettings, SharedDatabaseSettings

PASSWORD_VARIABLE = "STATION_DB_PASSWORD"  # the name of the variable, not a password
MAX_PASSWORD_BYTES = 1024


class PasswordFileError(ValueError):
    """A credential file that cannot be used; the message says why and what to do."""


def read_password_file(path: Path) -> str:
    """The password on the first line of a credential file.

    Raises PasswordFileError when it is absent, unreadable, empty, longer than a line, or readable for others.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PasswordFileError(f"{path} is not a file")
        if sys.platform != "win32" and status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise PasswordFileError(f"others may read {path} (mode {mode:04o}); run: chmod 600 {path}")
        with path.open("rb") as file:
            content = file.read(MAX_PASSWORD_BYTES + 1)
        password = content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise PasswordFileError(f"{path} is not UTF-8 text") from error
    except OSError as error:
        raise PasswordFileError(f"{path} cannot be read: {error.strerror}") from error
    if not password or len(content) > MAX_PASSWORD_BYTES or "\n" in password:
        raise PasswordFileError(f"{path} must hold the password alone, on one line")
    return password


def shared_database_password(settings: SharedDatabaseSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password for the shared database: from the environment where it is set, else from the credential file.

    Empty where neither is given (the station then logs in with its certificate). Raises PasswordFileError.
    """
    if environ.get(PASSWORD_VARIABLE):
        return environ[PASSWORD_VARIABLE]
    return read_password_file(settings.password_file) if settings.password_file else ""


def device_password(settings: OpcUaSettings | CameraSettings) -> str:
    """The password of a device's or camera's user; empty where there is none. Raises PasswordFileError."""
    return read_password_file(settings.password_file) if settings.password_file else ""
