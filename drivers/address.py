"""Tag addresses: URLs that say where a value lives and how it is coded. Standard library only.

    opcua://HOST:PORT[/path]/ns=2;s=Press.Force[?index=3]     (also i=, g=, b=; ns=0 when left out)
    opcua://HOST:PORT[/path]/nsu=urn:maker:press;s=Recipe?path=limits.force[1]&queue=100&sampling_s=0.01
    modbus://HOST:PORT/holding/100?type=float32&words=little  (also coil, discrete, input)
    modbus-rtu:///dev/ttyUSB0/holding/100?baud=9600&unit=2    (a serial line; in station.toml the device names it)
    mtconnect://HOST:PORT/[DEVICE/]ITEM                       (a data item's id or name)

The authority is ``host:port``, or the name of a device in station.toml. Every fault raises
:class:`drivers.base.AddressError` with a sentence that says what is wrong, where, and what is allowed.
Each address formats back to a text that parses to an equal address.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from drivers.base import AddressError
from drivers.serial_line import LINE_OPTIONS, SerialLine, parse_serial_line

SCHEMES = ("opcua", "modbus", "mtconnect")
DEFAULT_PORTS = {"opcua": 4840, "modbus": 502, "mtconnect": 5000}
TABLES = ("coil", "discrete", "input", "holding")
BIT_TABLES = ("coil", "discrete")
REGISTERS_OF_TYPE = {
    "bool": 1,
    "int16": 1,
    "uint16": 1,
    "int32": 2,
    "uint32": 2,
    "float32": 2,
    "int64": 4,
    "uint64": 4,
    "float64": 4,
}
MODBUS_TYPES = (*REGISTERS_OF_TYPE, "string")
OPCUA_OPTIONS = ("index", "path", "queue", "sampling_s", "deadband", "deadband_percent")
MAX_QUEUE = 10_000
MODBUS_OPTIONS = ("type", "words", "bytes", "unit", "scale", "offset", "bit", "length")
ORDERS = ("big", "little")
RTU_SCHEME = "modbus-rtu"
CONDITION_PARTS = ("state", "message", "code")
EVENT_TYPES = ("text", "number")
MTCONNECT_OPTIONS = ("part", "type", "key", "index")
MAX_STRING_CHARACTERS = 246

_NODE_START = re.compile(r"/(?=(?:ns=[^;/]*;)?[isgb]=|nsu=|ns=)")
_NODE = re.compile(r"(?:ns=(?P<ns>\d{1,5});)?(?P<kind>[isgb])=(?P<id>.*)", re.DOTALL)
_NAMESPACE_URI = re.compile(r"nsu=(?P<uri>[^;]*);")
_PICK = re.compile(r"(?:[^.\[\]]+|\[\d{1,9}\])(?:\.[^.\[\]]+|\[\d{1,9}\])*")
_RTU_ADDRESS = re.compile(rf"(?P<device>[^?]*?)(?P<point>/(?:{'|'.join(TABLES)})/\d+)(?:\?(?P<query>.*))?")
_DEVICE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.\-]+):(?P<port>\d{1,5})")
_URI_SAFE = "=:/,.!~*'()@$+-_"
_PICK_SAFE = ".[]_-"
_NODE_SAFE = "=;:/,.!~*'()@$&+-_\"<>[] |"
_WIRE_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class OpcUaAddress:
    """A node's value: ``node_id`` as OPC UA part 6, 5.3.1.10 writes it ("ns=2;s=Press.Force").

    ``path`` is the endpoint's path ("" or "/..."). ``namespace_uri`` names the namespace instead of its index,
    which may change when the server's program does; ``node_id`` has no ``ns=`` then. ``index`` picks one element of
    an array, ``pick`` a part of a structure ("limits.force[1]"). How the server is asked to watch the value:
    ``queue`` is how many values it keeps for us, ``sampling_s`` how often it looks; a change of at most ``deadband``
    (in the value's unit), or of ``deadband_percent`` of its EURange, is none. None: as the tag or the driver says.
    """

    authority: str
    path: str
    node_id: str
    index: int | None = None
    namespace_uri: str = ""
    pick: str = ""
    queue: int | None = None
    sampling_s: float | None = None
    deadband: float | None = None
    deadband_percent: float | None = None

    @property
    def scheme(self) -> str:
        return "opcua"

    @property
    def device_url(self) -> str:
        """The device without the point: what two addresses of one connection share."""
        return f"opcua://{self.authority}{quote(self.path, safe='/')}"

    def __str__(self) -> str:
        namespace = f"nsu={quote(self.namespace_uri, safe=_URI_SAFE)};" if self.namespace_uri else ""
        node = quote(self.node_id, safe=_NODE_SAFE).replace(" ", "%20")
        options = [] if self.index is None else [f"index={self.index}"]
        options += [f"path={quote(self.pick, safe=_PICK_SAFE)}"] if self.pick else []
        options += [
            f"{name}={number!r}"
            for name in ("queue", "sampling_s", "deadband", "deadband_percent")
            if (number := getattr(self, name)) is not None
        ]
        return f"{self.device_url}/{namespace}{node}" + ("?" + "&".join(options) if options else "")


@dataclass(frozen=True, slots=True)
class ModbusAddress:
    """A point in one of the four Modbus tables, with its coding.

    ``offset`` is zero-based (100 is offset 100, "40101" in old manuals). ``words`` and ``bytes`` say which
    end comes first: of the registers of one value, and of the two bytes in a register.
    The value is ``raw * scale + shift``; ``bit`` picks one bit (0 is the lowest) of a 16-bit register;
    ``length`` is a string's number of characters.
    """

    authority: str
    table: str
    offset: int
    type: str
    words: str = "big"
    bytes: str = "big"
    unit: int = 1
    scale: float = 1.0
    shift: float = 0.0
    bit: int | None = None
    length: int = 0
    line: SerialLine | None = None

    @property
    def scheme(self) -> str:
        return "modbus"

    @property
    def device_url(self) -> str:
        """The device without the point: what two addresses of one connection share."""
        return f"modbus://{self.authority}" if self.line is None else self.line.url(RTU_SCHEME)

    @property
    def count(self) -> int:
        """How many registers (or coils) the value takes."""
        if self.type == "string":
            return (self.length + 1) // 2
        return REGISTERS_OF_TYPE[self.type]

    def __str__(self) -> str:
        options = [] if self.type == _default_type(self.table, self.bit) else [f"type={self.type}"]
        options += [f"{key}={getattr(self, key)}" for key in ("words", "bytes") if getattr(self, key) != "big"]
        options += [] if self.unit == 1 else [f"unit={self.unit}"]
        options += [] if self.scale == 1.0 else [f"scale={self.scale!r}"]
        options += [] if self.shift == 0.0 else [f"offset={self.shift!r}"]
        options += [] if self.bit is None else [f"bit={self.bit}"]
        options += [] if self.type != "string" else [f"length={self.length}"]
        device, _, line = self.device_url.partition("?")
        options = [line, *options] if line else options
        return f"{device}/{self.table}/{self.offset}" + ("?" + "&".join(options) if options else "")


@dataclass(frozen=True, slots=True)
class MtconnectAddress:
    """A data item of an MTConnect agent, by its id or its name.

    ``device`` (name or uuid) is needed where several devices of the agent have an item of that name. ``part`` of a
    condition: its state, message or code. ``type`` reads an event as text or number. ``key`` picks an entry of a data
    set, ``index`` one of the numbers of a position in space.
    """

    authority: str
    device: str | None
    item: str
    part: str = "state"
    type: str | None = None
    key: str | None = None
    index: int | None = None

    @property
    def scheme(self) -> str:
        return "mtconnect"

    @property
    def device_url(self) -> str:
        """The agent without the item: what two addresses of one connection share."""
        return f"mtconnect://{self.authority}"

    def __str__(self) -> str:
        options = [] if self.part == "state" else [f"part={self.part}"]
        options += [] if self.type is None else [f"type={self.type}"]
        options += [] if self.key is None else [f"key={quote(self.key, safe='')}"]
        options += [] if self.index is None else [f"index={self.index}"]
        place = "/".join(quote(part, safe="") for part in (self.device, self.item) if part is not None)
        return f"{self.device_url}/{place}" + ("?" + "&".join(options) if options else "")


Address = OpcUaAddress | ModbusAddress | MtconnectAddress

FORMULA_DEVICE = "formula"
_FORMULA_START = f"calc://{FORMULA_DEVICE}/"
_FORMULA_SPACE = re.compile(r"""("[^"]*"|'[^']*')|\s+""")  # texts in quotes keep their spaces


