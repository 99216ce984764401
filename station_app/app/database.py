"""From settings to a connection to the shared database."""

from __future__ import annotations

from station_app.config import StationConfig, shared_database_password
from station_app.services.ports import SharedDatabase
from station_app.storage.no_database import NoSharedDatabase
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.client import PostgresSharedDatabase


def database_address(config: StationConfig) -> DatabaseAddress | None:
    """Where the shared database is, None when station.toml names none. Raises PasswordFileError."""
    settings = config.shared_database
    if settings is None:
        return None
    return DatabaseAddress(
        host=settings.host,
        port=settings.port,
        database=settings.database,
        user=settings.user,
        password=shared_database_password(settings),
        sslmode=settings.sslmode,
        sslrootcert=settings.sslrootcert,
        sslcert=str(settings.sslcert or ""),
        sslkey=str(settings.sslkey or ""),
    )


def connect_shared_database(config: StationConfig) -> SharedDatabase:
    """The shared database through the station's login; it connects when it is first asked."""
    address = database_address(config)
    return NoSharedDatabase() if address is None else PostgresSharedDatabase(address, station=config.station.path)
