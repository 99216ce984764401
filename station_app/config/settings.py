"""The settings of a station as values: what station.toml says, checked and with its defaults filled in.

Passwords are not among them: see :mod:`station_app.config.secret_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from drivers.base import Tag
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, AlarmSettings
from station_app.domain.history_rule import HistoryRule
from station_app.domain.view import ViewSettings

_Value = TypeVar("_Value")
_DEFAULT_RULE = HistoryRule()


def _empty() -> Mapping[str, _Value]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StationSettings:
    """Which station this is. ``path`` is its place in the equipment hierarchy (ISA-95), as known to the server.

    ``kind``: assembly, test or inspection. ``folder`` holds the journal, the evidence and the logs.
    """

    path: str
    name: str
    title: str
    kind: str
    folder: Path
    language: str = "en"
    theme: str = "light"


@dataclass(frozen=True, slots=True)
class SharedDatabaseSettings:
    """Where the shared database is and how the connection is protected (libpq's words for TLS)."""

    host: str
    port: int
    database: str
    user: str
    sslmode: str = "verify-full"
    sslrootcert: str = ""
    sslcert: Path | None = None
    sslkey: Path | None = None
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class OpcUaSettings:
    """An OPC UA server. ``url`` is "opcua://host:port/path"; ``security``: none or sign_and_encrypt.

    With sign_and_encrypt, ``certificate`` and ``key`` are this station's and ``trusted`` is the folder with the
    certificates of servers that it trusts. Who logs in: ``user`` with a password, or ``user_certificate`` with its key.
    """

    name: str
    url: str
    security: str = "none"
    policy: str = "Basic256Sha256"
    certificate: Path | None = None
    key: Path | None = None
    trusted: Path | None = None
    user: str = ""
    password_file: Path | None = None
    user_certificate: Path | None = None
    user_key: Path | None = None
    type: str = "opcua"


@dataclass(frozen=True, slots=True)
class ModbusSettings:
    """A Modbus device. ``url`` is "modbus://host:port", or "modbus-rtu://PORT?baud=..." for a serial line."""

    name: str
    url: str
    type: str = "modbus"


@dataclass(frozen=True, slots=True)
class MtconnectSettings:
    """An MTConnect agent. ``url`` is "mtconnect://host:port"; silence of two heartbeats makes its values Bad."""

    name: str
    url: str
    heartbeat_s: float = 0.9
    type: str = "mtconnect"


@dataclass(frozen=True, slots=True)
class SerialLineSettings:
    """A serial port ("COM3", "/dev/ttyUSB0"), or a converter in the network ("socket://HOST:PORT", "rfc2217://HOST:PORT").

    ``parity``: none, even or odd. ``handshake``: none, rtscts or xonxoff.
    """

    port: str
    baud: int = 9600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: int = 1
    handshake: str = "none"


@dataclass(frozen=True, slots=True)
class GaugeSettings:
    """A gauge on a serial line. ``protocol``: mitutoyo, mark10 or pattern; ``mode``: pressed, continuous or asked.

    ``unit`` is what its readings are declared to be in. ``interval_s`` of an asked gauge: 0 is only when it is wanted.
    ``channel`` is a Mitutoyo multiplexer's, 0 for any; ``pattern`` and ``request`` describe a gauge of another kind.
    """

    name: str
    title: str
    line: SerialLineSettings
    protocol: str
    unit: str
    mode: str
    interval_s: float = 0.0
    channel: int = 0
    pattern: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class SerialScannerSettings:
    """A code scanner on a serial line, with the characters that it sends before and after a code."""

    name: str
    title: str
    line: SerialLineSettings
    prefix: str = ""
    suffix: str = "\r"
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class TagSettings:
    """A tag with its words for people and its alarm limits; a missing limit raises no alarm.

    ``priority`` of those alarms: critical, high, medium or low (ISA-18.2). ``history``: which of its samples are kept.
    """

    tag: Tag
    title: str
    low: Decimal | None = None
    high: Decimal | None = None
    priority: str = "medium"
    history: HistoryRule = _DEFAULT_RULE

    @property
    def device(self) -> str:
        """The authority of the tag's address: a device's name or host:port."""
        return self.tag.address.split("://", 1)[1].split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """A camera; the scheme of ``url`` says of which kind.

    ``view`` is how it is set, ``views`` how for the views of that name.
    """

    name: str
    url: str
    title: str
    user: str = ""
    password_file: Path | None = None
    view: ViewSettings = field(default_factory=ViewSettings)
    views: Mapping[str, ViewSettings] = field(default_factory=_empty)


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """How a keyboard-wedge scanner is told from a person who types.

    By the ``prefix`` and ``suffix`` characters that it is set to send, else by the time between keys.
    """

    prefix: str = ""
    suffix: str = "\r"
    max_key_gap_ms: int = 30
    min_length: int = 4


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """What the site has decided. ``previous_operation_offline``: an OfflinePolicy.

    It applies when the server cannot be asked whether a unit's previous operation passed. ``esd_valid_hours``: so long a good
    ESD test lets a person work; ``most_reworks``: so often a unit may go back from one step to be reworked.
    """

    previous_operation_offline: str = "block"
    esd_valid_hours: float = 12.0
    most_reworks: int = 3


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """The screen: ``px_per_mm`` as calibrated, None to take what the screen reports."""

    px_per_mm: float | None = None
    full_screen: bool = False


@dataclass(frozen=True, slots=True)
class HistorianSettings:
    """How long machine data is kept at the station, how much room it may take, and how much the disk has to keep free.

    ``min_free_mib`` None: 1,024, on a small disk a twentieth of it.
    """

    keep_days: float = 90.0
    max_size_mib: int = 10_240
    min_free_mib: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How long pictures stay at the station after the server has them, and how much room they may take."""

    keep_days: float = 180.0
    max_size_mib: int = 20_480


@dataclass(frozen=True, slots=True)
class StationConfig:
    """Everything station.toml says. ``file`` is where it was read; tags, devices, cameras, gauges and scanners are by name.

    ``scanner`` is the keyboard wedge, ``scanners`` are those on serial lines. ``added`` are those of the tags that people
    added at the station; they stand in a file of their own.
    """

    file: Path
    station: StationSettings
    shared_database: SharedDatabaseSettings | None = None
    devices: Mapping[str, OpcUaSettings | ModbusSettings | MtconnectSettings] = field(default_factory=_empty)
    tags: Mapping[str, TagSettings] = field(default_factory=_empty)
    cameras: Mapping[str, CameraSettings] = field(default_factory=_empty)
    gauges: Mapping[str, GaugeSettings] = field(default_factory=_empty)
    scanners: Mapping[str, SerialScannerSettings] = field(default_factory=_empty)
    alarm_rules: tuple[AlarmRule, ...] = ()
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    scanner: ScannerSettings = ScannerSettings()
    policy: PolicySettings = PolicySettings()
    display: DisplaySettings = DisplaySettings()
    historian: HistorianSettings = HistorianSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    added: tuple[AddedTag, ...] = ()
