"""Our own certificates: made once, the key private, and what does not fit refused."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from cryptography import x509

from drivers.opcua.certificates import own_certificate
from drivers.opcua.security import application_uri, check_key, load_certificate


def test_made_once_with_its_uri_and_a_private_key(tmp_path: Path) -> None:
    made = own_certificate("asm-10", tmp_path / "keys")
    assert made.is_new
    certificate = load_certificate(made.certificate)
    check_key(certificate, made.private_key)
    assert application_uri(certificate) == made.uri
    assert made.uri.startswith("urn:") and made.uri.endswith(":asm-10")
    if sys.platform != "win32":
        assert stat.S_IMODE(made.private_key.stat().st_mode) == 0o600
    again = own_certificate("asm-10", tmp_path / "keys")
    assert not again.is_new
    assert load_certificate(again.certificate) == certificate


def test_a_persons_has_no_application_uri(tmp_path: Path) -> None:
    made = own_certificate("anna", tmp_path, person=True)
    assert made.uri == ""
    with pytest.raises(x509.ExtensionNotFound):
        load_certificate(made.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_half_a_pair_is_never_completed_with_another_key(tmp_path: Path) -> None:
    made = own_certificate("asm-10", tmp_path)
    made.private_key.unlink()
    with pytest.raises(ValueError, match=r"asm-10\.der is there without its other half"):
        own_certificate("asm-10", tmp_path)


@pytest.mark.parametrize(("name", "days"), [("../x", 1), ("", 1), ("a b", 1), ("asm-10", 0), ("asm-10", 100_000)])
def test_what_is_no_name_or_no_time_is_refused(tmp_path: Path, name: str, days: int) -> None:
    with pytest.raises(ValueError, match="allowed: 1 to"):
        own_certificate(name, tmp_path, days=days)
    assert not list(tmp_path.iterdir())
