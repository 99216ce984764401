"""A serial line as a value: which port, and how its bytes are sent. Standard library only.

    modbus-rtu:///dev/ttyUSB0?baud=19200&parity=even&stop_bits=1
    modbus-rtu://COM3?baud=9600&parity=none

The scheme names the protocol that is spoken on it. What is left out is as Modbus over Serial Line 1.02 has it:
19200 baud, even parity, 1 stop bit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.base import AddressError

BAUDS = (1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 230400, 460800, 921600)
PARITIES = ("none", "even", "odd")
STOP_BITS = (1, 2)
PORT_ALLOWED = "a device file such as /dev/ttyUSB0, or on Windows COM1 to COM256"
_PORT = re.compile(r"/[A-Za-z0-9_./:+-]{1,200}|(?i:COM)[1-9]\d{0,2}")
LINE_OPTIONS = ("baud", "parity", "stop_bits", "echo")


@dataclass(frozen=True, slots=True)
class SerialLine:
    """``port`` is the device file or the COM name. ``echo``: the adapter hears what it sends itself (RS-485, two wires)."""

    port: str
    baud: int = 19200
    parity: str = "even"
    stop_bits: int = 1
    echo: bool = False

    def url(self, scheme: str) -> str:
        """The line as a device's URL."""
        text = f"{scheme}://{self.port}?baud={self.baud}&parity={self.parity}&stop_bits={self.stop_bits}"
        return text + ("&echo=true" if self.echo else "")

    @property
    def character_s(self) -> float:
        """How long one byte is on the way, in seconds: start bit, 8 bits, parity and stop bits."""
        return (9 + (self.parity != "none") + self.stop_bits) / self.baud

    def __str__(self) -> str:
        return f"{self.port} ({self.baud} baud, {self.parity} parity)"


def is_port(text: str) -> bool:
    """Whether a text can be a serial port's name."""
    return _PORT.fullmatch(text) is not None


def parse_serial_line(url_text: str, scheme: str) -> SerialLine:
    """Understand ``SCHEME://PORT?options``; raises AddressError."""
    before, separator, after = url_text.partition("://")
    port, _, query = after.partition("?")
    if before != scheme or not separator or not is_port(port):
        raise _fault(url_text, f'"{port}" is no serial port', f"{scheme}://PORT, where PORT is {PORT_ALLOWED}")
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if key not in LINE_OPTIONS or key in options:
            raise _fault(
                url_text, f'option "{part}" is unknown or given twice', ", ".join(f"{o}=" for o in LINE_OPTIONS)
            )
        options[key] = value
    return SerialLine(
        port,
        int(_choice(url_text, "baud", options.get("baud", "19200"), BAUDS)),
        _choice(url_text, "parity", options.get("parity", "even"), PARITIES),
        int(_choice(url_text, "stop_bits", options.get("stop_bits", "1"), STOP_BITS)),
        _choice(url_text, "echo", options.get("echo", "false"), ("true", "false")) == "true",
    )


def _choice(url_text: str, name: str, value: str, allowed: tuple[int, ...] | tuple[str, ...]) -> str:
    words = [str(word) for word in allowed]
    if value not in words:
        raise _fault(url_text, f'{name} is "{value}"', ", ".join(words))
    return value


def _fault(url_text: str, what: str, allowed: str) -> AddressError:
    return AddressError(f'serial line "{url_text}": {what}; allowed: {allowed}')
