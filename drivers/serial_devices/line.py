"""A serial line as bytes in and out on the field loop: a port of this computer, or a converter in the network.

A port is read by pyserial in a thread of its own, because on Windows no loop can wait for it; ``socket://HOST:PORT``
(pyserial's word for a serial-to-Ethernet converter in raw TCP mode) is a connection of the loop itself. Every fault is
:class:`LineLost`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import serial

from drivers.connection import reason_of

OPEN_TIMEOUT_S = 1.5
MOST_BYTES = 4096
_READ_TIMEOUT_S = 0.1
_WRITE_TIMEOUT_S = 1.0
_KEEPALIVE_S = 1
_SOCKET = re.compile(r"socket://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.\-]+):(?P<port>\d{1,5})")
_PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
_NUMBER_IN_TEXT = re.compile(r"Error\((\d+),|Errno (\d+)")
_MEANINGS = {
    errno.ENOENT: "there is no port {port}",
    errno.ENODEV: "there is no port {port}",
    errno.EACCES: "{port} may not be used: no permission, or another program has it",
    errno.EPERM: "{port} may not be used: no permission",
    errno.EAGAIN: "another program uses {port}",
    errno.EBUSY: "another program uses {port}",
    errno.EIO: "{port} was unplugged",
    errno.ENXIO: "{port} was unplugged",
}


class LineLost(Exception):
    """The line cannot be read or written any more; the text is for a person."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Which port, and how its characters are coded.

    ``port`` is "COM3", "/dev/ttyUSB0", "socket://HOST:PORT" or "rfc2217://HOST:PORT". ``parity``: none, even or odd.
    ``handshake``: none, rtscts or xonxoff. With socket:// the converter has the coding; here it has no effect.
    """

    port: str
    baud: int = 9600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: int = 1
    handshake: str = "none"


class Line(Protocol):
    """An open line. One task reads, any may write."""

    async def read(self) -> bytes:
        """The bytes that have come, at least one. Raises LineLost."""
        ...

    async def write(self, content: bytes) -> None:
        """Send bytes. Raises LineLost."""
        ...

    async def close(self) -> None: ...


async def open_line(settings: LineSettings) -> Line:
    """Open the line; what was received before is thrown away. Raises LineLost."""
    match = _SOCKET.fullmatch(settings.port)
    if match is not None:
        return await _TcpLine.open(match["host"].strip("[]"), int(match["port"]))
    return await _PortLine.open(settings)


class _TcpLine:
    """A converter: what it receives on its serial side comes over one TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: str) -> None:
        self._reader = reader
        self._writer = writer
        self._place = place

    @classmethod
    async def open(cls, host: str, port: int) -> _TcpLine:
        place = f"{host}:{port}"
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                reader, writer = await asyncio.open_connection(host, port, limit=MOST_BYTES)
        except TimeoutError:
            raise LineLost(f"no answer from {place} within {OPEN_TIMEOUT_S:g} s") from None
        except OSError as error:
            raise LineLost(f"no connection to {place}: {reason_of(error)}") from error
        _keep_alive(writer)
        return cls(reader, writer, place)

    async def read(self) -> bytes:
        try:
            content = await self._reader.read(MOST_BYTES)
        except OSError as error:
            raise LineLost(f"the connection to {self._place} broke: {reason_of(error)}") from error
        if not content:
            raise LineLost(f"{self._place} closed the connection")
        return content

    async def write(self, content: bytes) -> None:
        try:
            self._writer.write(content)
            async with asyncio.timeout(_WRITE_TIMEOUT_S):
                await self._writer.drain()
        except TimeoutError:
            raise LineLost(f"{self._place} takes no characters") from None
        except OSError as error:
            raise LineLost(f"the connection to {self._place} broke: {reason_of(error)}") from error

    async def close(self) -> None:
        self._writer.transport.abort()


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Let the system ask a silent peer whether it is there: a gauge may be silent for hours, a pulled cable is so too."""
    connected = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", _KEEPALIVE_S), ("TCP_KEEPINTVL", _KEEPALIVE_S), ("TCP_KEEPCNT", 1)):
        option = getattr(socket, name, None)  # not every system has all of them
        if option is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


class _PortLine:
    """A port of this computer. Its one thread reads; closing waits for it."""

    def __init__(self, port: serial.Serial, name: str, thread: ThreadPoolExecutor) -> None:
        self._port = port
        self._name = name
        self._thread = thread
        self._reading: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, settings: LineSettings) -> _PortLine:
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"serial {settings.port}")
        opening = asyncio.get_running_loop().run_in_executor(thread, _open_port, settings)
        try:
            return cls(await asyncio.shield(opening), settings.port, thread)
        except BaseException:
            opening.add_done_callback(_close_opened)
            thread.shutdown(wait=False)
            raise

    async def read(self) -> bytes:
        loop = asyncio.get_running_loop()
        while True:
            self._reading = loop.run_in_executor(self._thread, self._read_some)
            if content := await asyncio.shield(self._reading):
                return content

    def _read_some(self) -> bytes:
        with _told_as_lost(self._name):
            content: bytes = self._port.read(1)
            if content:
                content += self._port.read(min(self._port.in_waiting, MOST_BYTES))
            return content

    async def write(self, content: bytes) -> None:
        await asyncio.to_thread(self._write_all, content)

    def _write_all(self, content: bytes) -> None:
        with _told_as_lost(self._name):
            self._port.write(content)

    async def close(self) -> None:
        """Wait for the thread (at most the time of one read), then let the port go."""
        reading, self._reading = self._reading, None
        if reading is not None and not reading.done():
            await asyncio.wait([reading])
        if reading is not None and not reading.cancelled():
            reading.exception()  # whoever read was cancelled; nobody asks for it any more
        with contextlib.suppress(OSError):  # a port that was pulled out cannot be closed properly
            self._port.close()
        self._thread.shutdown(wait=False)


def _open_port(settings: LineSettings) -> serial.Serial:
    with _told_as_lost(settings.port):
        port = serial.serial_for_url(
            settings.port,
            baudrate=settings.baud,
            bytesize=settings.data_bits,
            parity=_PARITIES[settings.parity],
            stopbits=settings.stop_bits,
            timeout=_READ_TIMEOUT_S,
            write_timeout=_WRITE_TIMEOUT_S,
            rtscts=settings.handshake == "rtscts",
            xonxoff=settings.handshake == "xonxoff",
            exclusive=True if os.name == "posix" else None,
        )
        port.reset_input_buffer()
        return port


def _close_opened(opening: asyncio.Future[serial.Serial]) -> None:
    """A port that opened when nobody waited for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


@contextlib.contextmanager
def _told_as_lost(name: str) -> Iterator[None]:
    """pyserial's exceptions in words for a person."""
    try:
        yield
    except serial.SerialTimeoutException as error:
        raise LineLost(f"{name} takes no characters") from error
    except (OSError, ValueError, TypeError) as error:
        # SerialException is an OSError whose text repeats the port; TypeError comes from a port that closes while it is read
        raise LineLost(_sentence(name, error)) from error


def _sentence(name: str, error: Exception) -> str:
    """What is wrong with a port. pyserial puts the system's number into its text on Windows, and beside it elsewhere."""
    number = error.errno if isinstance(error, OSError) else None
    found = _NUMBER_IN_TEXT.search(str(error))
    if number is None and found is not None:
        number = int(found[1] or found[2])
    if number is not None and number in _MEANINGS:
        return _MEANINGS[number].format(port=name)
    text = str(error)
    if "disconnected" in text or "no data" in text or isinstance(error, TypeError):
        return f"{name} was unplugged"
    return f"{name}: {os.strerror(number) if number is not None else text or type(error).__name__}"
