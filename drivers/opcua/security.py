"""Who may talk to whom over OPC UA: signing, encryption, and which server certificates are trusted.

asyncua accepts any server certificate unless a validator is set; with security on, this module always sets
one that knows exactly the certificates in one folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import ServiceError
from asyncua.crypto import security_policies
from asyncua.ua.status_codes import StatusCodes
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

POLICIES: dict[str, Any] = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_CERTIFICATE_SUFFIXES = (".der", ".crt", ".cer", ".pem")


@dataclass(frozen=True, slots=True)
class OpcUaSecurity:
    """How a connection is protected. ``policy`` None means neither signed nor encrypted.

    With a policy the mode is SignAndEncrypt, and all of ``certificate`` and ``private_key`` (this station's)
    and ``trusted_folder`` (the servers' certificates, .der or .pem) are needed. Who logs in: ``username`` with
    ``password``, or ``user_certificate`` with its key, or nobody. Raises ValueError for what does not go together.
    """

    policy: str | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    trusted_folder: Path | None = None
    username: str = ""
    password: str = ""
    user_certificate: Path | None = None
    user_private_key: Path | None = None

    def __post_init__(self) -> None:
        if (self.user_certificate is None) != (self.user_private_key is None):
            raise ValueError("user_certificate and user_private_key belong together: give both or none")
        if self.user_certificate is not None and self.username:
            raise ValueError("a user logs in by name and password or by certificate, not by both")
        if self.policy is None:
            return
        if self.policy not in POLICIES:
            raise ValueError(f'security policy "{self.policy}" is unknown; allowed: {", ".join(POLICIES)}')
        for name in ("certificate", "private_key", "trusted_folder"):
            if getattr(self, name) is None:
                raise ValueError(f"security policy {self.policy} needs {name} as well")


class SecurityFilesFault(Exception):
    """A certificate or key file of this station cannot be used; the text names it."""


async def apply_security(client: Client, security: OpcUaSecurity, certificates: ServerCertificates) -> None:
    """Set a client's protection before it connects; this asks the server for its certificate."""
    if security.username:
        client.set_user(security.username)
        client.set_password(security.password)
    if certificates.user is not None:
        client.user_certificate, client.user_private_key = certificates.user
    if security.policy is None or security.certificate is None or security.private_key is None:
        return
    client.application_uri = certificates.application_uri or client.application_uri
    client.certificate_validator = certificates.validate
    await client.set_security(
        POLICIES[security.policy],
        certificate=security.certificate,
        private_key=security.private_key,
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )


class ServerCertificates:
    """The files behind an :class:`OpcUaSecurity`, read at each connection: whom this station trusts.

    ``refusal`` says afterwards why a server was not. Raises SecurityFilesFault when a file cannot be used.
    """

    def __init__(self, security: OpcUaSecurity) -> None:
        self.refusal = ""
        self.application_uri: str | None = None
        self.user: tuple[x509.Certificate, PrivateKeyTypes] | None = None
        self._folder = security.trusted_folder
        self._trusted: set[bytes] = set()
        try:
            if security.user_certificate is not None and security.user_private_key is not None:
                person = load_certificate(security.user_certificate)
                self.user = person, check_key(person, security.user_private_key)
            if security.policy is not None and security.certificate is not None and security.private_key is not None:
                own = load_certificate(security.certificate)
                self.application_uri = application_uri(own)
                check_key(own, security.private_key)
                self._trusted = set(_fingerprints(security.trusted_folder))
        except OSError as error:
            raise SecurityFilesFault(f"{error.filename}: {error.strerror}") from error
        except ValueError as error:
            raise SecurityFilesFault(str(error)) from error

    async def validate(self, certificate: x509.Certificate, _: ua.ApplicationDescription) -> None:
        """Raise ServiceError unless the certificate lies in the folder and is valid today."""
        now = datetime.now(UTC)
        subject = certificate.subject.rfc4514_string() or "without a name"
        fingerprint = certificate.fingerprint(hashes.SHA256())
        if fingerprint not in self._trusted:
            self.refusal = (
                f"the server's certificate is not trusted ({subject}, SHA-256 {fingerprint.hex()[:16]}...); "
                f"if it is the right machine, put its certificate into {self._folder}"
            )
            raise ServiceError(StatusCodes.BadCertificateUntrusted)
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            self.refusal = (
                f"the server's certificate ({subject}) is valid only from "
                f"{certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}; "
                "renew it, or set this computer's clock"
            )
            raise ServiceError(StatusCodes.BadCertificateTimeInvalid)


def _fingerprints(folder: Path | None) -> Iterable[bytes]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _CERTIFICATE_SUFFIXES:
            yield load_certificate(path).fingerprint(hashes.SHA256())


def load_certificate(path: Path) -> x509.Certificate:
    """Read a certificate, DER or PEM. Raises OSError, or ValueError naming the file."""
    content = path.read_bytes()
    try:
        if content.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise ValueError(f"{path} is no certificate: {error}") from error


def application_uri(certificate: x509.Certificate) -> str | None:
    """The application's URI in a certificate; a server compares it with the one the client says."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return None
    uris = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    return str(uris[0]) if uris else None


def check_key(certificate: x509.Certificate, private_key: Path) -> PrivateKeyTypes:
    """The key in a file. Raises OSError, or ValueError unless it is the certificate's (PEM or DER, no password)."""
    content = private_key.read_bytes()
    load = load_pem_private_key if content.lstrip().startswith(b"-----BEGIN") else load_der_private_key
    try:
        key = load(content, None)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{private_key} is no private key without password: {error}") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ValueError(f"{private_key} is not the key of this station's certificate")
    return key
