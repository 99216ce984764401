"""The sections of station.toml that concern the station itself: identity, shared database, scanner, policy, display."""

from __future__ import annotations

import re
from pathlib import Path

import platformdirs

from station_app.config.secret_files import PASSWORD_VARIABLE, PasswordFileError, read_password_file
from station_app.config.settings import (
    DisplaySettings,
    PolicySettings,
    ScannerSettings,
    SharedDatabaseSettings,
    StationSettings,
)
from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import shown
from station_app.domain.offline_policy import OfflinePolicy

KINDS = ("assembly", "test", "inspection")
LANGUAGES = ("en", "de")
THEMES = ("light", "dark")
SSL_MODES = ("disable", "require", "verify-ca", "verify-full")
OFFLINE_POLICIES = tuple(policy.value for policy in OfflinePolicy)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
HOST = r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?"
_LEVEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 _.-]{0,61}[A-Za-z0-9_])?")
_LEVELS = "Enterprise/Site/Area/WorkCenter/WorkUnit"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_station(table: AuthoredTable, base: Path) -> StationSettings:
    """The section [station]; a relative folder starts at ``base``, the folder of station.toml."""
    path = table.text("path")
    if path:
        _check_station_path(table, path)
    name = table.text("name", path.rsplit("/", 1)[-1], longest=40)
    folder_text = table.text("folder", "", longest=400)
    own = re.sub(r"[^A-Za-z0-9_.-]+", "-", path).strip(".-") or "station"
    default = Path(platformdirs.user_data_dir("station-app", appauthor=False)) / own
    settings = StationSettings(
        path=path,
        name=name,
        title=table.text("title", name, longest=80),
        kind=table.text("kind", choices=KINDS),
        folder=resolve(folder_text, base) if folder_text else default,
        language=table.text("language", "en", choices=LANGUAGES),
        theme=table.text("theme", "light", choices=THEMES),
    )
    if folder_text and settings.folder.exists() and not settings.folder.is_dir():
        table.fault("folder", f"{settings.folder} is not a folder", "a folder that exists or can be made")
    table.done()
    return settings


def _check_station_path(table: AuthoredTable, path: str) -> None:
    fault = station_path_fault(path)
    if fault is not None:
        table.fault("path", *fault)


def station_path_fault(path: str) -> tuple[str, str] | None:
    """What is wrong with a station's path, and what is allowed; None when nothing is."""
    levels = path.split("/")
    wrong = next((level for level in levels if not _LEVEL.fullmatch(level)), None)
    if len(levels) != 5:
        found = "1 level" if len(levels) == 1 else f"{len(levels)} levels"
        return f"has {found} instead of 5", f'{_LEVELS}, e.g. "Demo/Plant/Hall1/Line1/ASM-10"'
    if wrong is not None:
        allowed = "letters, digits, space, - _ and . (at most 63)"
        return f"the level {shown(wrong)} cannot be used" if wrong else "a level is empty", allowed
    return None


def read_shared_database(table: AuthoredTable, base: Path) -> SharedDatabaseSettings:
    """The section [shared_database]."""
    refuse_password(table, f'password_file = "FILE" (mode 0600), or the environment variable {PASSWORD_VARIABLE}')
    host = table.text("host", pattern=HOST, allowed="a host name or an IP address")
    sslmode = table.text("sslmode", "verify-full", choices=SSL_MODES)
    if sslmode == "disable" and host and host not in LOOPBACK:
        table.fault(
            "sslmode",
            "leaves the connection to another computer unprotected",
            '"verify-full"; "disable" only for a database on this computer',
        )
    rootcert = table.text("sslrootcert", "")
    if rootcert and rootcert != "system":
        rootcert = str(existing_file(table, "sslrootcert", base) or "")
    elif not rootcert and sslmode.startswith("verify") and not table.has("sslrootcert"):
        table.fault(
            "sslmode" if table.has("sslmode") else "",
            f'"{sslmode}" needs sslrootcert',
            'sslrootcert = "FILE" with the certificate of the authority, or "system"',
        )
    settings = SharedDatabaseSettings(
        host=host,
        port=table.integer("port", 5432, low=1, high=65535),
        database=table.text("database", "mes", longest=63),
        user=table.text("user", longest=63),
        sslmode=sslmode,
        sslrootcert=rootcert,
        sslcert=existing_file(table, "sslcert", base),
        sslkey=existing_file(table, "sslkey", base),
        password_file=password_file(table, base),
    )
    for key, other in (("sslcert", "sslkey"), ("sslkey", "sslcert")):
        if table.has(key) and not table.has(other):
            table.fault(key, f"needs {other} as well", "both or neither")
    table.done()
    return settings


def read_scanner(table: AuthoredTable | None) -> ScannerSettings:
    """The section [scanner]; defaults when it is absent."""
    if table is None:
        return ScannerSettings()
    settings = ScannerSettings(
        prefix=table.text("prefix", "", longest=8),
        suffix=table.text("suffix", "\r", longest=8),
        max_key_gap_ms=table.integer("max_key_gap_ms", 30, low=5, high=50),
        min_length=table.integer("min_length", 4, low=1, high=64),
    )
    table.done()
    return settings


def read_policy(table: AuthoredTable | None) -> PolicySettings:
    """The section [policy]; defaults when it is absent."""
    if table is None:
        return PolicySettings()
    settings = PolicySettings(
        previous_operation_offline=table.text("previous_operation_offline", "block", choices=OFFLINE_POLICIES),
        esd_valid_hours=table.number("esd_valid_hours", 12.0, low=0.5, high=168),
        most_reworks=table.integer("most_reworks", 3, low=0, high=20),
    )
    table.done()
    return settings


def read_display(table: AuthoredTable | None) -> DisplaySettings:
    """The section [display]; defaults when it is absent."""
    if table is None:
        return DisplaySettings()
    density = table.number("px_per_mm", 0.0, low=1, high=60)
    settings = DisplaySettings(px_per_mm=density or None, full_screen=table.boolean("full_screen", False))
    table.done()
    return settings


def resolve(text: str, base: Path) -> Path:
    """A path as written: "~" is the home folder, a relative one starts at ``base``."""
    path = Path(text).expanduser()
    return path if path.is_absolute() else base / path


def existing_file(table: AuthoredTable, key: str, base: Path, *, folder: bool = False) -> Path | None:
    """The file (or folder) that a key names; a fault when it does not exist."""
    text = table.text(key, "", longest=400)
    if not text:
        if table.has(key):
            table.fault(key, "names no file", "the path of a file, or leave the key out")
        return None
    if _CONTROL.search(text):
        table.fault(
            key, "has a control character", "in TOML write a backslash twice, or put the path in 'single quotes'"
        )
        return None
    path = resolve(text, base)
    if not (path.is_dir() if folder else path.is_file()):
        what = "folder" if folder else "file"
        table.fault(key, f"there is no {what} {path}", f"the path of a {what}; a relative one starts at {base}")
    return path


def password_file(table: AuthoredTable, base: Path) -> Path | None:
    """The credential file that ``password_file`` names, readable and with the right mode."""
    path = existing_file(table, "password_file", base)
    if path is not None and path.is_file():
        try:
            read_password_file(path)
        except PasswordFileError as error:
            table.fault("password_file", str(error), "a file with the password on one line, mode 0600")
    return path


def refuse_password(table: AuthoredTable, instead: str) -> None:
    """A password in station.toml is a fault that says where it belongs; its text is not repeated."""
    for key in ("password", "passwd", "pwd"):
        if table.has(key):
            table.know(key)
            table.values[key] = "…"
            table.fault(key, "a password must not be in this file", instead)
