"""Settings that contradict themselves are refused before anything is connected."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.common.utils import ServiceError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from drivers.opcua.certificates import own_certificate
from drivers.opcua.security import OpcUaSecurity, ServerCertificates, load_certificate


def test_unknown_policy() -> None:
    with pytest.raises(ValueError, match=r"\"Basic128\" is unknown; allowed: Basic256Sha256"):
        OpcUaSecurity(policy="Basic128")


@pytest.mark.parametrize("missing", ["certificate", "private_key", "trusted_folder"])
def test_a_policy_needs_its_files(missing: str, tmp_path: Path) -> None:
    files = {name: tmp_path for name in ("certificate", "private_key", "trusted_folder") if name != missing}
    with pytest.raises(ValueError, match=missing):
        OpcUaSecurity(policy="Basic256Sha256", **files)  # type: ignore[arg-type]  # all are paths


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    for name, content in (("a.der", b"nothing"), ("b.pem", b"-----BEGIN CERTIFICATE-----\nx\n")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ValueError, match=name):
            load_certificate(path)


def _server_certificate(path: Path, first: datetime, last: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "press")])
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path.write_bytes(made.public_bytes(Encoding.DER))
    return made


@pytest.mark.parametrize(
    ("first_days", "last_days", "says"),
    [(-10, 10, ""), (-20, -10, "renew it, or set this computer's clock"), (10, 20, "is valid only from")],
)
def test_a_trusted_certificate_counts_only_while_it_is_valid(
    first_days: int, last_days: int, says: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    own = own_certificate("station", tmp_path)
    (tmp_path / "trusted").mkdir()
    made = _server_certificate(
        tmp_path / "trusted" / "press.der", now + timedelta(days=first_days), now + timedelta(days=last_days)
    )
    certificates = ServerCertificates(
        OpcUaSecurity("Basic256Sha256", own.certificate, own.private_key, tmp_path / "trusted")
    )
    with contextlib.ExitStack() as stack:
        if says:
            stack.enter_context(pytest.raises(ServiceError))
        asyncio.run(certificates.validate(made, ua.ApplicationDescription()))
    assert says in certificates.refusal
    assert bool(certificates.refusal) is bool(says)


def test_a_user_logs_in_in_one_way_with_both_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give both or none"):
        OpcUaSecurity(user_certificate=tmp_path)
    with pytest.raises(ValueError, match="not by both"):
        OpcUaSecurity(username="anna", user_certificate=tmp_path, user_private_key=tmp_path)
