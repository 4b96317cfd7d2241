"""Throw-away certificates of servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Certificate(NamedTuple):
    """The PEM files of a certificate, with those between it and its root, and of its key."""

    pem: Path
    key: Path


class Issued(NamedTuple):
    """A server's certificate, and the root that vouches for it."""

    server: Certificate
    root: Path


class _Authority(NamedTuple):
    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def self_signed(folder: Path, host: str = "localhost", *, ends: timedelta = timedelta(days=1)) -> Certificate:
    """A certificate for `host` that is its own authority, good for a day. ends: from now, when it is over."""
    own = _authority(host)
    made = _signed(own, own, x509.BasicConstraints(ca=True, path_length=None), _for(host), ends=ends)
    return _written(folder, own.key, made)


def issued(folder: Path, host: str = "localhost") -> Issued:
    """A certificate for `host` by an authority in between, as RDS's servers have. It lacks what a strict
    verifier asks of the form: the key identifier of who issued it."""
    root, between, own = _authority("root"), _authority("between"), _authority(host)
    identified = x509.SubjectKeyIdentifier.from_public_key(root.key.public_key())
    (folder / "root.pem").write_bytes(
        _signed(root, root, x509.BasicConstraints(ca=True, path_length=None), _MAY_SIGN, identified)
    )
    chain = _signed(own, between, _for(host)) + _signed(
        between,
        root,
        x509.BasicConstraints(ca=True, path_length=0),
        _MAY_SIGN,
        x509.SubjectKeyIdentifier.from_public_key(between.key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identified),
    )
    return Issued(_written(folder, own.key, chain), folder / "root.pem")


_MAY_SIGN = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def _for(host: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(host)])


def _authority(name: str) -> _Authority:
    return _Authority(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), ec.generate_private_key(ec.SECP256R1())
    )


def _signed(
    whose: _Authority,
    by: _Authority,
    *extensions: x509.ExtensionType,
    ends: timedelta = timedelta(days=1),
) -> bytes:
    now = datetime.now(UTC)
    building = (
        x509.CertificateBuilder()
        .subject_name(whose.name)
        .issuer_name(by.name)
        .public_key(whose.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + ends)
    )
    for extension in extensions:
        critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
        building = building.add_extension(extension, critical=critical)
    return building.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _written(folder: Path, key: ec.EllipticCurvePrivateKey, chain: bytes) -> Certificate:
    certificate = Certificate(folder / "server.pem", folder / "server.key")
    certificate.pem.write_bytes(chain)
    certificate.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate
