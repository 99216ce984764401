"""From settings to devices: drivers with their tags.

A field protocol is loaded when a device speaks it: a station starts sooner without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.address import FORMULA_DEVICE, is_formula_address, parse_address
from drivers.base import Driver, Tag
from station_app.config import ModbusSettings, MtconnectSettings, OpcUaSettings, StationConfig, device_password
from station_app.domain.alarm_rule import shown_limits
from station_app.domain.gauge_tag import gauge_tag_name
from station_app.services.alarms import AlarmLimit, Alarms
from station_app.services.ledger import Ledger
from station_app.services.station import TagView
from station_app.services.tag_places import TagUses


def build_driver(settings: OpcUaSettings | ModbusSettings | MtconnectSettings) -> Driver:
    """The driver of one configured device. Raises PasswordFileError."""
    if isinstance(settings, ModbusSettings):
        from drivers.modbus import ModbusDriver

        return ModbusDriver(settings.name, settings.url)
    if isinstance(settings, MtconnectSettings):
        from drivers.mtconnect import MtconnectDriver

        return MtconnectDriver(settings.name, settings.url, heartbeat_s=settings.heartbeat_s)
    from drivers.opcua import OpcUaDriver, OpcUaSecurity

    security = OpcUaSecurity(
        policy=settings.policy if settings.security == "sign_and_encrypt" else None,
        certificate=settings.certificate,
        private_key=settings.key,
        trusted_folder=settings.trusted,
        username=settings.user,
        password=device_password(settings),
        user_certificate=settings.user_certificate,
        user_private_key=settings.user_key,
    )
    return OpcUaDriver(settings.name, settings.url, security)


def build_drivers(config: StationConfig) -> list[tuple[Driver, Sequence[Tag]]]:
    """Every device with the tags that live on it: the configured ones, and those that tags name by host and port.

    Raises PasswordFileError.
    """
    work: list[tuple[Driver, Sequence[Tag]]] = [
        (build_driver(device), [t.tag for t in config.tags.values() if device_of(t.tag.address) == device.name])
        for device in config.devices.values()
    ]
    unnamed: dict[str, list[Tag]] = {}
    derived = [t.tag for t in config.tags.values() if is_formula_address(t.tag.address)]
    if derived:
        from drivers.calc import CalcDriver

        # first, so that it hears the others from the beginning
        work.insert(0, (CalcDriver(FORMULA_DEVICE, derived), derived))
    for settings in config.tags.values():
        if not is_formula_address(settings.tag.address) and device_of(settings.tag.address) not in config.devices:
            unnamed.setdefault(parse_address(settings.tag.address).device_url, []).append(settings.tag)
    if unnamed:
        from drivers.bench import open_driver

        work += [(open_driver(url), tags) for url, tags in unnamed.items()]
    return work


def device_of(address: str) -> str:
    """The authority of a tag's address: the device's name in station.toml."""
    return address.partition("://")[2].partition("/")[0]


def alarm_limits(config: StationConfig) -> list[AlarmLimit]:
    """The alarm limits of the tags that have any."""
    return [
        AlarmLimit(
            tag=settings.tag.name,
            title=settings.title or settings.tag.name,
            unit=settings.tag.unit,
            low=None if settings.low is None else float(settings.low),
            high=None if settings.high is None else float(settings.high),
            priority=settings.priority,
        )
        for settings in config.tags.values()
        if settings.low is not None or settings.high is not None
    ]


def alarms_of(config: StationConfig, ledger: Ledger, new_id: Callable[[], str]) -> Alarms:
    """The station's alarms as they are configured; those of one device, or of one named group, have one origin."""
    groups = {name: device_of(settings.tag.address) for name, settings in config.tags.items()}
    groups |= {gauge_tag_name(gauge): gauge for gauge in config.gauges}
    groups |= {rule.source: rule.group for rule in config.alarm_rules if rule.group}
    return Alarms(ledger, alarm_limits(config), new_id, config.alarm_rules, config.alarms, groups)


def what_can_be_lost(config: StationConfig) -> list[str]:
    """The names of devices, cameras, gauges, scanners, and of devices that only a tag's address names."""
    named = {device_of(settings.tag.address) for settings in config.tags.values()}
    return sorted({*config.devices, *config.cameras, *config.gauges, *config.scanners, *named, FORMULA_DEVICE})


def tag_uses(config: StationConfig) -> TagUses:
    """What in station.toml needs a tag that was added at the station, and which alarms it has there."""
    added = {tag.name for tag in config.added}
    own = {rule.key for tag in config.added for rule in tag.alarms}
    rules = [rule for rule in config.alarm_rules if rule.source in added and rule.key not in own]
    needed = {rule.source: f"the alarm “{rule.condition}” in station.toml" for rule in rules}
    formulas = [settings.tag for settings in config.tags.values() if is_formula_address(settings.tag.address)]
    if formulas and added:
        from drivers.calc import inputs_of

        for tag in formulas:
            needed |= dict.fromkeys(added & inputs_of(tag.address), f"the formula of “{tag.name}”")
    return TagUses(needed, tuple(rules))


def tag_views(config: StationConfig) -> dict[str, TagView]:
    """How each tag is shown; the limits of an alarm of its own are drawn like those of the tag."""
    drawn = {name: shown_limits([rule for rule in config.alarm_rules if rule.source == name]) for name in config.tags}
    return {
        settings.tag.name: TagView(
            title=settings.title or settings.tag.name,
            unit=settings.tag.unit,
            device=device_of(settings.tag.address),
            low=drawn[settings.tag.name][0] if settings.low is None else float(settings.low),
            high=drawn[settings.tag.name][1] if settings.high is None else float(settings.high),
        )
        for settings in config.tags.values()
    }
