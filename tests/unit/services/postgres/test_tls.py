"""TCP is encrypted and the server verified before it is told anything, the user's name included.

The server is a stand-in that speaks the first bytes of the protocol: the PostgreSQL that tests run is
built without TLS. https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_NODELAY, create_server
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.services import aws
from chalicelib.services.postgres.address import parse
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from tests.certificates import Certificate, issued, self_signed

SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["anna:secret@{}/shop?sslmode=require", "anna@{}/shop?auth=iam"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How somebody logs in, but for where and whom he trusts."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    monkeypatch.setattr(aws, "_session", None)
    return f"postgresql://{request.param}"


@contextmanager
def server(certificate: Certificate, answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
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


def ask(url: str, said: str | None = None) -> None:
    with pytest.raises(Unavailable, match=said):
        PostgresOutbox(Database(url)).pending(1, datetime.now(UTC))


def test_a_known_server_is_told_who_we_are(certificate: Certificate, url: str) -> None:
    with server(certificate, b"S") as (port, told):
        ask(url.format(f"localhost:{port}") + f"&sslrootcert={certificate.pem}")
    assert b"anna" in told[0]


@pytest.fixture
def python_3_13(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default context as that version makes it, which may not be the one at hand."""
    usual = ssl.create_default_context

    def strict(*arguments: Any, **named: Any) -> ssl.SSLContext:
        context = usual(*arguments, **named)
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)


@pytest.mark.usefixtures("python_3_13")
def test_a_certificate_that_is_proper_but_for_its_form_is_accepted(url: str, tmp_path: Path) -> None:
    issuing = issued(tmp_path)
    with server(issuing.server, b"S") as (port, told), socket.create_connection(("127.0.0.1", port)) as plain:
        plain.sendall(SSL_REQUEST)
        plain.recv(1)
        strict = ssl.create_default_context(cafile=str(issuing.root))
        with pytest.raises(ssl.SSLCertVerificationError, match="Missing Authority Key Identifier"):
            strict.wrap_socket(plain, server_hostname="localhost")
    with server(issuing.server, b"S") as (port, told):
        ask(url.format(f"localhost:{port}") + f"&sslrootcert={issuing.root}")
    assert b"anna" in told[0]


@pytest.mark.usefixtures("python_3_13")
def test_such_a_certificate_of_another_root_is_not(url: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    issuing, other = issued(tmp_path), issued(tmp_path / "other")
    with server(issuing.server, b"S") as (port, told):
        ask(url.format(f"localhost:{port}") + f"&sslrootcert={other.root}", "certificate is not accepted")
    assert told == []


def test_a_server_of_an_unknown_authority_is_told_nothing(certificate: Certificate, url: str) -> None:
    with server(certificate, b"S") as (port, told):
        ask(url.format(f"localhost:{port}"), "certificate is not accepted: self-signed certificate")
    assert told == []


def test_a_server_of_another_authority_is_told_nothing(
    certificate: Certificate, url: str, tmp_path: Path
) -> None:
    other = self_signed(tmp_path)
    with server(certificate, b"S") as (port, told):
        ask(url.format(f"localhost:{port}") + f"&sslrootcert={other.pem}", "certificate is not accepted")
    assert told == []


def test_a_server_of_another_name_is_told_nothing(certificate: Certificate, url: str) -> None:
    with server(certificate, b"S") as (port, told):
        ask(url.format(f"127.0.0.1:{port}") + f"&sslrootcert={certificate.pem}", "mismatch")
    assert told == []


def test_a_server_without_encryption_is_told_nothing(certificate: Certificate, url: str) -> None:
    with server(certificate, b"N") as (port, told):
        ask(url.format(f"localhost:{port}") + f"&sslrootcert={certificate.pem}", "refuses SSL")
    assert told == []


def test_what_is_sent_goes_out_at_once_and_a_dead_server_is_noticed() -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        address = parse(f"postgresql://anna@127.0.0.1:{listener.getsockname()[1]}/shop?sslmode=disable")
        with address.open(1, 1) as opened:
            assert opened.getsockopt(IPPROTO_TCP, TCP_NODELAY)
            assert opened.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
