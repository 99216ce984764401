"""Which failure comes out in which class of the port."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from station_app.services.ports import ChainBroken, Gap, Refused, SchemaMismatch, SharedDatabaseError, Unreachable
from station_app.storage.shared import DatabaseAddress
from station_app.storage.shared.connection import check_schema_version, connect_arguments, translated
from station_app.storage.shared.protocol import SCHEMA_VERSION

ADDRESS = DatabaseAddress("db", 5432, "mes", "station_a", "secret")


def outcome(error: psycopg.Error) -> type[SharedDatabaseError]:
    with pytest.raises(SharedDatabaseError) as caught, translated(ADDRESS):
        raise error
    assert "\n" not in str(caught.value)
    return type(caught.value)


def with_state(sqlstate: str) -> psycopg.Error:
    kind = type("Failure", (psycopg.DatabaseError,), {"sqlstate": sqlstate})
    error: psycopg.Error = kind("a failure\nwith details")
    return error


@pytest.mark.parametrize(
    ("sqlstates", "kind"),
    [
        (
            (
                "08006",
                "40001",
                "40P01",
                "53100",
                "53300",
                "55P03",
                "57014",
                "57P01",
                "57P03",
                "58030",
                "25006",
                "XX001",
            ),
            Unreachable,
        ),
        (("28000", "28P01", "42501", "3D000"), Refused),
        (("42883", "42P01", "42703", "3F000"), SchemaMismatch),
        (("MES01",), Gap),
        (("MES02",), ChainBroken),
        (("MES03", "22P02", "23505"), SharedDatabaseError),
    ],
)
def test_sqlstates(sqlstates: tuple[str, ...], kind: type[SharedDatabaseError]) -> None:
    for sqlstate in sqlstates:
        assert outcome(with_state(sqlstate)) is kind, sqlstate


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('connection failed: FATAL:  password authentication failed for user "x"', Refused),
        ('FATAL:  role "x" does not exist', Refused),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', Refused),
        ("SSL error: certificate verify failed", Refused),
        ("FATAL:  the database system is starting up", Unreachable),
        ("FATAL:  sorry, too many clients already", Unreachable),
        ("connection refused", Unreachable),
    ],
)
def test_failed_logins_have_only_their_text(message: str, kind: type[SharedDatabaseError]) -> None:
    assert outcome(errors.OperationalError(message)) is kind


def test_which_schema_can_be_used() -> None:
    now = SCHEMA_VERSION
    check_schema_version(now, 1)
    check_schema_version(now + 1, now)
    with pytest.raises(SchemaMismatch, match=rf"version {now - 1}, this application needs {now}.*station db upgrade"):
        check_schema_version(now - 1, 1)
    newer = rf"version {now + 2} and serves applications from version {now + 1} on.*knows {now}"
    with pytest.raises(SchemaMismatch, match=newer):
        check_schema_version(now + 2, now + 1)


def test_a_connection_is_bounded_in_every_way() -> None:
    arguments = connect_arguments(
        DatabaseAddress("db", 1, "mes", "u", sslmode="verify-full", sslcert="/c", answer_timeout_s=10)
    )
    assert arguments["connect_timeout"] == 5
    assert arguments["tcp_user_timeout"] == 10_000
    assert "statement_timeout=8000" in arguments["options"]
    assert arguments["sslcert"] == "/c"
    assert "password" not in arguments
