"""The sections of station.toml that concern equipment: devices and tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from drivers.address import RTU_SCHEME, formula_address
from drivers.base import Tag
from drivers.serial_line import BAUDS, PARITIES, PORT_ALLOWED, STOP_BITS, SerialLine, is_port
from station_app.config.history import read_history_rule
from station_app.config.sections import HOST, existing_file, password_file, refuse_password
from station_app.config.settings import ModbusSettings, MtconnectSettings, OpcUaSettings, TagSettings
from station_app.domain.added_tag import LONGEST_NAME, TAG_NAME, TAG_NAME_ALLOWED
from station_app.domain.alarm_rule import PRIORITIES
from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import did_you_mean

Device = OpcUaSettings | ModbusSettings | MtconnectSettings

DEFAULT_PORTS = {"opcua": 4840, "modbus": 502, "mtconnect": 5000}
_EXAMPLES = {
    "opcua": "opc.tcp://HOST:PORT/PATH",
    "modbus": "modbus://HOST:PORT",
    "mtconnect": "http://HOST:PORT",
}
SECURITY = ("none", "sign_and_encrypt")
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
_HOST_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):\d{1,5}")
_SERIAL_KEYS = ("baud", "parity", "stop_bits", "echo")
_SCHEMES = {"opcua": ("opc.tcp", "opcua"), "modbus": ("modbus",), "mtconnect": ("http", "mtconnect")}
_USER_IN_URL = "a URL without user and password"


def read_devices(root: AuthoredTable, base: Path) -> dict[str, Device]:
    """The sections [devices.NAME]."""
    devices: dict[str, Device] = {}
    for name, table in root.named_tables("devices").items():
        check_name(table, name)
        kind = table.text("type", choices=tuple(DEFAULT_PORTS))
        is_serial = kind == "modbus" and table.has("serial_port")
        url = _serial_url(table) if is_serial else _device_url(table, kind) if kind else ""
        if kind == "opcua":
            devices[name] = _read_opcua(table, name, url, base)
        elif kind == "modbus":
            devices[name] = ModbusSettings(name, url)
        elif kind == "mtconnect":
            devices[name] = MtconnectSettings(name, url, table.number("heartbeat_s", 0.9, low=0.1, high=60))
        if not kind:  # which keys are allowed depends on the type
            table.know(*table.values)
        table.done()
    return devices


def _read_opcua(table: AuthoredTable, name: str, url: str, base: Path) -> OpcUaSettings:
    refuse_password(table, 'user = "NAME" and password_file = "FILE" (mode 0600)')
    settings = OpcUaSettings(
        name=name,
        url=url,
        security=table.text("security", "none", choices=SECURITY),
        policy=table.text("policy", POLICIES[0], choices=POLICIES),
        certificate=existing_file(table, "certificate", base),
        key=existing_file(table, "key", base),
        trusted=existing_file(table, "trusted", base, folder=True),
        user=table.text("user", "", longest=200),
        password_file=password_file(table, base),
        user_certificate=existing_file(table, "user_certificate", base),
        user_key=existing_file(table, "user_key", base),
    )
    needed = ("certificate", "key", "trusted")
    if settings.security == "sign_and_encrypt":
        for key in [key for key in needed if not table.has(key)]:
            table.fault(
                "security", f'"sign_and_encrypt" needs {key} as well', "certificate, key and trusted (a folder)"
            )
    else:
        for key in [key for key in (*needed, "policy") if table.has(key)]:
            table.fault(key, "has no effect without security", 'security = "sign_and_encrypt"')
    if table.has("password_file") and not settings.user:
        table.fault("password_file", "has no effect without user", 'user = "NAME"')
    if table.has("user_certificate") != table.has("user_key"):
        table.fault("user_certificate", "and user_key belong together", "both, or neither")
    elif table.has("user_certificate") and settings.user:
        table.fault("user_certificate", "stands beside user", "a login by certificate, or by name and password")
    return settings


def _device_url(table: AuthoredTable, kind: str) -> str:
    """``kind://host:port/path`` from the keys url, or host and port; empty after a fault."""
    if kind == "modbus":
        for key in [key for key in _SERIAL_KEYS if table.has(key)]:
            table.know(key)
            table.fault(key, "has no effect without serial_port", 'serial_port = "/dev/ttyUSB0"')
    port = table.integer("port", DEFAULT_PORTS[kind], low=1, high=65535)
    host = table.text("host", "", pattern=HOST, allowed="a host name or an IP address")
    url = table.text("url", "")
    example = _EXAMPLES[kind]
    if url:
        if table.has("host") or table.has("port"):
            table.fault("url", "is given beside host or port", "either url, or host and port")
        return _checked_url(table, url, kind, example)
    if not host:
        if not table.has("host"):
            other = ", or serial_port" if kind == "modbus" else ""
            table.fault("", "neither url nor host is given", f'url = "{example}", or host and port{other}')
        return ""
    return f"{kind}://{_bracketed(host)}:{port}"


