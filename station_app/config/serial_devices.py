"""The sections of station.toml that concern serial lines: gauges and scanners."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from drivers.address import RTU_SCHEME
from drivers.gauges.pattern import PatternError, compile_pattern
from drivers.gauges.reading import ASKED, MODES, PRESSED
from station_app.config.equipment import check_name
from station_app.config.settings import GaugeSettings, SerialLineSettings, SerialScannerSettings, TagSettings
from station_app.domain.authored import AuthoredTable
from station_app.domain.gauge_tag import gauge_tag

PROTOCOLS = ("mitutoyo", "mark10", "pattern")
PARITIES = ("none", "even", "odd")
HANDSHAKES = ("none", "rtscts", "xonxoff")
_PORT = r"(socket|rfc2217)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):\d{1,5}|[^:\x00-\x1f]{1,200}"
_PORT_ALLOWED = '"/dev/ttyUSB0", "COM3", "socket://HOST:PORT" or "rfc2217://HOST:PORT"'
_RTU = f"{RTU_SCHEME}://"
_LINE_ENDS = ("\r", "\n", "\r\n")
_LINE_KEYS = ("port", "baud", "data_bits", "parity", "stop_bits", "handshake")


def read_gauges(root: AuthoredTable) -> dict[str, GaugeSettings]:
    """The sections [gauges.NAME]."""
    gauges: dict[str, GaugeSettings] = {}
    for name, table in root.named_tables("gauges").items():
        check_name(table, name)
        gauges[name] = _read_gauge(name, table)
        table.done()
    return gauges


def gauge_tag_settings(gauges: Mapping[str, GaugeSettings]) -> dict[str, TagSettings]:
    """The tags of the gauges' readings, in their order, as formulas and alarms may name them."""
    tags = [(gauge_tag(gauge.name, gauge.unit, gauge.interval_s), gauge.title) for gauge in gauges.values()]
    return {tag.name: TagSettings(tag=tag, title=title) for tag, title in tags}


def _read_gauge(name: str, table: AuthoredTable) -> GaugeSettings:
    protocol = table.text("protocol", choices=PROTOCOLS)
    request = table.text("request", "", longest=16)
    pattern = table.text("pattern", "", longest=1000)
    if protocol == "pattern":
        if not table.has("pattern"):
            table.fault("pattern", "is missing", "a regular expression with the group (?P<value>...)")
        elif pattern:
            try:
                compile_pattern(pattern)
            except PatternError as error:
                what, _, allowed = str(error).partition("; allowed: ")
                table.fault("pattern", what, allowed)
    for key, of in (("pattern", "pattern"), ("request", "pattern"), ("channel", "mitutoyo")):
        if table.has(key) and protocol and protocol != of:
            table.fault(key, f'has no effect with protocol = "{protocol}"', f'protocol = "{of}"')
    can_be_asked = protocol == "mark10" or bool(request)
    mode = table.text("mode", ASKED if can_be_asked else PRESSED, choices=MODES)
    if mode == ASKED and protocol and not can_be_asked:
        allowed = 'request = "TEXT"' if protocol == "pattern" else '"pressed" or "continuous"'
        table.fault("mode", f'is "{ASKED}", but nothing asks this gauge', allowed)
    if table.has("interval_s") and mode != ASKED:
        table.fault("interval_s", "has no effect on a gauge that is not asked", f'mode = "{ASKED}"')
    return GaugeSettings(
        name=name,
        title=table.text("title", name, longest=60),
        line=_read_line(table),
        protocol=protocol,
        unit=table.text("unit", longest=20),
        mode=mode,
        interval_s=table.number("interval_s", 0.1, low=0, high=60) if mode == ASKED else 0.0,
        channel=table.integer("channel", 0, low=0, high=99),
        pattern=pattern,
        request=request,
    )


def read_scanners(root: AuthoredTable) -> dict[str, SerialScannerSettings]:
    """The sections [scanners.NAME]."""
    scanners: dict[str, SerialScannerSettings] = {}
    for name, table in root.named_tables("scanners").items():
        check_name(table, name)
        scanners[name] = _read_scanner(name, table)
        table.done()
    return scanners


def _read_scanner(name: str, table: AuthoredTable) -> SerialScannerSettings:
    prefix = table.text("prefix", "", longest=8)
    suffix = table.text("suffix", "\r", longest=8)
    encoding = table.text("encoding", "utf-8", longest=40)
    try:
        codecs.lookup(encoding)
        sent = "A".encode(encoding)
    except (LookupError, UnicodeError, TypeError, AttributeError):
        sent = b""
    if sent != b"A":
        table.fault(
            "encoding", "is not the name of an encoding that a scanner sends", '"utf-8", "ascii", "latin-1", "cp1252"'
        )
    elif suffix not in _LINE_ENDS and not (len(suffix) == 1 and suffix.isascii()):
        table.fault("suffix", "is neither a line end nor one character", r'"\r", "\n", "\r\n", or one like "\t"')
    if not prefix.isascii():
        table.fault("prefix", "has a character beyond ASCII", "ASCII characters")
    return SerialScannerSettings(
        name=name,
        title=table.text("title", name, longest=60),
        line=_read_line(table),
        prefix=prefix,
        suffix=suffix,
        encoding=encoding,
    )


def _read_line(table: AuthoredTable) -> SerialLineSettings:
    port = table.text("port", pattern=_PORT, allowed=_PORT_ALLOWED)
    if port.startswith("socket://"):
        for key in [key for key in _LINE_KEYS[1:] if table.has(key)]:
            table.fault(key, "has no effect with socket://: it is set in the converter", "port and nothing else")
    match = re.search(r"://.*:(\d+)$", port)
    if match is not None and not 1 <= int(match[1]) <= 65535:
        table.fault("port", "names a port that does not exist", "1 to 65535")
    baud = table.integer("baud", 9600, low=50, high=4_000_000)
    data_bits = table.integer("data_bits", 8, low=7, high=8)
    stop_bits = table.integer("stop_bits", 1, low=1, high=2)
    return SerialLineSettings(
        port=port,
        baud=baud,
        data_bits=data_bits,
        parity=table.text("parity", "none", choices=PARITIES),
        stop_bits=stop_bits,
        handshake=table.text("handshake", "none", choices=HANDSHAKES),
    )


def check_names_and_ports(
    root: AuthoredTable,
    others: Mapping[str, str],
    gauges: Mapping[str, GaugeSettings],
    scanners: Mapping[str, SerialScannerSettings],
) -> None:
    """Each name once among devices, gauges and scanners: their states are told by it. Each port once.

    ``others`` are the devices' URLs by their names.
    """
    names = dict.fromkeys(others, "device")
    ports = {url.removeprefix(_RTU).partition("?")[0]: name for name, url in others.items() if url.startswith(_RTU)}
    lines = [("gauges", "gauge", {name: gauge.line for name, gauge in gauges.items()})]
    lines.append(("scanners", "scanner", {name: scanner.line for name, scanner in scanners.items()}))
    for section, kind, by_name in lines:
        for name, line in by_name.items():
            table = root.named_tables(section)[name]
            if name in names:
                table.fault("", f'the name "{name}" is a {names[name]}\'s already', "a name of its own")
            names.setdefault(name, kind)
            if line.port and line.port in ports:
                table.fault("port", f'is the port of "{ports[line.port]}" already', "a port of its own")
            ports.setdefault(line.port, name)
