"""Addresses of the shared database: read from URLs, and never repeating a password."""

from __future__ import annotations

import pytest

from station_app.storage.shared import AddressError, DatabaseAddress
from station_app.storage.shared.address import login_name


def test_a_url_is_read_with_its_options() -> None:
    address = DatabaseAddress.from_url(
        "postgresql://st%40tion:p%2Fw@db.plant:5433/mes?sslmode=verify-full&sslrootcert=/ca.pem"
    )
    assert (address.host, address.port, address.database) == ("db.plant", 5433, "mes")
    assert (address.user, address.password) == ("st@tion", "p/w")
    assert (address.sslmode, address.sslrootcert) == ("verify-full", "/ca.pem")


def test_the_port_may_be_left_out() -> None:
    assert DatabaseAddress.from_url("postgresql://u@h/d").port == 5432


def test_an_address_survives_being_written_as_a_url() -> None:
    address = DatabaseAddress("h", 1, "d", "u@x", "p:/?#%", sslmode="require", sslcert="/c", sslkey="/k")
    assert DatabaseAddress.from_url(address.url_text()) == address


@pytest.mark.parametrize(
    "url_text",
    ["", "nonsense", "mysql://u:secret@h/d", "postgresql://u:secret@h", "postgresql://h/d", "postgresql:///d"],
)
def test_anything_else_is_refused_with_what_is_expected(url_text: str) -> None:
    with pytest.raises(AddressError, match="postgresql://user:password@host:port/database") as caught:
        DatabaseAddress.from_url(url_text)
    assert "secret" not in str(caught.value)


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(AddressError, match="sslmoode"):
        DatabaseAddress.from_url("postgresql://u:p@h/d?sslmoode=require")


def test_the_password_shows_nowhere() -> None:
    address = DatabaseAddress("h", 1, "d", "u", "secret")
    assert "secret" not in repr(address) + str(address)
    assert str(address) == "u@h:1/d"


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("ACME/BRNO/L1/ASM-10", "station_acme_brno_l1_asm_10"),
        ("Závod 1", "station_z_vod_1"),
        ("/", "station_"),
        ("A" * 100, "station_" + "a" * 55),
    ],
)
def test_a_station_path_becomes_a_login(path: str, login: str) -> None:
    assert login_name(path) == login
