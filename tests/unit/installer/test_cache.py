"""Where the environment is, what it is called, who may build it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from installer.cache import cache_folder, environment_name, exclusive
from tests.waiting import wait_until


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, "~/.cache/station-app"),
        ("linux", {"XDG_CACHE_HOME": "/var/me"}, "/var/me/station-app"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "~/.cache/station-app"),
        ("darwin", {"XDG_CACHE_HOME": "/var/me"}, "~/Library/Caches/station-app"),
        ("win32", {"LOCALAPPDATA": "/users/me/local"}, "/users/me/local/station-app"),
        ("win32", {}, "~/AppData/Local/station-app"),
        ("linux", {"STATION_APP_CACHE": "/data/cache", "XDG_CACHE_HOME": "/var/me"}, "/data/cache"),
    ],
)
def test_cache_folder(platform: str, environ: dict[str, str], expected: str) -> None:
    assert cache_folder(environ, platform) == Path(expected).expanduser()


def test_relative_override_is_made_absolute() -> None:
    assert cache_folder({"STATION_APP_CACHE": "here"}) == Path.cwd() / "here"


def test_environment_name_changes_with_lock_python_and_platform() -> None:
    name = environment_name(b"numpy==1", (3, 11), "linux-x86_64")
    assert name.startswith("py3.11-linux-x86_64-")
    assert name == environment_name(b"numpy==1", (3, 11), "linux-x86_64")
    others = {
        environment_name(b"numpy==2", (3, 11), "linux-x86_64"),
        environment_name(b"numpy==1", (3, 12), "linux-x86_64"),
        environment_name(b"numpy==1", (3, 11), "linux-aarch64"),
    }
    assert len(others | {name}) == 4


def test_one_holder_at_a_time_and_the_waiting_one_is_told(tmp_path: Path) -> None:
    told = threading.Event()
    entered = threading.Event()

    def second() -> None:
        with exclusive(tmp_path / "lock", told.set):
            entered.set()

    other = threading.Thread(target=second)
    with exclusive(tmp_path / "lock", lambda: pytest.fail("nobody holds it")):
        other.start()
        wait_until(told.is_set, 5, "the second to find it held")
        assert not entered.is_set()
    wait_until(entered.is_set, 5, "the second to enter")
    other.join()
