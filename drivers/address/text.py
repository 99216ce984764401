"""What the addresses of all protocols share: their beginning, their options, and the sentence that says what is wrong."""

from __future__ import annotations

import math
import re
from urllib.parse import unquote_to_bytes

from drivers.base import AddressError

SCHEMES = ("opcua", "modbus", "mtconnect")
DEFAULT_PORTS = {"opcua": 4840, "modbus": 502, "mtconnect": 5000}
HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.\-]+):(?P<port>\d{1,5})")
NODE_SAFE = "=;:/,.!~*'()@$&+-_\"<>[] |"
_DEVICE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")


def host_and_port(authority: str) -> tuple[str, int] | None:
    """``(host, port)`` of an authority, or None when it is a device's name."""
    match = HOST_PORT.fullmatch(authority)
    if match is None:
        return None
    return match["host"].strip("[]"), int(match["port"])


def fault(address_text: str, what: str, allowed: str) -> AddressError:
    """What is raised for an address."""
    return AddressError(f'address "{address_text}": {what}; allowed: {allowed}')


def split(text: str) -> tuple[str, str, str]:
    """Scheme, authority and the rest of a URL. Raises AddressError."""
    scheme, separator, after = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in SCHEMES:
        raise fault(text, "it does not begin with a known protocol", " or ".join(f"{s}://..." for s in SCHEMES))
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise fault(text.encode("unicode_escape").decode(), "it has a control character", "printable text")
    end = next((i for i, character in enumerate(after) if character in "/?"), len(after))
    authority, rest = after[:end], after[end:]
    named = HOST_PORT.fullmatch(authority)
    if named is None and not _DEVICE_NAME.fullmatch(authority):
        allowed = "HOST:PORT or a device's name (letters, digits, _ . -), without user or password"
        raise fault(text, f'"{authority}" is no device', allowed)
    if named is not None and not 1 <= int(named["port"]) <= 65535:
        raise fault(text, f"port {named['port']} does not exist", "1 to 65535")
    return scheme, authority, rest


def decode(text: str, part: str) -> str:
    """A part of an address with its % codes undone. Raises AddressError."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", part):
        raise fault(text, f'"{part}" has a % that begins no code', "%25 for a percent sign, %3F for ?")
    try:
        return unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError:
        raise fault(text, f'"{part}" is not UTF-8 after decoding its % codes', "UTF-8 text") from None


def options_of(text: str, query: str, allowed: tuple[str, ...]) -> dict[str, str]:
    """The options behind the question mark, each known and given once. Raises AddressError."""
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, equals, value = part.partition("=")
        if not equals or key not in allowed:
            raise fault(text, f'option "{part}" is unknown', ", ".join(f"{name}=" for name in allowed))
        if key in options:
            raise fault(text, f'option "{key}" is given twice', "each option once")
        options[key] = decode(text, value)
    return options


def integer(text: str, name: str, value: str, low: int, high: int) -> int:
    """A whole number within bounds. Raises AddressError."""
    if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
        raise fault(text, f'{name} is "{value}"', f"a whole number from {low} to {high}")
    return int(value)


def choice(text: str, name: str, value: str, allowed: tuple[str, ...]) -> str:
    """One of several words. Raises AddressError."""
    if value not in allowed:
        raise fault(text, f'{name} is "{value}"', ", ".join(allowed))
    return value


def number(text: str, name: str, value: str) -> float:
    """A finite number; a scale is not 0. Raises AddressError."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (name == "scale" and number == 0.0):
        raise fault(text, f'{name} is "{value}"', "a number" + (" other than 0" if name == "scale" else ""))
    return number