def formula_address(formula: str) -> str:
    """The address of a derived tag: its formula, so that a record which names the address says how it was computed."""
    on_one_line = _FORMULA_SPACE.sub(lambda found: found[1] or " ", formula).strip()
    return _FORMULA_START + quote(on_one_line, safe=_NODE_SAFE + "^{}#")


def is_formula_address(address_text: str) -> bool:
    """Whether an address is that of a derived tag."""
    return address_text.startswith("calc://")


def parse_formula_address(address_text: str) -> str:
    """The formula of a derived tag's address; raises AddressError."""
    if not address_text.startswith(_FORMULA_START):
        raise _fault(address_text, "it is not a derived tag's", f"{_FORMULA_START}FORMULA")
    return _decode(address_text, address_text.removeprefix(_FORMULA_START))


def parse_address(address_text: str) -> Address:
    """Understand a tag address; raises AddressError."""
    if address_text.startswith(f"{RTU_SCHEME}://"):
        return _parse_modbus_rtu(address_text)
    scheme, authority, rest = _split(address_text)
    if scheme == "opcua":
        return _parse_opcua(address_text, authority, rest)
    if scheme == "mtconnect":
        return _parse_mtconnect(address_text, authority, rest)
    return _parse_modbus(address_text, authority, rest)


def parse_device_url(url_text: str) -> tuple[str, str, str]:
    """Understand a device's URL (no point after it): ``(scheme, authority, path)``; raises AddressError."""
    scheme, authority, rest = _split(url_text)
    path = _decode(url_text, rest.rstrip("/"))
    if scheme == "modbus" and path:
        raise _fault(url_text, f'a Modbus device has no path, but "{path}" follows it', "modbus://HOST:PORT")
    if scheme == "mtconnect" and path:
        raise _fault(url_text, f'an MTConnect agent has no path, but "{path}" follows it', "mtconnect://HOST:PORT")
    return scheme, authority, path


