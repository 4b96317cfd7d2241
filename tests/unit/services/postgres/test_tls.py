"""TCP is encrypted and the server verified before it is told anything, the user's name included.

The server is a stand-in that speaks the first bytes of the protocol: the PostgreSQL that tests run is
built without TLS. https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.errors import Unavailable
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox

SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of a certificate for `localhost` and of its key; it is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "server.pem", folder / "server.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, secret


@contextmanager
def server(certificate: tuple[Path, Path], answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Its port, and what it was told behind the encryption."""
    told: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            assert peer.recv(8) == SSL_REQUEST
            peer.sendall(answer)
            if answer == b"S":
                with suppress(OSError), context.wrap_socket(peer, server_side=True) as encrypted:
                    told.append(encrypted.recv(1_000))

    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], told
        thread.join(10)


def ask(url: str) -> None:
    with pytest.raises(Unavailable):
        PostgresOutbox(Database(url)).pending(1, datetime.now(UTC))


def test_a_known_server_is_told_who_we_are(certificate: tuple[Path, Path]) -> None:
    with server(certificate, b"S") as (port, told):
        ask(f"postgresql://anna:secret@localhost:{port}/shop?sslrootcert={certificate[0]}")
    assert b"anna" in told[0]


def test_a_server_of_an_unknown_authority_is_told_nothing(certificate: tuple[Path, Path]) -> None:
    with server(certificate, b"S") as (port, told):
        ask(f"postgresql://anna:secret@localhost:{port}/shop")
    assert told == []


def test_a_server_of_another_name_is_told_nothing(certificate: tuple[Path, Path]) -> None:
    with server(certificate, b"S") as (port, told):
        ask(f"postgresql://anna:secret@127.0.0.1:{port}/shop?sslrootcert={certificate[0]}")
    assert told == []


def test_a_server_without_encryption_is_told_nothing(certificate: tuple[Path, Path]) -> None:
    with server(certificate, b"N") as (port, told):
        ask(f"postgresql://anna:secret@localhost:{port}/shop?sslrootcert={certificate[0]}")
    assert told == []
