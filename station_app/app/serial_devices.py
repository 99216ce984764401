"""From settings to gauges and scanners on serial lines.

pyserial is loaded when a station has one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from drivers.base import Tag
from drivers.field import FieldLoop
from drivers.gauges.pattern import compile_pattern
from drivers.gauges.reading import Reading
from drivers.serial_devices.scanned import ScannedText
from station_app.config import GaugeSettings, SerialLineSettings, SerialScannerSettings, StationConfig
from station_app.domain.alarm_rule import shown_limits
from station_app.domain.gauge_tag import gauge_tag, gauge_tag_name
from station_app.services.gauges import AskGauge, GaugeView
from station_app.services.tag_view import TagView

if TYPE_CHECKING:
    from drivers.gauges.gauge import SerialGauge
    from drivers.gauges.protocols import GaugeProtocol
    from drivers.serial_devices.device import SerialDevice
    from drivers.serial_devices.line import LineSettings
    from drivers.serial_devices.scanner import SerialScanner


def build_gauges(config: StationConfig, on_reading: Callable[[Reading], None]) -> dict[str, SerialGauge]:
    """Every configured gauge by name; ``on_reading`` is called on the field loop's thread."""
    return {name: _gauge(settings, on_reading) for name, settings in config.gauges.items()}


def build_scanners(config: StationConfig, on_scan: Callable[[ScannedText], None]) -> list[SerialScanner]:
    """Every configured serial scanner; ``on_scan`` is called on the field loop's thread."""
    return [_scanner(settings, on_scan) for settings in config.scanners.values()]


def gauge_views(config: StationConfig) -> dict[str, GaugeView]:
    """How each gauge is shown and used."""
    return {
        name: GaugeView(settings.title, settings.unit, settings.mode, _can_be_asked(settings))
        for name, settings in config.gauges.items()
    }


def gauge_tag_of(settings: GaugeSettings) -> Tag:
    """The tag that a gauge's readings are kept as."""
    return gauge_tag(settings.name, settings.unit, settings.interval_s)


def gauge_tag_views(config: StationConfig) -> dict[str, TagView]:
    """How the tags of gauges are shown."""
    views: dict[str, TagView] = {}
    for name, settings in config.gauges.items():
        tag = gauge_tag_name(name)
        low, high = shown_limits(rule for rule in config.alarm_rules if rule.source == tag)
        views[tag] = TagView(settings.title, settings.unit, name, low, high)
    return views


def asking(field_loop: FieldLoop, gauges: dict[str, SerialGauge]) -> AskGauge:
    """Ask a gauge from the main thread; the future ends with its reading."""

    def ask(gauge: str) -> Future[Reading]:
        return field_loop.submit(gauges[gauge].ask())

    return ask


def check_lines(config: StationConfig) -> list[tuple[str, str]]:
    """Open each line once: the device's name and what is wrong, empty when it can be opened."""
    devices: list[SerialDevice] = [
        *build_gauges(config, lambda reading: None).values(),
        *build_scanners(config, lambda scan: None),
    ]
    return asyncio.run(_check_all(devices)) if devices else []


async def _check_all(devices: list[SerialDevice]) -> list[tuple[str, str]]:
    from drivers.serial_devices.line import LineLost

    found = await asyncio.gather(*(device.check() for device in devices), return_exceptions=True)
    for result in found:
        if result is not None and not isinstance(result, LineLost):
            raise result
    return [(device.device, str(result or "")) for device, result in zip(devices, found, strict=True)]


def _gauge(settings: GaugeSettings, on_reading: Callable[[Reading], None]) -> SerialGauge:
    from drivers.gauges.gauge import GaugeSettings as DriverSettings
    from drivers.gauges.gauge import SerialGauge

    return SerialGauge(
        DriverSettings(
            name=settings.name,
            line=_line(settings.line),
            protocol=_protocol(settings),
            unit=settings.unit,
            mode=settings.mode,
            interval_s=settings.interval_s,
        ),
        on_reading,
    )


def _protocol(settings: GaugeSettings) -> GaugeProtocol:
    from drivers.gauges.protocols import FramePattern, Mark10, Mitutoyo

    if settings.protocol == "mitutoyo":
        return Mitutoyo(settings.channel)
    if settings.protocol == "mark10":
        return Mark10()
    return FramePattern(compile_pattern(settings.pattern), settings.request.encode("ascii"))


def _can_be_asked(settings: GaugeSettings) -> bool:
    return settings.protocol == "mark10" or bool(settings.request)


def _scanner(settings: SerialScannerSettings, on_scan: Callable[[ScannedText], None]) -> SerialScanner:
    from drivers.serial_devices.scanner import SerialScanner

    return SerialScanner(
        settings.name,
        _line(settings.line),
        on_scan,
        prefix=settings.prefix,
        suffix=settings.suffix,
        encoding=settings.encoding,
    )


def _line(settings: SerialLineSettings) -> LineSettings:
    from drivers.serial_devices.line import LineSettings

    return LineSettings(
        settings.port, settings.baud, settings.data_bits, settings.parity, settings.stop_bits, settings.handshake
    )
