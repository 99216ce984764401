"""PINs and passwords: only the right one verifies, and nothing of it can be read in what is stored."""

from __future__ import annotations

import hashlib
import time

import pytest

from station_app.services.secrets import (
    badge_sha256,
    hash_password,
    hash_pin,
    hash_secret,
    pin_secret,
    verify_password,
    verify_pin,
)

BADGE = "7f3a91c2-5d1e-4f7a"


def test_only_the_right_pin_with_the_right_badge_verifies() -> None:
    stored = hash_pin(BADGE, "1414")
    assert verify_pin(stored, BADGE, "1414")
    assert not verify_pin(stored, BADGE, "1415")
    assert not verify_pin(stored, "another badge", "1414")
    assert not verify_pin(stored, "", "1414")


def test_only_the_right_password_verifies() -> None:
    stored = hash_password("größe 1 €")
    assert verify_password(stored, "größe 1 €")
    assert not verify_password(stored, "größe 1 ")
    assert not verify_password(stored, "")


def test_a_hash_is_argon2id_salted_and_holds_nothing_readable() -> None:
    first, second = hash_pin(BADGE, "1414"), hash_pin(BADGE, "1414")
    assert first.startswith("$argon2id$")
    assert first != second
    assert BADGE not in first


def test_master_data_is_hashed_as_it_is_verified() -> None:
    assert verify_pin(hash_secret(pin_secret(BADGE, "1414")), BADGE, "1414")
    assert verify_password(hash_secret("word word"), "word word")


@pytest.mark.parametrize(
    "damaged",
    ["", "x", "$argon2id$v=19$m=65536,t=2,p=1$", "$argon2id$" + "A" * 60, "ü", "$argon2id$v=19$m=8,t=1,p=1$\x00"],
)
def test_a_damaged_hash_never_verifies(damaged: str) -> None:
    assert not verify_password(damaged, "")
    assert not verify_pin(damaged, BADGE, "1414")


def test_a_truncated_hash_never_verifies() -> None:
    stored = hash_password("password")
    assert not verify_password(stored[:-1], "password")


def test_a_badge_is_found_by_its_sha256() -> None:
    assert badge_sha256(BADGE) == hashlib.sha256(BADGE.encode()).hexdigest()


@pytest.mark.parametrize(
    "parameters", ["argon2i$v=19$m=8,t=1,p=1", "argon2id$v=19$m=4194304,t=1,p=1", "argon2id$v=19$m=8,t=4000000000,p=1"]
)
def test_a_hash_of_another_method_or_that_takes_hours_never_verifies(parameters: str) -> None:
    started = time.monotonic()
    assert not verify_password(f"${parameters}$c29tZXNhbHRzb21l${'A' * 43}", "word")
    assert time.monotonic() - started < 5


def test_half_a_character_is_wrong_and_no_error_of_the_program() -> None:
    assert not verify_pin(hash_pin(BADGE, "1414"), BADGE, "\ud800")
    assert not verify_password(hash_password("word"), "\ud800")
    assert badge_sha256("\ud800") != badge_sha256("\udfff")
