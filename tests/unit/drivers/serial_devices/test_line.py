"""Opening a port that is not there, is taken, is none, or is pulled out: one sentence each."""

from __future__ import annotations

import asyncio
import sys

import pytest
import serial

from drivers.serial_devices import line as line_module
from drivers.serial_devices.line import LineLost, LineSettings, open_line
from drivers.simulation.line import PtyEnd

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def opening(port: str) -> None:
    async def scenario() -> None:
        await (await open_line(LineSettings(port))).close()

    asyncio.run(scenario())


def test_a_port_that_is_not_there() -> None:
    with pytest.raises(LineLost, match=r"^there is no port /dev/ttyNothing$"):
        opening("/dev/ttyNothing")


@pytest.mark.skipif(sys.platform == "win32", reason="a folder is no port's name there")
def test_what_is_no_port() -> None:
    with pytest.raises(LineLost, match=r"^/dev"):
        opening("/dev/null")


@needs_pty
def test_a_port_that_another_program_uses_and_one_that_is_pulled_out() -> None:
    async def scenario() -> None:
        end = PtyEnd()
        await end.plug_in(lambda content: None)
        first = await open_line(LineSettings(end.path))
        with pytest.raises(LineLost, match=f"^another program uses {end.path}$"):
            await open_line(LineSettings(end.path))
        reading = asyncio.create_task(first.read())
        end.send(b"7.5 mm\r\n")
        assert await reading == b"7.5 mm\r\n"
        await end.unplug()
        with pytest.raises(LineLost, match=f"^{end.path} was unplugged$"):
            await first.read()
        await first.close()

    asyncio.run(scenario())


def test_what_windows_says_is_understood() -> None:
    """pyserial's texts there have the system's number inside."""
    said = {
        "could not open port 'COM4': FileNotFoundError(2, 'not found', None, 2)": "there is no port COM4",
        "could not open port 'COM4': PermissionError(13, 'denied', None, 5)": "COM4 may not be used: no permission, "
        "or another program has it",
        "ClearCommError failed (OSError(9, 'handle'))": "COM4: Bad file descriptor",
    }
    for text, sentence in said.items():
        with pytest.raises(LineLost) as lost, line_module._told_as_lost("COM4"):
            raise serial.SerialException(text)
        assert str(lost.value) == sentence