def _serial_url(table: AuthoredTable) -> str:
    """``modbus-rtu://PORT?...`` from the keys of a serial line; empty after a fault."""
    port = table.text("serial_port")
    usual = SerialLine(port)
    for key in [key for key in ("url", "host", "port") if table.has(key)]:
        table.know(key)
        table.fault(key, "is given beside serial_port", "either serial_port, or url, or host and port")
    baud = table.integer("baud", usual.baud, low=1)
    if baud not in BAUDS:
        table.fault("baud", "is no usual speed", ", ".join(str(usual) for usual in BAUDS))
    line = SerialLine(
        port,
        baud,
        table.text("parity", usual.parity, choices=PARITIES),
        table.integer("stop_bits", usual.stop_bits, low=STOP_BITS[0], high=STOP_BITS[-1]),
        table.boolean("echo", usual.echo),
    )
    if port and not is_port(port):
        table.fault("serial_port", "is no serial port", PORT_ALLOWED)
    return line.url(RTU_SCHEME)


def _checked_url(table: AuthoredTable, url: str, kind: str, example: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        table.fault("url", "has no valid host and port", example)
        return ""
    if parts.scheme not in _SCHEMES[kind]:
        table.fault("url", f'starts with "{parts.scheme}://"' if "://" in url else "has no scheme", example)
    elif parts.username is not None or parts.password is not None:
        _hide(table, "url", url)
        table.fault("url", "holds a user or a password", _USER_IN_URL)
    elif not parts.hostname or not re.fullmatch(HOST, parts.hostname) or port == 0:
        table.fault("url", "has no valid host and port", example)
    elif parts.query or parts.fragment or (kind != "opcua" and parts.path.strip("/")):
        table.fault("url", "has more after the host than a device has", example)
    else:
        path = parts.path.rstrip("/")
        return f"{kind}://{_bracketed(parts.hostname)}:{port or DEFAULT_PORTS[kind]}{path}"
    return ""


def read_tags(
    root: AuthoredTable,
    devices: Mapping[str, Device],
    check_address: Callable[[str], str | None] | None,
) -> tuple[dict[str, TagSettings], dict[str, AuthoredTable]]:
    """The sections [tags.NAME], and their tables; a name may have dots: [tags.press.force] is the tag "press.force"."""
    tags: dict[str, TagSettings] = {}
    tables: dict[str, AuthoredTable] = {}
    known = tuple(root.values["devices"]) if isinstance(root.values.get("devices"), dict) else ()
    for name, table in tag_tables(root):
        if name in tags:
            table.fault("", f'the tag "{name}" is given twice', "each tag once")
        check_name(table, name)
        tags[name], tables[name] = _read_tag(name, table, devices, known, check_address), table
    return tags, tables


def check_formulas(
    tables: Mapping[str, AuthoredTable],
    addresses: Mapping[str, str],
    faults_of: Callable[[Mapping[str, str]], Mapping[str, str]] | None,
) -> None:
    """Note what is wrong with the formulas among the ``addresses`` of all tags, also of those that were added."""
    for name, message in (faults_of(addresses) if faults_of is not None else {}).items():
        if name in tables and tables[name].has("formula"):
            tables[name].fault("formula", message)


def tag_tables(root: AuthoredTable) -> list[tuple[str, AuthoredTable]]:
    """Tables that are tags, with their names: tables of tables are only parts of a name."""
    found: list[tuple[str, AuthoredTable]] = []
    waiting = list(root.named_tables("tags").items())
    while waiting:
        name, table = waiting.pop(0)
        inner = [key for key, value in table.values.items() if isinstance(value, dict)]
        children = [(f"{name}.{key}", child) for key in inner if (child := table.table(key)) is not None]
        if len(inner) < len(table.values) or not inner:
            found.append((name, table))
        waiting = children + waiting
    return found


def _read_tag(
    name: str,
    table: AuthoredTable,
    devices: Mapping[str, Device],
    known: tuple[str, ...],
    check_address: Callable[[str], str | None] | None,
) -> TagSettings:
    address = _read_address(table, devices, known, check_address)
    interval_s = table.number("interval_s", 0.1, low=0.01, high=3600)
    stale_default_s = max(2.0, 3 * interval_s)
    stale_after_s = table.number("stale_after_s", stale_default_s, low=0.05, high=86400)
    if table.has("stale_after_s") and stale_after_s < 2 * interval_s:
        table.fault(
            "stale_after_s",
            "would call a value stale before the next one can arrive",
            f"at least twice interval_s ({2 * interval_s:g})",
        )
    low, high = table.decimal("low"), table.decimal("high")
    if low is not None and high is not None and low >= high:
        table.fault("low", f"is not below high ({high})", "low < high")
    settings = TagSettings(
        tag=Tag(
            name,
            address,
            table.text("unit", "", longest=20),
            interval_s,
            stale_after_s,
            table.boolean("writable", False),
        ),
        title=table.text("title", name, longest=60),
        low=low,
        high=high,
        priority=table.text("priority", "medium", choices=PRIORITIES),
        history=read_history_rule(table),
    )
    if table.has("priority") and low is None and high is None:
        table.fault("priority", "has no effect without low or high", "low or high beside it")
    table.done()
    return settings


def _read_address(
    table: AuthoredTable,
    devices: Mapping[str, Device],
    known: tuple[str, ...],
    check_address: Callable[[str], str | None] | None,
) -> str:
    """A tag's address, or that of its formula over other tags; empty after a fault."""
    if not table.has("formula"):
        address = table.text("address", longest=500)
        if address:
            check_device_address(table, address, devices, known, check_address)
        return address
    if table.has("address"):
        table.know("address")
        table.fault("formula", "is given beside address", "either an address, or a formula over other tags")
    if table.values.get("writable") is True:
        table.fault("writable", "has no effect on what is computed", "a tag with an address")
    if table.has("stale_after_s"):
        table.know("stale_after_s")
        table.fault("stale_after_s", "has no effect on what is computed", "at the tags of the formula")
    formula = table.text("formula", allowed='a formula, for example "press.force * 2"', longest=2000)
    return formula_address(formula) if formula else ""


def check_device_address(
    table: AuthoredTable,
    address: str,
    devices: Mapping[str, Device],
    known: tuple[str, ...],
    check_address: Callable[[str], str | None] | None,
) -> None:
    """Note what is wrong with the key ``address``; ``known`` are the names of all devices, also of faulty ones."""
    scheme, separator, rest = address.partition("://")
    authority = rest.split("/", 1)[0]
    schemes = ", ".join(f"{scheme}://" for scheme in DEFAULT_PORTS)
    if not separator or scheme not in DEFAULT_PORTS:
        table.fault("address", "is not an address" + did_you_mean(scheme, DEFAULT_PORTS), f"{schemes}DEVICE/…")
        return
    if "@" in authority:
        _hide(table, "address", address)
        table.fault("address", "holds a user or a password", f"{_USER_IN_URL}; those are set at the device")
        return
    fault = check_address(address) if check_address is not None else None
    if fault is not None:
        table.fault("address", fault)
        return
    if _HOST_PORT.fullmatch(authority):
        return
    if authority not in known:
        names = ", ".join(known) or "none is configured"
        table.fault(
            "address",
            f'names a device "{authority}" that is not in [devices]{did_you_mean(authority, known)}',
            f"a device of this file ({names}), or HOST:PORT",
        )
    elif authority in devices and devices[authority].type != scheme:
        table.fault(
            "address",
            f'is {scheme}, but the device "{authority}" is {devices[authority].type}',
            f"{devices[authority].type}://{authority}/…",
        )


def check_name(table: AuthoredTable, name: str) -> None:
    """Note a name that cannot be used."""
    if not TAG_NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        table.fault("", f'the name "{name}" cannot be used', f"{TAG_NAME_ALLOWED} (at most {LONGEST_NAME})")


def _hide(table: AuthoredTable, key: str, url: str) -> None:
    """Keep a password that was written into a URL out of the fault's text."""
    table.values[key] = re.sub(r"//[^/@]*@", "//…@", url)


def _bracketed(host: str) -> str:
    bare = host.strip("[]")
    return f"[{bare}]" if ":" in bare else bare
