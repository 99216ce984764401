"""Reading station.toml: from bytes to :class:`StationConfig`, or to the list of everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from station_app.config.added_tags import added_tag_settings, read_added_tags
from station_app.config.alarms import read_alarm_settings, read_alarms
from station_app.config.cameras import read_cameras
from station_app.config.equipment import check_formulas, read_devices, read_tags
from station_app.config.evidence import read_evidence
from station_app.config.history import read_historian
from station_app.config.sections import (
    read_display,
    read_policy,
    read_scanner,
    read_shared_database,
    read_station,
)
from station_app.config.serial_devices import check_names_and_ports, gauge_tag_settings, read_gauges, read_scanners
from station_app.config.settings import StationConfig, StationSettings
from station_app.domain.fault import Fault, in_order
from station_app.domain.gauge_tag import gauge_tag_name
from station_app.domain.toml_document import MAX_DOCUMENT_BYTES, decode_document, read_toml

AddressCheck = Callable[[str], str | None]
FormulaCheck = Callable[[Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class DriverChecks:
    """What only the drivers can say of a station.toml; each answers what is wrong, None or nothing when all is well.

    ``address`` looks at a tag's address, ``camera`` at a camera's URL; ``formulas`` gets the addresses of all tags by name and
    answers by name for those that are formulas.
    """

    address: AddressCheck | None = None
    camera: AddressCheck | None = None
    formulas: FormulaCheck | None = None


NO_CHECKS = DriverChecks()
_SECTIONS = (
    "station",
    "shared_database",
    "devices",
    "tags",
    "cameras",
    "gauges",
    "scanners",
    "alarm",
    "alarms",
    "scanner",
    "policy",
    "display",
    "historian",
    "evidence",
)


class ConfigError(ValueError):
    """A station.toml that cannot be used; ``faults`` is everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def load_config(path: Path, *, checks: DriverChecks = NO_CHECKS) -> StationConfig:
    """The settings in the file at ``path``.

    ``checks`` say what only the drivers know: left out, of a tag's address only the part that
    names the device is checked. Raises ConfigError with all faults.
    """
    text, faults = _read_file(path)
    if not faults:
        config, faults = _read(text, path, checks)
        if not faults:
            return config
    raise ConfigError(faults)


def check_file(path: Path, *, checks: DriverChecks = NO_CHECKS) -> list[Fault]:
    """Everything that is wrong with the file at ``path``, in the order of its lines."""
    text, faults = _read_file(path)
    return faults or check_config(text, path, checks=checks)


def check_config(text: str, path: Path, *, checks: DriverChecks = NO_CHECKS) -> list[Fault]:
    """Everything that is wrong with a text as station.toml; files that it names are looked for beside ``path``."""
    return _read(text, path, checks)[1]


def _read_file(path: Path) -> tuple[str, list[Fault]]:
    file = path.name or str(path)
    try:
        if path.is_dir():
            return "", [Fault(0, "", "", f"{path} is a folder", "the path of a station.toml", file)]
        with path.open("rb") as stream:
            content = stream.read(MAX_DOCUMENT_BYTES + 1)
    except FileNotFoundError:
        return "", [Fault(0, "", "", f"{path} does not exist", "the path of a station.toml", file)]
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return "", [Fault(0, "", "", f"{path} cannot be read: {reason}", "", file)]
    return decode_document(content, file)


def _read(text: str, path: Path, checks: DriverChecks) -> tuple[StationConfig, list[Fault]]:
    document = read_toml(text, path.name)
    root, base = document.table, path.absolute().parent
    root.know(*_SECTIONS)
    station = root.table("station")
    if station is None and not root.has("station") and not document.broken:
        root.fault("station", "is missing", "a table [station] with path and kind")
    devices = read_devices(root, base)
    database, scanner, policy, display, historian, evidence = (
        root.table(name) for name in ("shared_database", *_SECTIONS[-5:])
    )
    gauges, scanners = read_gauges(root), read_scanners(root)
    check_names_and_ports(root, {name: device.url for name, device in devices.items()}, gauges, scanners)
    settings = StationSettings("", "", "", "", base) if station is None else read_station(station, base)
    own_tags, tables = read_tags(root, devices, checks.address)
    cameras = read_cameras(root, base, checks.camera)
    added, added_faults = (
        ([], []) if station is None else read_added_tags(settings.folder, devices, own_tags, checks.address)
    )
    tags = {**{tag.name: added_tag_settings(tag) for tag in added}, **own_tags}
    of_gauges = gauge_tag_settings(gauges)
    with_gauges = {**of_gauges, **tags}
    check_formulas(tables, {name: tag.tag.address for name, tag in with_gauges.items()}, checks.formulas)
    added_rules = [rule for tag in added for rule in tag.alarms]
    for name in [name for name, tag in zip(gauges, of_gauges, strict=True) if tag in tags]:
        root.fault("gauges", f'the readings of "{name}" are the tag "{gauge_tag_name(name)}", which is given as well',
                   "another name for that tag")  # fmt: skip
    own_rules = read_alarms(root, with_gauges, [*devices, *cameras, *gauges, *scanners], added_rules)
    config = StationConfig(
        file=path.absolute(),
        station=settings,
        shared_database=None if database is None else read_shared_database(database, base),
        devices=MappingProxyType(devices),
        tags=MappingProxyType({name: tags[name] for name in dict.fromkeys([*own_tags, *tags])}),
        cameras=MappingProxyType(cameras),
        gauges=MappingProxyType(gauges),
        scanners=MappingProxyType(scanners),
        alarm_rules=(*own_rules, *added_rules),
        alarms=read_alarm_settings(root.table("alarms")),
        scanner=read_scanner(scanner),
        policy=read_policy(policy),
        display=read_display(display),
        historian=read_historian(historian),
        evidence=read_evidence(evidence),
        added=tuple(added),
    )
    root.done()
    return config, in_order([*document.faults, *added_faults])
