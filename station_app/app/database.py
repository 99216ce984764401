"""From settings to a connection to the shared database."""

from __future__ import annotations

import math
from dataclasses import replace

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


def connect_shared_database(config: StationConfig, answer_timeout_s: float | None = None) -> SharedDatabase:
    """The shared database through the station's login; it connects when it is first asked.

    ``answer_timeout_s``: how long to wait for an answer where a person waits for it; None for the usual patience.
    """
    address = database_address(config)
    if address is None:
        return NoSharedDatabase()
    if answer_timeout_s is not None:
        address = replace(address, answer_timeout_s=answer_timeout_s, connect_timeout_s=math.ceil(answer_timeout_s))
    return PostgresSharedDatabase(address, station=config.station.path)
