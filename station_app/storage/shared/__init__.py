"""The shared PostgreSQL database: its schema and functions, a station's client, administration, overview and verification."""

from station_app.storage.shared.address import AddressError as AddressError
from station_app.storage.shared.address import DatabaseAddress as DatabaseAddress
from station_app.storage.shared.client import PostgresSharedDatabase as PostgresSharedDatabase
