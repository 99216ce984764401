"""This station's own certificates for OPC UA: made once, the key readable by its owner alone; and a server's, fetched.

An application's certificate carries its URI (OPC UA part 6, 6.2.2); a server compares it with what the client
says. It is signed by itself: a server trusts it because someone put it into the server's trust list.
"""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncua.client.client import Client
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from drivers.address import parse_device_url
from drivers.connection import quiet_library
from drivers.opcua.calls import DeviceLost, device_call
from drivers.opcua.security import application_uri, check_key, load_certificate

KEY_BITS = 2048
VALID_DAYS = 3650
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_FETCH_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """The files of a certificate and its key; ``uri`` is the application's, empty for a person's."""

    certificate: Path
    private_key: Path
    uri: str
    is_new: bool


def own_certificate(name: str, folder: Path, *, person: bool = False, days: int = VALID_DAYS) -> OwnCertificate:
    """The certificate NAME.der with NAME_key.pem in ``folder``, made unless both are there already.

    ``person`` makes one for a user's login instead of an application's. Raises ValueError for a name that is no
    file's, for a file without the other, or for two that do not belong together; OSError when not writable.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f'name "{name}": allowed: 1 to 64 letters, digits, _ . -')
    certificate, private_key = folder / f"{name}.der", folder / f"{name}_key.pem"
    if not 1 <= days <= 36_500:
        raise ValueError(f"days is {days}; allowed: 1 to 36500")
    there = [path for path in (certificate, private_key) if path.exists()]
    if len(there) == 1:
        raise ValueError(f"{there[0]} is there without its other half; give both files, or remove it to make new ones")
    if there:
        present = load_certificate(certificate)
        check_key(present, private_key)
        return OwnCertificate(certificate, private_key, application_uri(present) or "", False)
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, KEY_BITS)
    uri = "" if person else f"urn:{socket.gethostname()}:station-app:{name}"
    made = _certificate(name, uri, key, days)
    _write_secret(private_key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(made.public_bytes(Encoding.DER))
    return OwnCertificate(certificate, private_key, uri, True)


def _certificate(name: str, uri: str, key: rsa.RSAPrivateKey, days: int) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Station")]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a machine whose clock is a little late must not refuse it
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if uri:
        names = [x509.UniformResourceIdentifier(uri), x509.DNSName(socket.gethostname())]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def _key_usage() -> x509.KeyUsage:
    """What OPC UA part 6, 6.2.2 asks of an application's key."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


async def fetch_server_certificate(url: str) -> x509.Certificate:
    """The certificate that a server offers; whether it is the right machine's, a person must say.

    Raises AddressError for the url, ConnectionError when the server does not answer or offers none.
    """
    quiet_library("asyncua")
    _, authority, path = parse_device_url(url.replace("opc.tcp://", "opcua://", 1))
    client = Client(f"opc.tcp://{authority}{path}", timeout=_FETCH_TIMEOUT_S)
    try:
        async with device_call(authority, _FETCH_TIMEOUT_S):
            endpoints = await client.connect_and_get_server_endpoints()
        offered = next((endpoint.ServerCertificate for endpoint in endpoints if endpoint.ServerCertificate), None)
        if offered is None:
            raise ConnectionError(f"{authority} offers no certificate: it knows no security")
        return x509.load_der_x509_certificate(offered)
    except DeviceLost as lost:
        raise ConnectionError(str(lost)) from lost
    except ValueError as error:
        raise ConnectionError(f"{authority} offers a certificate that is none: {error}") from error
    finally:
        client.disconnect_socket()
