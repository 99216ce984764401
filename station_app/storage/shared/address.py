"""Where the shared database is and as whom to log in: a value, from settings or from a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_SLUG = re.compile(r"[^a-z0-9]+")


class AddressError(ValueError):
    """Text that is no address of a PostgreSQL database; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL database and a login. Without a password libpq looks for a client certificate or a password file.

    ``sslmode`` and the certificate files are libpq's: production uses ``verify-full``. ``connect_timeout_s`` and
    ``answer_timeout_s`` bound how long a call can take when the network swallows everything.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    sslmode: str = "prefer"
    sslrootcert: str = ""
    sslcert: str = ""
    sslkey: str = ""
    application_name: str = "station"
    connect_timeout_s: int = 5
    answer_timeout_s: float = 30.0

    @classmethod
    def from_url(cls, url_text: str) -> DatabaseAddress:
        """The address in ``postgresql://user:password@host:port/database?sslmode=...``.

        Raises AddressError when it is none. The password is never repeated in the message.
        """
        try:
            url = make_url(url_text)
        except ArgumentError as error:
            raise AddressError("not a database URL; expected postgresql://user:password@host:port/database") from error
        if not url.drivername.startswith("postgresql") or not url.host or not url.database or not url.username:
            raise AddressError(
                f"“{url.render_as_string(hide_password=True)}”: expected postgresql://user:password@host:port/database"
            )
        known = ("sslmode", "sslrootcert", "sslcert", "sslkey", "application_name")
        if unknown := sorted(set(url.query) - set(known)):
            raise AddressError(f"unknown in the URL: {', '.join(unknown)}; allowed are {', '.join(known)}")
        options = {name: str(value) for name, value in url.query.items()}
        return cls(url.host, url.port or 5432, url.database, url.username, str(url.password or ""), **options)  # type: ignore[arg-type]  # the five options are texts

    def url(self) -> URL:
        """The address as SQLAlchemy takes it, password included."""
        options = {
            name: value
            for name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "application_name")
            if (value := getattr(self, name))
        }
        return URL.create(
            "postgresql+psycopg", self.user, self.password or None, self.host, self.port, self.database, options
        )

    def url_text(self) -> str:
        """The address as text for other programs, password included."""
        return self.url().set(drivername="postgresql").render_as_string(hide_password=False)

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.database}"


def login_name(path: str) -> str:
    """The login of a station: ``station_`` and its path with everything else than letters and digits as ``_``."""
    return f"station_{_SLUG.sub('_', path.lower()).strip('_')}"[:63]
