"""From settings to what the Settings page tells of them; no password is among it."""

from __future__ import annotations

from station_app.config import StationConfig
from station_app.services.station import StationSetup

LOG_NAME = "station.log"


def station_setup(config: StationConfig, application_version: str) -> StationSetup:
    """How the station is set up."""
    database = config.shared_database
    return StationSetup(
        application_version=application_version,
        settings_file=str(config.file),
        log_file=str(config.station.folder / LOG_NAME),
        theme=config.station.theme,
        px_per_mm=config.display.px_per_mm,
        device_addresses={
            **{device.name: device.url for device in config.devices.values()},
            **{gauge.name: gauge.line.port for gauge in config.gauges.values()},
            **{scanner.name: scanner.line.port for scanner in config.scanners.values()},
        },
        camera_addresses={camera.name: camera.url for camera in config.cameras.values()},
        database_address="" if database is None else f"{database.host}:{database.port}/{database.database}",
    )