def host_and_port(authority: str) -> tuple[str, int] | None:
    """``(host, port)`` of an authority, or None when it is a device's name."""
    match = _HOST_PORT.fullmatch(authority)
    if match is None:
        return None
    return match["host"].strip("[]"), int(match["port"])


def _fault(address_text: str, what: str, allowed: str) -> AddressError:
    return AddressError(f'address "{address_text}": {what}; allowed: {allowed}')


def _split(text: str) -> tuple[str, str, str]:
    scheme, separator, after = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in SCHEMES:
        raise _fault(text, "it does not begin with a known protocol", " or ".join(f"{s}://..." for s in SCHEMES))
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise _fault(text.encode("unicode_escape").decode(), "it has a control character", "printable text")
    end = next((i for i, character in enumerate(after) if character in "/?"), len(after))
    authority, rest = after[:end], after[end:]
    named = _HOST_PORT.fullmatch(authority)
    if named is None and not _DEVICE_NAME.fullmatch(authority):
        allowed = "HOST:PORT or a device's name (letters, digits, _ . -), without user or password"
        raise _fault(text, f'"{authority}" is no device', allowed)
    if named is not None and not 1 <= int(named["port"]) <= 65535:
        raise _fault(text, f"port {named['port']} does not exist", "1 to 65535")
    return scheme, authority, rest


