"""Badges, PINs and passwords as they are stored: never themselves, only what proves them.

A badge holds a random secret; its SHA-256 finds the person. A PIN alone would fall in a day, so argon2id is taken over
the badge's secret and the PIN together. The comparison is the library's, in constant time.
"""

from __future__ import annotations

import hashlib

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

# 64 MiB and about 80 ms of one core for each guess (measured on 2 cores of a small server); one lane, so that a sign-in
# leaves the other cores of a station alone
MOST_MEMORY_KIB, MOST_PASSES = 1 << 20, 64
_HASHER = PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def badge_sha256(secret: str) -> str:
    """What a badge is found by: the SHA-256 of its secret, hexadecimal."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def hash_secret(secret: str) -> str:
    """The argon2id hash of a text, with a random salt. Takes 50-100 ms: call it in the pool."""
    return _HASHER.hash(_bytes(secret))


def pin_secret(badge_secret: str, pin: str) -> str:
    """What is hashed for a PIN: the badge's secret goes in, so that the PIN cannot be guessed without the badge."""
    return f"{badge_secret}:{pin}"


def hash_pin(badge_secret: str, pin: str) -> str:
    """The argon2id hash of a badge's secret and its PIN. Takes 50-100 ms: call it in the pool."""
    return hash_secret(pin_secret(badge_secret, pin))


def verify_pin(pin_hash: str, badge_secret: str, pin: str) -> bool:
    """Whether the PIN belongs to the badge; False too for a hash that is empty or damaged. Takes 50-100 ms."""
    return _verify(pin_hash, pin_secret(badge_secret, pin))


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Takes 50-100 ms: call it in the pool."""
    return hash_secret(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password is right; False too for a hash that is empty or damaged. Takes 50-100 ms."""
    return _verify(password_hash, password)


def _verify(stored_hash: str, given: str) -> bool:
    try:
        cost = extract_parameters(stored_hash)
        # what is published must not hold a station up for hours, or prove by another method
        if cost.type is not Type.ID or cost.memory_cost > MOST_MEMORY_KIB or cost.time_cost > MOST_PASSES:
            return False
        return _HASHER.verify(stored_hash, _bytes(given))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):  # the last: a stored hash that is not even ASCII
        return False


def _bytes(secret: str) -> bytes:
    """Whatever was typed or scanned; half a character of a keyboard is wrong, and no error of the program."""
    return secret.encode("utf-8", "surrogatepass")
