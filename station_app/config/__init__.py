"""Frozen settings read from station.toml; every fault names its line, the key, the value and what is allowed."""

from station_app.config.read import ConfigError, DriverChecks, check_config, check_file, load_config
from station_app.config.secret_files import PASSWORD_VARIABLE, device_password, shared_database_password
from station_app.config.settings import (
    CameraSettings,
    DisplaySettings,
    GaugeSettings,
    HistorianSettings,
    ModbusSettings,
    MtconnectSettings,
    OpcUaSettings,
    PolicySettings,
    ScannerSettings,
    SerialLineSettings,
    SerialScannerSettings,
    SharedDatabaseSettings,
    StationConfig,
    StationSettings,
    TagSettings,
)
from station_app.domain.fault import Fault

__all__ = [
    "PASSWORD_VARIABLE",
    "CameraSettings",
    "ConfigError",
    "DisplaySettings",
    "DriverChecks",
    "Fault",
    "GaugeSettings",
    "HistorianSettings",
    "ModbusSettings",
    "MtconnectSettings",
    "OpcUaSettings",
    "PolicySettings",
    "ScannerSettings",
    "SerialLineSettings",
    "SerialScannerSettings",
    "SharedDatabaseSettings",
    "StationConfig",
    "StationSettings",
    "TagSettings",
    "check_config",
    "check_file",
    "device_password",
    "load_config",
    "shared_database_password",
]