def _decode(text: str, part: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", part):
        raise _fault(text, f'"{part}" has a % that begins no code', "%25 for a percent sign, %3F for ?")
    try:
        return unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError:
        raise _fault(text, f'"{part}" is not UTF-8 after decoding its % codes', "UTF-8 text") from None


def _options(text: str, query: str, allowed: tuple[str, ...]) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, equals, value = part.partition("=")
        if not equals or key not in allowed:
            raise _fault(text, f'option "{part}" is unknown', ", ".join(f"{name}=" for name in allowed))
        if key in options:
            raise _fault(text, f'option "{key}" is given twice', "each option once")
        options[key] = _decode(text, value)
    return options


def _integer(text: str, name: str, value: str, low: int, high: int) -> int:
    if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
        raise _fault(text, f'{name} is "{value}"', f"a whole number from {low} to {high}")
    return int(value)


def _choice(text: str, name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _fault(text, f'{name} is "{value}"', ", ".join(allowed))
    return value


def _number(text: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (name == "scale" and number == 0.0):
        raise _fault(text, f'{name} is "{value}"', "a number" + (" other than 0" if name == "scale" else ""))
    return number


def _parse_opcua(text: str, authority: str, rest: str) -> OpcUaAddress:
    before, question, query = rest.partition("?")
    start = _NODE_START.search(before)
    if start is None:
        raise _fault(text, "no node is named", "/ns=2;s=NAME, /i=NUMBER, /ns=2;g=GUID or /ns=2;b=BASE64 at the end")
    node = before[start.end() :]
    named = _NAMESPACE_URI.match(node)
    namespace_uri = _decode(text, named["uri"]) if named else ""
    node_text = _decode(text, node[named.end() :] if named else node)
    match = _NODE.fullmatch(node_text)
    if match is None or (named and (match["ns"] or not namespace_uri)):
        raise _fault(text, f'"{_decode(text, node)}" is no node id', "ns=NUMBER;s=... or nsu=URI;s=..., or i=, g=, b=")
    namespace = _integer(text, "ns", match["ns"] or "0", 0, 65535)
    identifier = _node_identifier(text, match["kind"], match["id"])
    node_id = (f"ns={namespace};" if namespace else "") + f"{match['kind']}={identifier}"
    options = _options(text, query, OPCUA_OPTIONS) if question else {}
    return OpcUaAddress(
        authority=authority,
        path=_decode(text, before[: start.start()]),
        node_id=node_id,
        namespace_uri=namespace_uri,
        **_opcua_options(text, options),
    )


def _opcua_options(text: str, options: dict[str, str]) -> dict[str, Any]:
    """The fields that the options of an OPC UA address set; raises AddressError."""
    found: dict[str, Any] = {}
    if "index" in options:
        found["index"] = _integer(text, "index", options["index"], 0, 999_999_999)
    if "path" in options:
        if not _PICK.fullmatch(options["path"]) or len(options["path"]) > 1000:
            raise _fault(text, f'path is "{options["path"]}"', "field names and [N], for example path=limits.force[1]")
        found["pick"] = options["path"]
    if "queue" in options:
        found["queue"] = _integer(text, "queue", options["queue"], 1, MAX_QUEUE)
    for name, low, high in (("sampling_s", 0.0, 3600.0), ("deadband", 0.0, math.inf), ("deadband_percent", 0.0, 100.0)):
        if name in options:
            found[name] = _number(text, name, options[name])
            if not low <= found[name] <= high:
                raise _fault(text, f'{name} is "{options[name]}"', f"{low:g} to {high:g}")
    for one, other in (("index", "path"), ("deadband", "deadband_percent")):
        if one in options and other in options:
            raise _fault(text, f"{one}= and {other}= exclude each other", "one of them")
    return found


def _node_identifier(text: str, kind: str, identifier: str) -> str:
    if kind == "i":
        if not re.fullmatch(r"\d{1,10}", identifier) or int(identifier) > 0xFFFFFFFF:
            raise _fault(text, f'"i={identifier}" is no numeric node id', "i=0 to i=4294967295")
        return str(int(identifier))
    if kind == "g":
        try:
            return str(uuid.UUID(identifier))
        except ValueError:
            raise _fault(text, f'"g={identifier}" is no GUID', "g=8 hex digits-4-4-4-12") from None
    if kind == "b":
        try:
            return base64.b64encode(base64.b64decode(identifier, validate=True)).decode("ascii")
        except (binascii.Error, ValueError):
            raise _fault(text, f'"b={identifier}" is not base64', "b=BASE64") from None
    if not 1 <= len(identifier) <= 4096:
        raise _fault(text, "the node's name is empty or longer than 4096 characters", "s=NAME")
    return identifier


def _default_type(table: str, bit: int | None) -> str:
    return "bool" if table in BIT_TABLES else "uint16"


def _parse_modbus(text: str, authority: str, rest: str) -> ModbusAddress:
    path, _, query = rest.partition("?")
    parts = path.strip("/").split("/")
    if len(parts) != 2:
        raise _fault(text, f'"{path}" names no point', "/TABLE/OFFSET, for example /holding/100")
    table = _choice(text, "table", parts[0], TABLES)
    offset = _integer(text, "offset after the table", parts[1], 0, 65535)
    options = _options(text, query, MODBUS_OPTIONS)
    bit = _integer(text, "bit", options["bit"], 0, 15) if "bit" in options else None
    kind = _choice(text, "type", options.get("type", _default_type(table, bit)), MODBUS_TYPES)
    address = ModbusAddress(
        authority=authority,
        table=table,
        offset=offset,
        type=kind,
        words=_choice(text, "words", options.get("words", "big"), ORDERS),
        bytes=_choice(text, "bytes", options.get("bytes", "big"), ORDERS),
        unit=_integer(text, "unit", options.get("unit", "1"), 0, 255),
        scale=_number(text, "scale", options.get("scale", "1")),
        shift=_number(text, "offset", options.get("offset", "0")),
        bit=bit,
        length=_integer(text, "length", options.get("length", "0"), 0, MAX_STRING_CHARACTERS),
    )
    _check_modbus_combination(text, address)
    return address


def _parse_modbus_rtu(text: str) -> ModbusAddress:
    match = _RTU_ADDRESS.fullmatch(text)
    if match is None:
        raise _fault(text, "no register is named", f"{RTU_SCHEME}://PORT/TABLE/OFFSET, TABLE {', '.join(TABLES)}")
    options = (match["query"] or "").split("&")
    of_line = [option for option in options if option.partition("=")[0] in LINE_OPTIONS]
    line = parse_serial_line("?".join([match["device"], "&".join(of_line)]), RTU_SCHEME)
    query = "&".join(option for option in options if option not in of_line)
    address = _parse_modbus(text, line.port, f"{match['point']}?{query}")
    return replace(address, line=line)


def _check_modbus_combination(text: str, address: ModbusAddress) -> None:
    """Refuse options that contradict each other; silence would read a wrong number."""
    if address.table in BIT_TABLES and (address.type != "bool" or address.bit is not None):
        raise _fault(text, f"table {address.table} holds single bits", "type=bool without bit=")
    if address.table not in BIT_TABLES and address.type == "bool" and address.bit is None:
        raise _fault(text, "type=bool of a register needs the bit", "bit=0 to bit=15")
    if address.bit is not None and address.type not in ("bool", "int16", "uint16"):
        raise _fault(text, f"bit= does not go with type={address.type}", "bit= with type=bool or uint16")
    if (address.type == "string") != (address.length > 0):
        raise _fault(text, "type=string and length= belong together", "type=string&length=1 to 246")
    scaled = address.scale != 1.0 or address.shift != 0.0
    if scaled and (address.type in ("string", "bool") or address.bit is not None):
        raise _fault(text, "scale= and offset= go with numbers only", "a numeric type without bit=")
    if address.offset + address.count > _WIRE_LIMIT:
        raise _fault(text, f"the value ends behind the table's last offset {_WIRE_LIMIT - 1}", "a smaller offset")


def _parse_mtconnect(text: str, authority: str, rest: str) -> MtconnectAddress:
    path, _, query = rest.partition("?")
    parts = [_decode(text, part) for part in path.removeprefix("/").split("/")]
    if not 1 <= len(parts) <= 2 or not all(1 <= len(part) <= 500 for part in parts):
        raise _fault(text, f'"{path}" names no data item', "/ITEM or /DEVICE/ITEM, the item's id or name")
    options = _options(text, query, MTCONNECT_OPTIONS)
    if len(options) > 1 and set(options) != {"key", "type"}:
        raise _fault(text, f"{' and '.join(f'{name}=' for name in options)} contradict each other", "one of them")
    return MtconnectAddress(
        authority=authority,
        device=parts[0] if len(parts) == 2 else None,
        item=parts[-1],
        part=_choice(text, "part", options.get("part", "state"), CONDITION_PARTS),
        type=_choice(text, "type", options["type"], EVENT_TYPES) if "type" in options else None,
        key=options.get("key"),
        index=_integer(text, "index", options["index"], 0, 99) if "index" in options else None,
    )
