"""A serial line without hardware: two pseudo terminals with a wire between them that a test can cut, spoil and listen to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo terminals exist on Linux and macOS only", allow_module_level=True)

import tty

Spoil = Callable[[bytes], bytes]


def unspoiled(portion: bytes) -> bytes:
    """The wire as it should be."""
    return portion


class PtyLine:
    """The wire: ``station_port`` and ``device_port`` are device files. ``spoil`` changes what the device sends."""

    def __init__(self) -> None:
        self.spoil: Spoil = unspoiled
        self.asked = 0
        self._masters: list[int] = []
        self._slaves: list[int] = []
        self.station_port, self.device_port = self._open(), self._open()

    def _open(self) -> str:
        master, slave = _terminal()
        self._masters.append(master)
        # kept open, or the first side that closes its end would hang up the line
        self._slaves.append(slave)
        return os.ttyname(slave)

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        station, device = self._masters
        loop.add_reader(station, self._from_station)
        loop.add_reader(device, self._from_device)

    def say(self, portion: bytes) -> None:
        """Put bytes on the line that nobody sent."""
        os.write(self._masters[0], portion)

    def unplug_station(self) -> None:
        """Pull the station's adapter: its device file is gone."""
        asyncio.get_running_loop().remove_reader(self._masters[0])
        os.close(self._slaves[0])
        os.close(self._masters[0])
        self._masters[0] = self._slaves[0] = -1

    def plug_in_station(self) -> None:
        """Plug the adapter in again: it gets a device file, maybe of another name."""
        master, slave = _terminal()
        self._masters[0], self._slaves[0], self.station_port = master, slave, os.ttyname(slave)
        asyncio.get_running_loop().add_reader(master, self._from_station)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for descriptor in self._masters:
            if descriptor >= 0:
                loop.remove_reader(descriptor)
        for descriptor in (*self._slaves, *self._masters):
            if descriptor >= 0:
                os.close(descriptor)

    def _from_station(self) -> None:
        portion = _read(self._masters[0])
        self.asked += bool(portion)
        _write(self._masters[1], portion)

    def _from_device(self) -> None:
        portion = self.spoil(_read(self._masters[1]))
        _write(self._masters[0], portion)


def _terminal() -> tuple[int, int]:
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # EIO: nobody has the other end open just now
        return b""


def _write(descriptor: int, portion: bytes) -> None:
    if portion and descriptor >= 0:
        with contextlib.suppress(BlockingIOError):  # a line that nobody reads loses what is sent
            os.write(descriptor, portion)


@contextlib.asynccontextmanager
async def pty_line() -> AsyncIterator[PtyLine]:
    line = PtyLine()
    line.start()
    try:
        yield line
    finally:
        line.close()


def plugged(folder: Path, line: PtyLine) -> Path:
    """The name that udev gives an adapter, wherever it is plugged in."""
    name = folder / "ttyUSB"
    name.unlink(missing_ok=True)
    name.symlink_to(line.station_port)
    return name
