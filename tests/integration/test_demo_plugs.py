"""Lines typed at the demo's terminal pull the plugs of real parts and put them back."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from drivers.base import Quality
from drivers.bench import read_addresses
from station_app.config.secret_files import read_password_file
from station_app.demo.plant import DemoPlant
from station_app.demo.plugs import EXPLAINED, Plugs, terminal_lines
from station_app.services.ports import SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.overview import LineReader
from tests.waiting import wait_until


@pytest.fixture
def said() -> list[str]:
    """What the person at the terminal was told."""
    return []


@pytest.fixture
def plugs(demo_plant: DemoPlant, said: list[str]) -> Iterator[Plugs]:
    """The plugs of the running plant; what a failed test left pulled is put back."""
    plugs = Plugs(demo_plant, said.append)
    yield plugs
    for name in sorted(plugs.pulled):
        plugs.turn(name)


def test_the_press_goes_and_comes_back(plugs: Plugs, demo_plant: DemoPlant, said: list[str]) -> None:
    def quality() -> Quality:
        [(_, sample)] = read_addresses([f"opcua://127.0.0.1:{demo_plant.ports.opcua}/ns=2;s=Press.Force"], 2.0)
        return sample.quality

    assert quality() is Quality.GOOD
    plugs.turn("press")
    assert quality() is Quality.BAD
    plugs.turn("press")
    assert quality() is Quality.GOOD
    assert said == ["The plug of the press is pulled.", "The plug of the press is in again."]


def test_the_server_goes_and_comes_back_with_its_data(plugs: Plugs, demo_plant: DemoPlant) -> None:
    reader = LineReader(DatabaseAddress.from_url(read_password_file(demo_plant.reader_file)))
    stations = len(reader.line_status())
    plugs.turn("server")
    with pytest.raises(SharedDatabaseError):
        reader.line_status()
    plugs.turn("server")
    assert len(reader.line_status()) == stations == 3
    reader.close()


def test_another_word_is_answered_by_what_is_allowed(plugs: Plugs, said: list[str]) -> None:
    plugs.turn("toaster")
    assert said == [EXPLAINED]
    assert not plugs.pulled


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_lines_come_from_the_terminal_only(plugs: Plugs, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = os.openpty()
    with os.fdopen(far, "r", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        typed = terminal_lines()
        assert typed is not None
        plugs.follow(typed)
        os.write(near, b"\n Toaster\n")
        wait_until(lambda: said == [EXPLAINED], 5.0, "the answer")
        os.close(near)
        wait_until(lambda: "plugs" not in _threads(), 5.0, "the end of the lines")
    read_end, write_end = os.pipe()
    os.close(write_end)
    with os.fdopen(read_end, "r", encoding="utf-8") as no_terminal:
        monkeypatch.setattr(sys, "stdin", no_terminal)
        assert terminal_lines() is None


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]
